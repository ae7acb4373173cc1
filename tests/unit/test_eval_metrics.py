"""The metrics, against figures worked out by hand and against other ways to compute them."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.eval.metrics import GAINS, chance_of, mean, ndcg, recall, reciprocal_rank

LABELS = {"a": "E", "b": "S", "c": "C", "d": "I", "e": "E"}
# a, e, b, c: 1 + 1/log2(3) + 0.1/2 + 0.01/log2(5)
IDEAL = 1 + 0.63092975 + 0.05 + 0.00430677

labels = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3), st.sampled_from(sorted(GAINS)), max_size=30
)


def rankings(judged: dict[str, str]) -> st.SearchStrategy[list[str]]:
    return st.permutations([*judged, *(f"unjudged {number}" for number in range(5))])


cases = labels.flatmap(lambda judged: st.tuples(st.just(judged), rankings(judged)))


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        (["a", "e", "b", "c", "d"], 1.0),
        (["a"], 1 / IDEAL),
        (["x", "a"], 0.63092975 / IDEAL),
        (["d", "x", "b"], 0.05 / IDEAL),
        (["c", "a", "x", "e"], (0.01 + 0.63092975 + 0.43067656) / IDEAL),
        ([], 0.0),
    ],
)
def test_ndcg_is_what_one_works_out_by_hand(ranked: list[str], expected: float) -> None:
    assert ndcg(ranked, LABELS) == pytest.approx(expected, abs=1e-7)


def test_ndcg_looks_at_ten_places_of_the_ranking_and_of_the_ideal() -> None:
    exact = {str(number): "E" for number in range(20)}
    assert ndcg([str(number) for number in range(10)], exact) == pytest.approx(1.0)
    assert ndcg(["x"] * 10 + ["1"], exact) == 0.0


@given(cases)
def test_ndcg_agrees_with_another_way_to_compute_it(case: tuple[dict[str, str], list[str]]) -> None:
    judged, ranked = case
    gains = np.array([GAINS[judged.get(each, "I")] for each in ranked])[:10]
    best = np.sort([GAINS[each] for each in judged.values()])[::-1][:10]
    discounts = 1 / np.log2(np.arange(2, 12))
    ideal = best @ discounts[: len(best)]
    expected = gains @ discounts[: len(gains)] / ideal if ideal else 0.0
    assert ndcg(ranked, judged) == pytest.approx(expected)


@given(cases)
def test_every_figure_lies_between_0_and_1(case: tuple[dict[str, str], list[str]]) -> None:
    judged, ranked = case
    for figure in (ndcg(ranked, judged), recall(ranked, judged), reciprocal_rank(ranked, judged)):
        assert figure is None or 0 <= figure <= 1 + 1e-12


@given(labels)
def test_the_best_order_is_worth_1(judged: dict[str, str]) -> None:
    best = sorted(judged, key=lambda each: -GAINS[judged[each]])
    worth = any(GAINS[each] for each in judged.values())
    assert ndcg(best, judged) == pytest.approx(1.0 if worth else 0.0)
    if "E" in judged.values():
        assert (recall(best, judged), reciprocal_rank(best, judged)) == (1.0, 1.0)


@given(cases, st.data())
def test_a_better_product_further_up_never_costs_anything(
    case: tuple[dict[str, str], list[str]], data: st.DataObject
) -> None:
    judged, ranked = case
    first, second = sorted(data.draw(st.tuples(*[st.integers(0, len(ranked) - 1)] * 2)))
    swapped = list(ranked)
    swapped[first], swapped[second] = ranked[second], ranked[first]
    gain = [GAINS[judged.get(ranked[place], "I")] for place in (first, second)]
    if gain[1] >= gain[0]:
        assert ndcg(swapped, judged) >= ndcg(ranked, judged) - 1e-12


def test_recall_counts_exact_products_in_fifty_places() -> None:
    assert recall(["a", "b", "c"], LABELS) == 0.5
    assert recall(["x"] * 49 + ["a", "e"], LABELS) == 0.5
    assert recall(["b"], LABELS) == 0.0


def test_the_reciprocal_rank_is_that_of_the_first_exact_product() -> None:
    assert reciprocal_rank(["b", "x", "e", "a"], LABELS) == pytest.approx(1 / 3)
    assert reciprocal_rank(["b"], LABELS) == 0.0


def test_without_an_exact_product_there_is_nothing_to_find() -> None:
    assert recall(["b"], {"b": "S"}) is None
    assert reciprocal_rank(["b"], {"b": "S"}) is None
    assert ndcg(["b"], {"b": "S"}) == 1.0


def test_the_interval_of_a_mean_is_about_that_of_the_normal_distribution() -> None:
    chance = random.Random(3)
    values = [chance.random() for _ in range(400)]
    found = mean(values)
    half = 1.96 * float(np.std(values)) / math.sqrt(len(values))
    assert found.value == pytest.approx(sum(values) / 400)
    assert found.low == pytest.approx(found.value - half, abs=0.15 * half)
    assert found.high == pytest.approx(found.value + half, abs=0.15 * half)
    assert mean(values) == found


def test_a_mean_of_equal_values_has_no_width() -> None:
    assert mean([0.5] * 7) == (0.5, 0.5, 0.5)
    assert mean([]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("differences", [[0.3, -0.1, 0.2, 0.4, 0.05, 0.3], [0.1, -0.1, 0.02], [0.5] * 10])
def test_the_p_value_is_that_of_all_sign_changes(differences: list[float]) -> None:
    signs = itertools.product((-1, 1), repeat=len(differences))
    sums = [abs(sum(sign * each for sign, each in zip(row, differences, strict=True))) for row in signs]
    exact = sum(each >= abs(sum(differences)) - 1e-9 for each in sums) / len(sums)
    assert chance_of(differences) == pytest.approx(exact, abs=0.015)


def test_runs_without_a_difference_differ_by_chance() -> None:
    assert chance_of([0.0, 0.0]) == 1.0
    assert chance_of([]) == 1.0
