"""PostgreSQL: pooled connections, transactions and queries."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tendero.platform import prepared
from tendero.platform.deadline import Deadline
from tendero.platform.errors import (
    DatabaseError,
    DatabaseUnavailable,
    DeadlineExceeded,
    SchemaMissing,
)
from tendero.platform.sql import Query

Row = dict[str, Any]

# An idle connection is asked whether it still lives before use; one used a moment ago is trusted.
_TRUSTED_IDLE_SECONDS = 30.0
# While PostgreSQL is down, callers learn it at once instead of each waiting for a connect time-out.
_DOWN_FOR_SECONDS = 1.0
_SCHEMA_CODES = {"42P01", "42703", "42883", "3F000"}
_STATEMENT_CANCELLED = "57014"
_CONNECTION_CODES = ("08", "57P", "53300", "28", "3D000")


class Transaction:
    """Runs queries on one connection between BEGIN and COMMIT."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def fetch(self, query: Query, **parameters: Any) -> list[Row]:
        """The rows that a query gives, each a dict by column name."""
        context = self._run(query, parameters)
        if context.columns is None:
            return []
        names = [column["name"] for column in context.columns]
        return [dict(zip(names, row, strict=True)) for row in context.rows or ()]

    def one(self, query: Query, **parameters: Any) -> Row | None:
        """The first row, or None."""
        rows = self.fetch(query, **parameters)
        return rows[0] if rows else None

    def execute(self, query: Query, **parameters: Any) -> int:
        """Runs a statement; the number of rows that it wrote."""
        return max(0, int(self._run(query, parameters).row_count))

    def copy(self, query: Query, chunks: Iterable[bytes]) -> int:
        """Sends bytes to a `COPY … FROM STDIN`; the number of rows that arrived."""
        return int(self._run(query, {}, stream=chunks).row_count)

    def _run(self, query: Query, parameters: dict[str, Any], stream: Iterable[bytes] | None = None) -> Any:
        values = [parameters[name] for name in query.parameters]
        try:
            if query.prepared:
                return prepared.execute(self._connection, query.text, values)
            return self._connection.execute_unnamed(query.text, vals=values, stream=stream)
        except Exception as error:
            raise translated(error, query.name) from error


