"""Which products a change of rows is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__)
# Bounds the memory of one statement.
_BATCH = 1_000


def products(transaction: Transaction, ids: Sequence[int]) -> Iterator[list[int]]:
    """The products among these rows and the products of the variations among them, in batches."""
    for start in range(0, len(ids), _BATCH):
        rows = transaction.fetch(_SQL["concerned"], ids=list(ids[start : start + _BATCH]))
        yield [row["id"] for row in rows]
