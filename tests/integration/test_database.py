"""The pool on a real PostgreSQL."""

from __future__ import annotations

import socket
import threading

import pytest

from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseError, DatabaseUnavailable, DeadlineExceeded, SchemaMissing
from tendero.platform.settings import Settings
from tendero.platform.sql import Query


def q(sql: str) -> Query:
    return Query.parse("test", sql)


def test_rows_come_as_dicts_and_parameters_by_name(db: Database) -> None:
    assert db.fetch(q("select :a::int + :b::int as sum, :a::int as a"), a=1, b=2) == [{"sum": 3, "a": 1}]


def test_a_raised_error_rolls_everything_back(db: Database) -> None:
    insert = q("insert into products (source, external_id, kind, name) values ('t', '1', 'product', 'x')")
    with pytest.raises(DatabaseError), db.transaction() as transaction:
        transaction.execute(insert)
        transaction.execute(q("select 1 / 0"))
    assert db.fetch(q("select count(*) as n from products")) == [{"n": 0}]


def test_binary_copy_arrives(db: Database) -> None:
    with db.transaction() as transaction:
        transaction.execute(q("create temporary table t (a int)"))
        chunks = [b"PGCOPY\n\xff\r\n\0" + b"\0" * 8, b"\0\x01\0\0\0\x04\0\0\0\x07", b"\xff\xff"]
        assert transaction.copy(q("copy t from stdin (format binary)"), chunks) == 1
        assert transaction.one(q("select a from t")) == {"a": 7}


def test_a_deadline_stops_a_slow_statement(db: Database) -> None:
    with pytest.raises(DeadlineExceeded):
        db.fetch(q("select pg_sleep(5)"), deadline=Deadline(0.05))


def test_a_killed_connection_is_replaced(db: Database) -> None:
    with pytest.raises(DatabaseUnavailable), db.transaction() as transaction:
        transaction.fetch(q("select pg_terminate_backend(pg_backend_pid())"))
    assert db.fetch(q("select 1 as one")) == [{"one": 1}]


def test_an_unreachable_server_is_said_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"postgresql://u:p@127.0.0.1:{free.getsockname()[1]}/x"
        pool = database(Settings.load({"DATABASE_URL": url}))
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match="No connection to PostgreSQL"):
                pool.fetch(q("select 1"))


def test_an_unmigrated_database_says_what_to_run(db: Database) -> None:
    with pytest.raises(SchemaMissing, match="tendero migrate"):
        db.fetch(q("select * from no_such_table"))


def test_a_refused_statement_keeps_the_connection(db: Database) -> None:
    with pytest.raises(DatabaseError, match="division by zero"):
        db.fetch(q("select 1 / 0"))
    assert db.fetch(q("select 1 as one")) == [{"one": 1}]


def test_a_busy_pool_waits_no_longer_than_the_deadline(database_url: str) -> None:
    pool = database(Settings.load({"DATABASE_URL": database_url}), size=1)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with pool.transaction():
            entered.set()
            leave.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(5)
    with pytest.raises(DatabaseUnavailable, match="busy"):
        pool.fetch(q("select 1"), deadline=Deadline(0.05))
    leave.set()
    holder.join()
    pool.close()


def test_a_shop_sees_only_its_own_rows(db: Database, database_url: str) -> None:
    db.execute(q("insert into products (source, external_id, kind, name) values ('t', '1', 'product', 'x')"))
    with db.transaction() as transaction:
        # The embedded server's own user is a superuser, whom no policy binds.
        transaction.execute(q("create role shopkeeper"))
        transaction.execute(q("grant select on products to shopkeeper"))
        transaction.execute(q("set local role shopkeeper"))
        assert transaction.one(q("select count(*) as n from products")) == {"n": 1}
        transaction.fetch(q("select set_config('tendero.shop_id', 'another', true)"))
        assert transaction.one(q("select count(*) as n from products")) == {"n": 0}
        transaction.execute(q("reset role"))
        transaction.execute(q("drop owned by shopkeeper"))
        transaction.execute(q("drop role shopkeeper"))