class Database:
    """A pool of at most `size` connections, made by `connect` when first needed.

    `connect` gives a pg8000 DB-API connection. Nothing is opened before the first query, so that the
    object may be built before the server forks its worker.
    """

    def __init__(self, connect: Callable[[], Any], *, shop_id: str, size: int = 5) -> None:
        from dbutils.pooled_db import PooledDB

        self._connect = connect
        self._shop_id = shop_id
        self._size = size
        self._down_until = 0.0
        self._down_reason = ""
        self._places = threading.BoundedSemaphore(size)
        self._pool = PooledDB(self._open, maxcached=size, reset=None, ping=_alive)

    @contextmanager
    def transaction(self, deadline: Deadline | None = None) -> Iterator[Transaction]:
        """A transaction: committed at the end of the block, rolled back when the block raises.

        A deadline bounds the wait for a free connection and becomes the server's `statement_timeout`.
        Raises DatabaseUnavailable when no connection can be had.
        """
        begin = "begin"
        if deadline is not None:
            begin += f"; set local statement_timeout = {max(1, int(deadline.remaining() * 1000))}"
        with self._connection(deadline) as connection:
            try:
                _simple(connection, begin)
                yield Transaction(connection)
                _simple(connection, "commit")
            except BaseException:
                with suppress(Exception):
                    connection.execute_simple("rollback")
                raise

    def fetch(self, query: Query, *, deadline: Deadline | None = None, **parameters: Any) -> list[Row]:
        """`Transaction.fetch` in a transaction of its own."""
        with self.transaction(deadline) as transaction:
            return transaction.fetch(query, **parameters)

    def execute(self, query: Query, *, deadline: Deadline | None = None, **parameters: Any) -> int:
        """`Transaction.execute` in a transaction of its own."""
        with self.transaction(deadline) as transaction:
            return transaction.execute(query, **parameters)

    @contextmanager
    def session(self) -> Iterator[Transaction]:
        """A connection of its own beside the pool, where each statement is committed at once: for locks that
        end when the process does. Raises DatabaseUnavailable."""
        try:
            connection = self._open()
        except DatabaseError:
            raise
        except Exception as error:
            raise DatabaseUnavailable(f"No connection to PostgreSQL: {reason(error)}") from error
        try:
            yield Transaction(connection)
        finally:
            with suppress(Exception):
                connection.close()

    def close(self) -> None:
        """Closes the idle connections."""
        self._pool.close()

    @contextmanager
    def _connection(self, deadline: Deadline | None) -> Iterator[Any]:
        patience = None if deadline is None else deadline.remaining()
        if not self._places.acquire(timeout=patience):
            raise DatabaseUnavailable(f"All {self._size} database connections are busy (DB_POOL_SIZE).")
        try:
            pooled = self._take()
            # pg8000's own connection, under DBUtils' two wrappers: its `execute_unnamed` takes `$1…` as it
            # stands, where the wrapped cursor would parse every statement again in Python.
            connection = pooled._con._con
            try:
                yield connection
                connection.tendero_used = time.monotonic()
            except BaseException:
                connection.tendero_used = 0.0
                raise
            finally:
                pooled.close()
        finally:
            self._places.release()

    def _take(self) -> Any:
        if time.monotonic() < self._down_until:
            raise DatabaseUnavailable(self._down_reason)
        try:
            return self._pool.dedicated_connection()
        except Exception as error:
            self._down_reason = f"No connection to PostgreSQL: {reason(error)}"
            self._down_until = time.monotonic() + _DOWN_FOR_SECONDS
            raise DatabaseUnavailable(self._down_reason) from error

    def _open(self) -> Any:
        if time.monotonic() < self._down_until:
            raise DatabaseUnavailable(self._down_reason)
        connection = self._connect()
        # Row-level security compares every row's shop_id with this setting.
        connection.execute_unnamed("select set_config('tendero.shop_id', $1, false)", vals=[self._shop_id])
        # Data lie in memory or on solid-state disks; what a shop asks is over before a compiler has started.
        connection.execute_simple("set timezone = 'UTC'; set random_page_cost = 1.1; set jit = off")
        connection.tendero_used = time.monotonic()
        return connection


def _simple(connection: Any, statement: str) -> None:
    try:
        connection.execute_simple(statement)
    except Exception as error:
        raise translated(error, statement) from error


def _alive(connection: Any) -> bool:
    if time.monotonic() - connection.tendero_used < _TRUSTED_IDLE_SECONDS:
        return True
    try:
        connection.execute_simple("select 1")
    except Exception:
        return False
    return True


def reason(error: BaseException) -> str:
    """PostgreSQL's own sentence out of a driver's error, else the error's text."""
    details = error.args[0] if error.args else None
    return str(details.get("M", details)) if isinstance(details, dict) else str(error)


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's five characters for what went wrong; empty where the error is not PostgreSQL's."""
    details = error.args[0] if error.args else None
    return str(details.get("C", "")) if isinstance(details, dict) else ""


def translated(error: Exception, doing: str) -> Exception:
    """The library's error for a driver's error raised while `doing` a named query."""
    code = sqlstate(error)
    if code in _SCHEMA_CODES:
        return SchemaMissing(f"The database lacks Tendero's schema ({reason(error)}). Run `tendero migrate`.")
    if code == _STATEMENT_CANCELLED:
        return DeadlineExceeded(f"PostgreSQL did not finish {doing} in time.")
    if not code or code.startswith(_CONNECTION_CODES):
        return DatabaseUnavailable(f"The connection to PostgreSQL broke in {doing}: {reason(error)}")
    return DatabaseError(f"PostgreSQL refused {doing}: {reason(error)} (code {code}).")
