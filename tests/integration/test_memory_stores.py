"""Memories in PostgreSQL, and in PostgreSQL and files together."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given

from infra.local.postgres import Postgres
from tendero.people.memories import memory_store
from tendero.people.memory import UserMemory
from tendero.people.memory_hybrid import HybridMemories
from tendero.people.memory_json import JsonMemories
from tendero.people.memory_postgres import PostgresMemories
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.errors import DatabaseUnavailable, SettingsError
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.memories import memories, some


def q(sql: str) -> Query:
    return Query.parse("test", sql)


@pytest.fixture
def down() -> Iterator[Database]:
    """A pool on a server that is down."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"postgresql://u:p@127.0.0.1:{free.getsockname()[1]}/x"
        yield database(Settings.load({"DATABASE_URL": url}))


@contextmanager
def stopped(postgres: Postgres, db: Database) -> Iterator[None]:
    """The server takes no connection to this database within the block, and ends those that there are."""
    name = db.fetch(q("select current_database() as name"))[0]["name"]
    owner = database(Settings.load({"DATABASE_URL": postgres.url("postgres")}))
    end = q("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name")
    owner.execute(q(f"alter database {name} allow_connections false"))
    owner.fetch(end, name=name)
    try:
        yield
    finally:
        owner.execute(q(f"alter database {name} allow_connections true"))
        owner.close()


def until(done: Callable[[], bool]) -> None:
    for _ in range(600):
        if done():
            return
        time.sleep(0.05)
    pytest.fail("It never came to be.")


def test_a_memory_is_kept_changed_found_and_forgotten(db: Database) -> None:
    store = PostgresMemories(db)
    assert store.load("34600111222") is None
    assert store.save(some(name="Ana"))
    assert store.save(some(minutes=2, name="Ana María", message_history=({"content": "hola"},)))
    assert not store.save(some(minutes=1, name="old"))
    assert not store.save(some(minutes=2, name="same"))
    expected = some(minutes=2, name="Ana María", message_history=({"content": "hola"},))
    assert store.load("34600111222") == expected
    assert (store.delete("34600111222"), store.delete("34600111222")) == (True, False)


def test_every_memory_is_given_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tendero.people.memory_postgres._AT_ONCE", 2)
    store = PostgresMemories(db)
    users = ["Z", "a", "ñ", "+34", "b"]
    for user in users:
        store.save(some(user))
    assert [each.user_id for each in store.all()] == sorted(users)


@hypothesis.settings(max_examples=40, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@given(memory=memories())
def test_postgresql_and_files_give_back_the_same(db: Database, tmp_path: Path, memory: UserMemory) -> None:
    store = PostgresMemories(db)
    store.delete(memory.user_id)
    assert store.save(memory)
    assert store.load(memory.user_id) == memory


def test_a_shop_sees_only_its_own_customers(db: Database, database_url: str) -> None:
    PostgresMemories(db).save(some(name="Ana"))
    with db.transaction() as transaction:
        # The embedded server's own user is a superuser, whom no policy binds.
        transaction.execute(q("create role memory_reader"))
        transaction.execute(q("grant select on user_memory to memory_reader"))
        transaction.execute(q("set local role memory_reader"))
        assert transaction.one(q("select count(*) as n from user_memory")) == {"n": 1}
        transaction.fetch(q("select set_config('tendero.shop_id', 'another', true)"))
        assert transaction.one(q("select count(*) as n from user_memory")) == {"n": 0}
        transaction.execute(q("reset role"))
        transaction.execute(q("drop owned by memory_reader"))
        transaction.execute(q("drop role memory_reader"))


def test_the_hybrid_keeps_each_memory_twice(db: Database, tmp_path: Path) -> None:
    store = HybridMemories(tmp_path, db)
    assert store.save(some(name="Ana"))
    for place in (store, PostgresMemories(db), JsonMemories(tmp_path)):
        assert place.load("34600111222") == some(name="Ana")
        assert list(place.all()) == [some(name="Ana")]
    assert not store.save(some(name="the same time"))
    assert store.delete("34600111222")
    for place in (store, PostgresMemories(db), JsonMemories(tmp_path)):
        assert place.load("34600111222") is None


def test_the_hybrid_works_on_while_the_database_is_down(
    postgres: Postgres, db: Database, tmp_path: Path
) -> None:
    store, there = HybridMemories(tmp_path, db), PostgresMemories(db)
    store.save(some("a", name="before"))
    with stopped(postgres, db):
        assert store.load("a") == some("a", name="before")
        assert store.save(some("a", minutes=1, name="meanwhile"))
        assert store.save(some("b", name="new"))
        assert store.load("a") == some("a", minutes=1, name="meanwhile")
        assert [each.user_id for each in store.all()] == ["a", "b"]
        with pytest.raises(DatabaseUnavailable):
            store.delete("a")
        assert store.load("a") is not None
    until(lambda: store.save(some("c")) and there_is("b", there))
    assert list(there.all()) == [some("a", minutes=1, name="meanwhile"), some("b", name="new"), some("c")]
    assert list((tmp_path / ".missing").iterdir()) == []


def there_is(user_id: str, store: PostgresMemories) -> bool:
    try:
        return store.load(user_id) is not None
    except DatabaseUnavailable:
        return False


def test_the_newer_of_two_memories_wins_when_the_database_is_back(
    db: Database, down: Database, tmp_path: Path
) -> None:
    there = PostgresMemories(db)
    there.save(some("a", minutes=5, name="newer there"))
    there.save(some("b", minutes=1, name="older there"))
    without = HybridMemories(tmp_path, down)
    without.save(some("a", minutes=3, name="older here"))
    without.save(some("b", minutes=4, name="newer here"))
    store = HybridMemories(tmp_path, db)
    assert [each.name for each in store.all()] == ["newer there", "newer here"]
    assert store.load("a") == JsonMemories(tmp_path).load("a") == some("a", minutes=5, name="newer there")


def test_a_load_brings_this_customers_memory_first(db: Database, down: Database, tmp_path: Path) -> None:
    HybridMemories(tmp_path, down).save(some("a", name="here only"))
    assert HybridMemories(tmp_path, db).load("a") == some("a", name="here only")
    assert there_is("a", PostgresMemories(db))


def test_a_customer_forgotten_elsewhere_is_forgotten_here(db: Database, tmp_path: Path) -> None:
    store = HybridMemories(tmp_path, db)
    store.save(some())
    PostgresMemories(db).delete("34600111222")
    assert store.load("34600111222") is None
    assert JsonMemories(tmp_path).load("34600111222") is None


def test_the_settings_say_where_memories_are_kept(db: Database, down: Database, tmp_path: Path) -> None:
    folder = str(tmp_path)
    assert isinstance(memory_store(Settings.load({}), db), PostgresMemories)
    settings = Settings.load({"MEMORY_STORE": "hybrid", "MEMORY_FOLDER": folder})
    assert isinstance(memory_store(settings, db), HybridMemories)
    files = memory_store(Settings.load({"MEMORY_STORE": "json", "MEMORY_FOLDER": folder}), down)
    assert files.save(some())
    assert files.load("34600111222") == some()
    with pytest.raises(SettingsError, match="MEMORY_FOLDER"):
        memory_store(Settings.load({"MEMORY_STORE": "json"}), db)
