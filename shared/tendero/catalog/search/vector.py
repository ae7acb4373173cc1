"""Products by closeness of their vectors: to a question's, and to each other's."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from tendero.catalog.embedder import Vector
from tendero.catalog.search import ranking
from tendero.catalog.search.filters import Condition
from tendero.catalog.search.passing import Passed, Passing
from tendero.platform.database import Row, Transaction
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)
# pgvector's limit for ef_search.
_FARTHEST = 1_000


@dataclass(frozen=True, slots=True)
class Near:
    """`similarity` is the cosine, -1 to 1."""

    product_id: int
    similarity: float


def nearest(
    transaction: Transaction, vector: Vector, model: str, passing: Passing, *, most: int, ef_search: int
) -> list[Near]:
    """At most `most` products that customers can find, meet the condition and are embedded by `model`.

    Nearest first. By the model's index; exactly, where the condition leaves so few that this is cheaper, and
    where the index ends before there are enough.
    """
    passed = passing.passed(transaction)
    if passed.ids is None:
        found = indexed(
            transaction,
            vector,
            model,
            passing.condition,
            most=most,
            ef_search=reach(passed, most, ef_search),
            passed_over=passed.few,
        )
        if len(found) == most:
            return found
    return exact(transaction, vector, model, passing.ids(transaction), most=most)


def reach(passed: Passed, most: int, least: int) -> int:
    """How far into the index a scan must reach at once: each further step of it is less exact, and in a large
    catalogue so is the same reach."""
    grown = least * math.sqrt(max(1.0, passed.documents / ranking.REACH_DOCUMENTS))
    return min(_FARTHEST, math.ceil(max(grown, most / passed.share)))


def similarities(
    transaction: Transaction, ids: Sequence[int], vector: Vector, model: str
) -> dict[int, float]:
    """The cosines of these products' vectors with another; those that `model` has not embedded have none."""
    if not ids:
        return {}
    rows = transaction.fetch(_SQL["similarities"], ids=list(ids), vector=_literal(vector), model=model)
    return {each.product_id: each.similarity for each in _near(rows)}


def likeness(
    transaction: Transaction, ids: Sequence[int], best: Sequence[int], model: str
) -> dict[int, float]:
    """The cosines of these products' vectors with the mean of those of the `best`.

    What is like the first hits is probably meant as well: pseudo relevance feedback (Rocchio 1971).
    """
    rows = transaction.fetch(_SQL["likeness"], ids=list(ids), best=list(best), model=model)
    return {each.product_id: each.similarity for each in _near(rows)}


def vector_of(transaction: Transaction, product_id: int, model: str) -> Vector | None:
    """The product's own vector; None where `model` has not embedded it."""
    row = transaction.one(_SQL["vector_of"], id=product_id, model=model)
    return array("f", map(float, row["vector"].strip("[]").split(","))) if row else None


def exact(transaction: Transaction, vector: Vector, model: str, ids: str, *, most: int) -> list[Near]:
    """The nearest of these products, whose `ids` are written as a PostgreSQL array: by comparing each."""
    values = {"vector": _literal(vector), "model": model, "most": most}
    return _near(transaction.fetch(_SQL["exact"], ids=ids, **values))


def indexed(
    transaction: Transaction,
    vector: Vector,
    model: str,
    condition: Condition,
    *,
    most: int,
    ef_search: int,
    passed_over: int,
) -> list[Near]:
    """The nearest that meet the condition, by the model's index; fewer than there are, where these would be
    farther than `passed_over` others."""
    transaction.execute(_SQL["reach"], ef_search=ef_search, passed_over=max(1, passed_over))
    query = _SQL["indexed"].filled(filters=condition.sql, dimensions=str(len(vector)))
    values = {"vector": _literal(vector), "model": model, "most": most}
    return _near(transaction.fetch(query, **values, **condition.parameters))


def _near(rows: Sequence[Row]) -> list[Near]:
    """Of the one row: the driver reads many numbers faster as one JSON value."""
    return [Near(number, 1 - distance) for number, distance in rows[0]["found"]]


def _literal(vector: Vector) -> str:
    return "[" + ",".join(f"{value:.6g}" for value in vector) + "]"
