"""Rank fusion."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.search import ranking
from tendero.catalog.search.fusion import fused

RANKING = st.lists(st.integers(0, 50), unique=True, max_size=30)


def test_what_both_rankings_have_goes_before_what_one_has() -> None:
    assert fused((([1, 2], 1.0), ([3, 2], 1.0)), k=20)[0] == 2


def test_the_heavier_ranking_decides() -> None:
    assert fused((([1, 2], 1.0), ([2, 1], 0.3)), k=20) == [1, 2]
    assert fused((([1, 2], 0.3), ([2, 1], 1.0)), k=20) == [2, 1]


@given(RANKING, st.floats(0.1, 5), st.floats(1, 60))
def test_one_ranking_keeps_its_order(ids: list[int], weight: float, k: float) -> None:
    assert fused(((ids, weight),), k) == ids


@given(RANKING, RANKING)
def test_nothing_is_lost_and_nothing_doubled(one: list[int], other: list[int]) -> None:
    result = fused(((one, 1.0), (other, 0.3)), k=20)
    assert sorted(result) == sorted({*one, *other})


@given(RANKING, RANKING)
def test_a_ranking_without_weight_only_adds_at_the_end(one: list[int], other: list[int]) -> None:
    assert fused(((one, 1.0), (other, 0.0)), k=20)[: len(one)] == one


@given(
    st.floats(-1, 1), st.floats(-1, 1), st.sampled_from(["wordllama-256", "text-embedding-3-small-512", "x"])
)
def test_a_closer_product_never_scores_less(one: float, other: float, model: str) -> None:
    closeness = ranking.closeness(model)
    low, high = sorted((one, other))
    assert 0 <= closeness.score(low) <= closeness.score(high) <= 1
    assert 0 <= closeness.trust(low) <= closeness.trust(high) <= closeness.weight
    assert closeness.score(closeness.likely) == ranking.CONFIDENT
