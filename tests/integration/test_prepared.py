from __future__ import annotations

import pytest

from tendero.platform.database import Database
from tendero.platform.errors import DatabaseError
from tendero.platform.sql import Query

HELD = Query.parse("held", "select count(*) as n from pg_prepared_statements")


def prepared(sql: str) -> Query:
    return Query.parse("asked", sql, prepared=True)


def test_a_prepared_query_gives_what_any_other_does(db: Database) -> None:
    sql = "select :words::text[] as words, :number::int as number, null as nothing"
    for words in (["a", 'b "c"'], []):
        values = {"words": words, "number": len(words)}
        assert db.fetch(prepared(sql), **values) == db.fetch(Query.parse("asked", sql), **values)


def test_a_connection_prepares_a_query_once_and_keeps_few(db: Database) -> None:
    with db.transaction() as transaction:
        before = transaction.fetch(HELD)[0]["n"]
        for _ in range(3):
            transaction.fetch(prepared("select 1 as one"))
        assert transaction.fetch(HELD)[0]["n"] == before + 1
        for number in range(150):
            assert transaction.fetch(prepared(f"select {number} as n")) == [{"n": number}]
        assert transaction.fetch(HELD)[0]["n"] == 100


def test_a_prepared_query_is_prepared_anew_after_its_table_has_changed(db: Database) -> None:
    query = prepared("select * from shelf")
    db.execute(Query.parse("make", "create table shelf as select 1 as number"))
    assert db.fetch(query) == [{"number": 1}]
    db.execute(Query.parse("change", "alter table shelf add column name text"))
    with pytest.raises(DatabaseError, match="cached plan"):
        db.fetch(query)
    assert db.fetch(query) == [{"number": 1, "name": None}]


def test_an_error_in_a_prepared_query_leaves_the_connection_usable(db: Database) -> None:
    query = prepared("select 1 / :by::int as share")
    for by in (0, 0):
        with pytest.raises(DatabaseError, match="division by zero"):
            db.fetch(query, by=by)
    assert db.fetch(query, by=1) == [{"share": 1}]
