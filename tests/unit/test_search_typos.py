"""How far words lie apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.search.typos import distance

WORDS = st.text(alphabet="abc", max_size=7)


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("nke", "nike", 1),
        ("nikee", "nike", 1),
        ("nika", "nike", 1),
        ("inke", "nike", 1),
        ("zapatilas", "zapatillas", 1),
        ("vinpositine", "vinpocetine", 2),
        ("", "abc", 3),
    ],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == slips


@given(WORDS, WORDS)
def test_the_way_back_is_as_far(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))
