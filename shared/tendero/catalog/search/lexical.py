"""Products by the words of a question."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tendero.catalog.search import ranking
from tendero.catalog.search.filters import Condition, share
from tendero.catalog.search.question import Question
from tendero.catalog.search.slots import Slot, Slots, slots
from tendero.platform.database import Row, Transaction
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)


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


def find(
    transaction: Transaction,
    question: Question,
    condition: Condition,
    *,
    most: int,
    corrected: Mapping[str, str] | None = None,
) -> list[Found]:
    """At most `most` products that customers can find and that meet the condition, best first by score times
    `kept`.

    Where nothing is asked for but to be without something, those that say so. `corrected` are alternatives to
    misspelt words (see `typos`).
    """
    meant = slots(transaction, question, corrected or {})
    if not meant.asked:
        meant = replace(meant, asked=tuple(each.turned for each in meant.unwanted))
    ids = _candidates(transaction, meant, condition)
    if not ids:
        return []
    rows = _scored(transaction, meant, ids, ranking.RESCORED if meant.unwanted else most)
    kept = _kept(transaction, meant.unwanted, [row["id"] for row in rows])
    said = {slot.number: slot.word for slot in meant.asked}
    found = [
        Found(
            row["id"],
            row["score"],
            row["coverage"],
            kept.get(row["id"], 1.0),
            tuple(said[each] for each in sorted(row["slots"])),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: -each.score * each.kept)[:most]


def negation(transaction: Transaction, question: Question, ids: Sequence[int]) -> dict[int, float]:
    """What the question's unwanted words leave of each of these products' scores; 1 of those not in it."""
    if not question.negated:
        return {}
    return _kept(transaction, slots(transaction, question, {}).unwanted, ids)


def _candidates(transaction: Transaction, meant: Slots, condition: Condition) -> list[int]:
    """The products that are worth an exact score."""
    terms = _looked_up(meant)
    if not terms:
        return []
    columns = _columns(("terms", "weights", "cuts", "documents"), terms)
    if condition.sql == "true":
        rows = transaction.fetch(_SQL["best"], **columns, most=ranking.RESCORED)
        return [row["id"] for row in rows]
    left = max(1.0, share(transaction, condition, meant.documents) * meant.documents)
    if left <= ranking.FEW:
        rows = transaction.fetch(_SQL["filtered"].filled(filters=condition.sql), **condition.parameters)
        return [row["id"] for row in rows]
    query = _SQL["best_filtered"].filled(filters=condition.sql)
    for deeper in (min(meant.documents / left, ranking.DEEPER), ranking.DEEPEST, math.inf):
        cuts = [min(cut * deeper, held) for _, _, cut, held in terms]
        parameters = {**columns, **condition.parameters, "cuts": [math.ceil(cut) for cut in cuts]}
        rows = transaction.fetch(query, **parameters, most=ranking.RESCORED)
        if len(rows) >= ranking.ENOUGH or cuts == columns["documents"]:
            break
    return [row["id"] for row in rows]


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


def _scored(transaction: Transaction, meant: Slots, ids: Sequence[int], most: int) -> list[Row]:
    terms = [
        (term.id, slot.number, term.weight * slot.idf, slot.mass * slot.idf)
        for slot in meant.asked
        for term in slot.terms
    ]
    return transaction.fetch(
        _SQL["scored"],
        ids=ids,
        **_columns(("terms", "slots", "weights", "masses"), terms),
        mass=sum(slot.mass * slot.idf for slot in meant.asked),
        ceiling=sum(slot.ceiling for slot in meant.asked),
        average=meant.average,
        k1=ranking.BM25_K1,
        b=ranking.BM25_B,
        coverage_share=ranking.COVERAGE_SHARE,
        text_share=ranking.TEXT_SHARE,
        name_weight=ranking.FIELD_WEIGHTS.name,
        label_weight=ranking.FIELD_WEIGHTS.label,
        text_weight=ranking.FIELD_WEIGHTS.text,
        most=most,
    )


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
