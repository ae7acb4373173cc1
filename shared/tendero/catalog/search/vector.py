"""Products by closeness of their vectors: to a question's, and to each other's."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from tendero.catalog.embedder import Vector
from tendero.catalog.search.filters import Condition, share
from tendero.platform.database import Row, Transaction
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)
# Measured with 256 and with 1,536 dimensions, see tests/benchmarks/vector_search.
_RATIO = 2.0
# pgvector's limit for ef_search.
_FARTHEST = 1_000


@dataclass(frozen=True, slots=True)
class Near:
    """`similarity` is the cosine, -1 to 1."""

    product_id: int
    similarity: float


def nearest(
    transaction: Transaction,
    vector: Vector,
    model: str,
    condition: Condition,
    *,
    most: int,
    ef_search: int,
) -> list[Near]:
    """At most `most` products that customers can find, meet the condition and are embedded by `model`.

    Nearest first. By the model's index; exactly, where the condition leaves so few that this is cheaper, and
    where the index ends before there are enough.
    """
    shop = transaction.fetch(_SQL["prepare"], ratio=_RATIO, most=most)[0]
    passed = share(transaction, condition, shop["documents"])
    if passed * shop["documents"] > shop["few"]:
        # As far as it must reach is best reached at once: each further step of the scan is less exact.
        reach = min(_FARTHEST, max(ef_search, math.ceil(most / passed)))
        found = indexed(transaction, vector, model, condition, most=most, ef_search=reach)
        if len(found) == most:
            return found
    return exact(transaction, vector, model, condition, most=most)


def similarities(
    transaction: Transaction, ids: Sequence[int], vector: Vector, model: str
) -> dict[int, float]:
    """The cosines of these products' vectors with another; those that `model` has not embedded have none."""
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


def exact(
    transaction: Transaction, vector: Vector, model: str, condition: Condition, *, most: int
) -> list[Near]:
    """`nearest`, by comparing with every product that meets the condition."""
    query = _SQL["exact"].filled(filters=condition.sql)
    values = {"vector": _literal(vector), "model": model, "most": most}
    return _near(transaction.fetch(query, **values, **condition.parameters))


def indexed(
    transaction: Transaction, vector: Vector, model: str, condition: Condition, *, most: int, ef_search: int
) -> list[Near]:
    """`nearest`, by the model's index; fewer than there are, where the condition leaves few."""
    transaction.execute(_SQL["reach"], ef_search=ef_search)
    query = _SQL["indexed"].filled(filters=condition.sql, dimensions=str(len(vector)))
    values = {"vector": _literal(vector), "model": model, "most": most}
    return _near(transaction.fetch(query, **values, **condition.parameters))


def _near(rows: Sequence[Row]) -> list[Near]:
    return [Near(row["id"], 1 - float(row["distance"])) for row in rows]


def _literal(vector: Vector) -> str:
    return "[" + ",".join(f"{value:.6g}" for value in vector) + "]"
