"""What the operator reads when PostgreSQL refuses a migration."""

from __future__ import annotations

import pg8000.dbapi
import pytest
import sqlalchemy

from infra.migrations.run import stopped

# As PostgreSQL 15 says them without pgvector, with an old one, and to a role that may not install it.
_REFUSALS = [
    ("0A000", 'extension "vector" is not available', "Put pgvector 0.8 or newer on that server"),
    ("42704", 'type "halfvec" does not exist', "alter extension vector update;"),
    ("42501", 'permission denied to create extension "vector"', "create extension vector;"),
]


@pytest.mark.parametrize(("code", "said", "fix"), _REFUSALS)
def test_a_refused_migration_says_what_to_do(code: str, said: str, fix: str) -> None:
    refusal = pg8000.dbapi.DatabaseError({"S": "ERROR", "C": code, "M": said})
    wrapped = sqlalchemy.exc.DBAPIError("create …", None, refusal)
    for error in (refusal, wrapped):
        told = str(stopped(error))
        assert told.startswith(f"The migration stopped: {said}. ")
        assert fix in told


def test_any_other_refusal_is_told_as_it_is() -> None:
    refusal = pg8000.dbapi.DatabaseError({"S": "ERROR", "C": "53100", "M": "disk full"})
    assert str(stopped(refusal)) == "The migration stopped: disk full."
