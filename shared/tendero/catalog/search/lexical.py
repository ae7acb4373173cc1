"""Products by the words of a question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tendero.catalog.search import ranking
from tendero.catalog.search.filters import Condition
from tendero.catalog.search.passing import Passed, Passing
from tendero.catalog.search.slots import Slot, Slots
from tendero.platform.database import Transaction
from tendero.platform.sql import Query, load

_SQL = load(__file__, prepared=True)
# A product's id, score and coverage, and the numbers of the slots that it has.
_Row = tuple[int, float, float, list[int]]


@dataclass(frozen=True, slots=True)
class Found:
    """A product with words of the question.

    `score`, 0 to 1, is BM25 over the highest that the question could bring; `coverage`, 0 to 1, how much of
    the question its words cover; `kept` what the question's unwanted words leave of the score: 1 where they
    say nothing, more where the product says to be without; `words` those found.
    """

    product_id: int
    score: float
    coverage: float
    kept: float
    words: tuple[str, ...]


def find(transaction: Transaction, meant: Slots, passing: Passing, *, most: int) -> list[Found]:
    """At most `most` products that customers can find and that meet the condition, best first by score times
    `kept`.

    Where nothing is asked for but to be without something, those that say so.
    """
    if not meant.asked:
        meant = replace(meant, asked=tuple(each.turned for each in meant.unwanted))
    rows = _scored(transaction, meant, passing, ranking.RESCORED if meant.unwanted else most)
    kept = _kept(transaction, meant.unwanted, [product_id for product_id, *_ in rows])
    said = {slot.number: slot.word for slot in meant.asked}
    found = [
        Found(
            product_id,
            score,
            coverage,
            kept.get(product_id, 1.0),
            tuple(said[each] for each in sorted(having)),
        )
        for product_id, score, coverage, having in rows
    ]
    return sorted(found, key=lambda each: -each.score * each.kept)[:most]


def negation(transaction: Transaction, meant: Slots, ids: Sequence[int]) -> dict[int, float]:
    """What the question's unwanted words leave of each of these products' scores; 1 of those not in it."""
    return _kept(transaction, meant.unwanted, ids)


def _scored(transaction: Transaction, meant: Slots, passing: Passing, most: int) -> list[_Row]:
    """Those worth an exact score, by that score: of each term's best, or all where few pass."""
    terms = _looked_up(meant)
    if not terms:
        return []
    passed = passing.passed(transaction) if passing.condition else None
    query = _query(passing.condition, passed)
    known = {
        **_scoring(meant),
        **passing.condition.parameters,
        **_columns(("terms", "weights"), [term[:2] for term in terms]),
        "passed": passed and passed.ids,
        "most": most,
    }
    found: list[_Row] = []
    for deeper in _depths(passed):
        depths = [math.ceil(min(cut * deeper, held)) for _, _, cut, held in terms]
        row = transaction.fetch(query, depths=depths, **known)[0]
        found = row["found"]
        if row["candidates"] >= ranking.ENOUGH or depths == [held for *_, held in terms]:
            break
    return found


def _query(condition: Condition, passed: Passed | None) -> Query:
    scored, walked = _SQL["scored"], _SQL["walked"].named
    if passed is None:
        return scored.filled(candidates=walked, within="true", kept="true")
    if passed.ids is None:
        # What is read from the index of values alone comes first: a brand leaves few to be looked up.
        within = condition.values.replace("offer.product_id", "posting.product_id")
        kept = _SQL["kept"].text.replace("{filters}", condition.offers)
        return scored.filled(candidates=walked, within=within, kept=kept)
    if passed.left <= ranking.FEW:
        return scored.filled(candidates=_SQL["listed"].named)
    return scored.filled(candidates=walked, within=_SQL["within"].named, kept="true")


def _depths(passed: Passed | None) -> tuple[float, ...]:
    """How much deeper than without a condition each term's products are walked, until enough pass."""
    if passed is None or passed.left <= ranking.FEW:
        return (1.0,)
    if passed.ids is None:
        return min(1 / passed.share, ranking.DEEPER), ranking.DEEPEST, math.inf
    return min(1 / passed.share, ranking.DEEPEST), math.inf


def _looked_up(meant: Slots) -> list[tuple[int, float, int, int]]:
    """The terms whose products are looked at: id, weight, at how many products, and how many there are."""
    having = [slot for slot in meant.asked if slot.terms]
    rarest = max(having, key=lambda slot: slot.idf, default=None)
    terms = [
        (
            term.id,
            term.weight * slot.idf,
            ranking.CUT_OF_RAREST if slot is rarest else ranking.CUT,
            term.documents,
        )
        for slot in having
        for term in slot.terms
    ]
    gain = ranking.NEGATION.named_without * sum(slot.weight * slot.idf for slot in having)
    shares = _shares(meant.unwanted)
    without = [(term, gain * shares[slot.number]) for slot in meant.unwanted for term in slot.without]
    return [*terms, *((term.id, weight, ranking.CUT, term.documents) for term, weight in without)]


def _scoring(meant: Slots) -> dict[str, Any]:
    """What the exact score is made of."""
    terms = [
        (term.id, slot.number, term.weight * slot.idf, slot.mass * slot.idf)
        for slot in meant.asked
        for term in slot.terms
    ]
    return {
        **_columns(("scored", "slots", "worth", "masses"), terms),
        "mass": sum(slot.mass * slot.idf for slot in meant.asked),
        "ceiling": sum(slot.ceiling for slot in meant.asked),
        "average": meant.average,
        "k1": ranking.BM25_K1,
        "b": ranking.BM25_B,
        "coverage_share": ranking.COVERAGE_SHARE,
        "text_share": ranking.TEXT_SHARE,
        "name_weight": ranking.FIELD_WEIGHTS.name,
        "label_weight": ranking.FIELD_WEIGHTS.label,
        "text_weight": ranking.FIELD_WEIGHTS.text,
        "rescored": ranking.RESCORED,
    }


def _shares(unwanted: Sequence[Slot]) -> dict[int, float]:
    whole = sum(slot.idf for slot in unwanted)
    return {slot.number: slot.idf / whole for slot in unwanted}


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _kept(transaction: Transaction, unwanted: Sequence[Slot], ids: Sequence[int]) -> dict[int, float]:
    shares = _shares(unwanted)
    terms = [
        (term.id, slot.number, shares[slot.number], without)
        for slot in unwanted
        for without, each in ((False, slot.terms), (True, slot.without))
        for term in each
    ]
    if not terms or not ids:
        return {}
    columns = _columns(("terms", "slots", "shares", "without"), terms)
    rows = transaction.fetch(_SQL["negation"], ids=list(ids), **columns, **ranking.NEGATION._asdict())
    return {row["id"]: row["kept"] for row in rows}
