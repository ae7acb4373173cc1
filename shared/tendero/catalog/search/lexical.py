"""Products by the words of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tendero.catalog.search import ranking
from tendero.catalog.search.filters import Condition
from tendero.catalog.search.question import Question
from tendero.catalog.search.slots import Slot, Term, slots, statistics
from tendero.platform.database import Row, Transaction
from tendero.platform.sql import load

_SQL = load(__file__)


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
    """At most `most` products that customers can find and that meet the condition, best first by score and
    `kept`.

    Where nothing is asked for but to be without something, those that say so. `corrected` are alternatives to
    misspelt words (see `typos`).
    """
    held = statistics(transaction)
    if held is None:
        return []
    asked = slots(transaction, question.words, corrected or {}, held.documents)
    lacking = slots(transaction, question.negated, {}, held.documents)
    asked = asked or [replace(each, terms=tuple(Term(id, 1.0) for id in each.without)) for each in lacking]
    ids = _candidates(transaction, asked, lacking, condition)
    if not ids:
        return []
    rows = _scored(transaction, asked, held.average, ids, ranking.RESCORED if lacking else most)
    kept = _kept(transaction, lacking, [row["id"] for row in rows])
    said = {slot.number: slot.word for slot in asked}
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
    held = statistics(transaction) if question.negated else None
    lacking = slots(transaction, question.negated, {}, held.documents) if held else []
    return _kept(transaction, lacking, ids)


def _candidates(
    transaction: Transaction, asked: Sequence[Slot], lacking: Sequence[Slot], condition: Condition
) -> list[int]:
    """The products that are worth an exact score."""
    having = [slot for slot in asked if slot.terms]
    rarest = max(having, key=lambda slot: slot.idf, default=None)
    terms = [
        (term.id, term.weight * slot.idf, ranking.CUT_OF_RAREST if slot is rarest else ranking.CUT)
        for slot in having
        for term in slot.terms
    ]
    whole, bonus = sum(slot.weight * slot.idf for slot in having), ranking.NEGATION.named_without
    shares = _shares(lacking)
    terms += [
        (term, whole * bonus * shares[slot.number], ranking.CUT) for slot in lacking for term in slot.without
    ]
    if not terms:
        return []
    columns = _columns(("terms", "weights", "cuts"), terms)
    if condition.sql == "true":
        rows = transaction.fetch(_SQL["best"], **columns, most=ranking.RESCORED)
    elif _estimate(transaction, condition) <= ranking.FEW:
        rows = transaction.fetch(_SQL["filtered"].filled(filters=condition.sql), **condition.parameters)
    else:
        rows = transaction.fetch(
            _SQL["best_filtered"].filled(filters=condition.sql),
            **columns,
            **condition.parameters,
            walks=[ranking.WALK] * len(terms),
            most=ranking.RESCORED,
        )
    return [row["id"] for row in rows]


def _estimate(transaction: Transaction, condition: Condition) -> int:
    """How many products the filters leave, as PostgreSQL's planner thinks."""
    plan = transaction.fetch(_SQL["plan"].filled(filters=condition.sql), **condition.parameters)[0][
        "QUERY PLAN"
    ]
    return int(plan[0]["Plan"]["Plan Rows"])


def _scored(
    transaction: Transaction, asked: Sequence[Slot], average: float, ids: Sequence[int], most: int
) -> list[Row]:
    terms = [
        (term.id, slot.number, term.weight * slot.idf, slot.mass * slot.idf)
        for slot in asked
        for term in slot.terms
    ]
    return transaction.fetch(
        _SQL["scored"],
        ids=ids,
        **_columns(("terms", "slots", "weights", "masses"), terms),
        mass=sum(slot.mass * slot.idf for slot in asked),
        ceiling=sum(slot.ceiling for slot in asked),
        average=average,
        k1=ranking.BM25_K1,
        b=ranking.BM25_B,
        coverage_share=ranking.COVERAGE_SHARE,
        text_share=ranking.TEXT_SHARE,
        name_weight=ranking.FIELD_WEIGHTS.name,
        label_weight=ranking.FIELD_WEIGHTS.label,
        text_weight=ranking.FIELD_WEIGHTS.text,
        most=most,
    )


def _shares(lacking: Sequence[Slot]) -> dict[int, float]:
    whole = sum(slot.idf for slot in lacking)
    return {slot.number: slot.idf / whole for slot in lacking}


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _kept(transaction: Transaction, lacking: Sequence[Slot], ids: Sequence[int]) -> dict[int, float]:
    shares = _shares(lacking)
    terms = [
        (term, slot.number, shares[slot.number], without)
        for slot in lacking
        for without, each in ((False, [term.id for term in slot.terms]), (True, slot.without))
        for term in each
    ]
    if not terms or not ids:
        return {}
    columns = _columns(("terms", "slots", "shares", "without"), terms)
    rows = transaction.fetch(_SQL["negation"], ids=list(ids), **columns, **ranking.NEGATION._asdict())
    return {row["id"]: row["kept"] for row in rows}
