"""What words and vectors found for a question: each product with all that speaks for it, in one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tendero.catalog.search import fusion, lexical, ranking, vector, vocabulary
from tendero.catalog.search.fusion import Candidate
from tendero.catalog.search.leg import Neighbours
from tendero.catalog.search.lexical import Found
from tendero.catalog.search.question import Question
from tendero.catalog.search.slots import Slots
from tendero.platform.database import Transaction


class Legs(NamedTuple):
    """What words found, and what vectors."""

    worded: Sequence[Found]
    neighbours: Neighbours


@dataclass(frozen=True, slots=True)
class Why:
    """What put a product where it stands. Ranks count from 1; None where that leg did not find it.

    `words` of the question stand in it and carry `coverage` of the question's weight; `similarity` is its
    vector's with the question, `likeness` with the best candidates'; `kept` what unwanted words leave of its
    score; `branded` that the question names its brand; `total` decides the order.
    """

    total: float
    lexical: float = 0.0
    lexical_rank: int | None = None
    words: tuple[str, ...] = ()
    coverage: float = 0.0
    similarity: float | None = None
    likeness: float | None = None
    vector_rank: int | None = None
    kept: float = 1.0
    branded: bool = False


def ordered(
    transaction: Transaction, question: Question, meant: Slots, legs: Legs, model: str
) -> dict[int, Why]:
    """All that either leg found by id, best first. Raises DatabaseError or DeadlineExceeded."""
    worded, neighbours = legs
    found = {each.product_id: each for each in worded}
    near = {each.product_id: each.similarity for each in neighbours.near}
    ids = list(dict.fromkeys((*found, *near)))
    kept = lexical.negation(transaction, meant, [each for each in near if each not in found])
    kept |= {each.product_id: each.kept for each in worded}
    branded = vocabulary.having(transaction, question.brands, ids)
    trust = ranking.closeness(model).trust(max(near.values(), default=0.0))

    def candidates(similar: Mapping[int, float], like: Mapping[int, float]) -> list[Candidate]:
        return [
            Candidate(
                each,
                found[each].score if each in found else 0.0,
                kept.get(each, 1.0),
                each in branded,
                similar.get(each),
                like.get(each),
            )
            for each in ids
        ]

    similar, like = near, dict[int, float]()
    if neighbours.vector is not None and trust > 0:
        lacking = [each for each in ids if each not in near]
        similar = near | vector.similarities(transaction, lacking, neighbours.vector, model)
        first = list(fusion.scores(candidates(similar, {}), trust))[: ranking.FEEDBACK_PRODUCTS]
        like = vector.likeness(transaction, ids, first, model)
    scored = candidates(similar, like)
    totals = fusion.scores(scored, trust)
    known = {each.product_id: each for each in scored}
    lexical_rank, vector_rank = (
        {each: rank for rank, each in enumerate(leg, start=1)} for leg in (found, near)
    )
    return {
        each: Why(
            total,
            known[each].lexical,
            lexical_rank.get(each),
            found[each].words if each in found else (),
            found[each].coverage if each in found else 0.0,
            known[each].similarity,
            known[each].likeness,
            vector_rank.get(each),
            known[each].kept,
            known[each].branded,
        )
        for each, total in totals.items()
    }
