"""The binary COPY encoder, proved by PostgreSQL giving back what it was sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tendero.catalog import copy
from tendero.platform.database import Database
from tendero.platform.sql import Query

COLUMNS = (copy.text, copy.boolean, copy.bigint, copy.timestamptz, copy.text_array, copy.jsonb)
CREATE = Query.parse(
    "create",
    "create temporary table if not exists copied (n serial, a text, b boolean, c bigint, d timestamptz,"
    " e text[], f jsonb) on commit delete rows",
)
COPY = Query.parse("copy", "copy copied (a, b, c, d, e, f) from stdin (format binary)")
READ = Query.parse("read", "select a, b, c, d, e, f from copied order by n")

words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
jsons = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
times = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda at: at.replace(tzinfo=UTC))
rows = st.tuples(
    st.none() | words,
    st.none() | st.booleans(),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | times,
    st.none() | st.lists(words, max_size=4),
    st.none() | jsons.filter(lambda value: value is not None),
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, max_size=5))
def test_every_value_comes_back_as_it_was_sent(db: Database, sent: list[tuple[Any, ...]]) -> None:
    with db.transaction() as transaction:
        transaction.execute(CREATE)
        assert transaction.copy(COPY, copy.rows(COLUMNS, sent)) == len(sent)
        assert [tuple(row.values()) for row in transaction.fetch(READ)] == sent


def test_many_rows_go_in_several_chunks(db: Database) -> None:
    sent = [("x" * 1_000, True, n, None, [], {}) for n in range(1_000)]
    chunks = list(copy.rows(COLUMNS, sent))
    assert len(chunks) > 2
    with db.transaction() as transaction:
        transaction.execute(CREATE)
        assert transaction.copy(COPY, chunks) == 1_000


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        list(copy.rows((copy.timestamptz,), [(datetime(2026, 1, 1),)]))
