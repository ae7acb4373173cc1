"""Products by closeness of their vectors to a question's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tendero.catalog.embedder import Vector
from tendero.platform.database import Transaction
from tendero.platform.sql import Query, load

_SQL = load(__file__)


@dataclass(frozen=True, slots=True)
class Near:
    """`similarity` is the cosine, -1 to 1."""

    product_id: int
    similarity: float


def nearest(
    transaction: Transaction, vector: Vector, model: str, *, in_stock: bool, most: int, ef_search: int
) -> list[Near]:
    """At most `most` active products that `model` has embedded, nearest first."""
    transaction.execute(_SQL["tune"], ef_search=max(ef_search, most))
    rows = transaction.fetch(
        _nearest(len(vector)),
        vector="[" + ",".join(f"{value:.6g}" for value in vector) + "]",
        model=model,
        in_stock=in_stock,
        most=most,
    )
    return [Near(row["id"], 1 - float(row["distance"])) for row in rows]


@lru_cache(maxsize=4)
def _nearest(dimensions: int) -> Query:
    query = _SQL["nearest"]
    return Query(query.name, query.text.replace("{dimensions}", str(dimensions)), query.parameters)
