"""One score of what words and vectors say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.search import ranking
from tendero.catalog.search.fusion import Candidate, scores

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        product_id=st.integers(1, 10**6),
        lexical=st.floats(0, 1),
        kept=st.floats(0.6, 1.3),
        branded=st.booleans(),
        similarity=st.none() | st.floats(-1, 1),
        likeness=st.none() | st.floats(-1, 1),
    ),
    max_size=20,
    unique_by=lambda each: each.product_id,
)


@given(
    st.floats(-1, 1), st.floats(-1, 1), st.sampled_from(["wordllama-256", "text-embedding-3-small-512", "x"])
)
def test_a_closer_product_never_scores_less(one: float, other: float, model: str) -> None:
    closeness = ranking.closeness(model)
    low, high = sorted((one, other))
    assert 0 <= closeness.score(low) <= closeness.score(high) <= 1
    assert 0 <= closeness.trust(low) <= closeness.trust(high) <= closeness.weight
    assert closeness.score(closeness.likely) == ranking.CONFIDENT


def test_a_score_is_the_sum_of_what_words_and_vectors_say() -> None:
    one = Candidate(1, lexical=0.6, kept=0.5, branded=True, similarity=0.4, likeness=0.2)
    assert scores([one], trust=0.5)[1] == pytest.approx(0.5 * (0.6 + 0.5 * (0.4 + 0.2)) + ranking.BRAND_BONUS)


def test_a_product_without_a_vector_is_as_near_as_the_others_are_on_average() -> None:
    others = [Candidate(1, similarity=0.2, likeness=0.4), Candidate(2, similarity=0.6, likeness=0.8)]
    average = Candidate(3, similarity=0.4, likeness=0.6)
    found = scores([*others, Candidate(3)], trust=1)
    assert found == pytest.approx(scores([*others, average], trust=1))
    assert list(found) == [2, 3, 1]


def test_without_any_vector_the_words_decide() -> None:
    assert list(scores([Candidate(1, 0.2), Candidate(2, 0.9), Candidate(3, 0.9)], trust=0.5)) == [2, 3, 1]


def test_what_must_not_be_there_costs_both_legs() -> None:
    free, full = Candidate(1, 0.5, similarity=0.5), Candidate(2, 0.5, kept=0.6, similarity=0.5)
    found = scores([free, full], trust=0.5)
    assert found[2] == pytest.approx(0.6 * found[1])


@given(CANDIDATES, st.floats(0, 1))
def test_every_candidate_has_one_score_and_the_best_is_first(found: list[Candidate], trust: float) -> None:
    scored = scores(found, trust)
    assert sorted(scored) == sorted(each.product_id for each in found)
    assert list(scored.values()) == sorted(scored.values(), reverse=True)


@given(CANDIDATES, st.floats(0, 1))
def test_the_order_in_which_candidates_come_changes_nothing(found: list[Candidate], trust: float) -> None:
    assert list(scores(found, trust)) == list(scores(found[::-1], trust))
