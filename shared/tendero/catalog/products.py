"""Reads products back from the database: by id, by code, by the source's own id."""

from __future__ import annotations

from collections.abc import Sequence

from tendero.catalog.product import Product
from tendero.platform.database import Database, Transaction
from tendero.platform.deadline import Deadline
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)


def read(transaction: Transaction, ids: Sequence[int]) -> list[Product]:
    """The active products with these ids, in the order of `ids`, each with its variations.

    Instead of a row that is hidden because another source has the same SKU comes the one that is shown.
    """
    if not ids:
        return []
    rows = {row["asked_id"]: row for row in transaction.fetch(_SQL["by_ids"], ids=list(ids))}
    shown = {rows[each]["id"]: rows[each] for each in ids if each in rows}
    variations: dict[int, list[Product]] = {}
    for row in transaction.fetch(_SQL["variations_of"], ids=list(shown)):
        variations.setdefault(row["parent_id"], []).append(Product.of_row(row))
    return [Product.of_row(row, tuple(variations.get(key, ()))) for key, row in shown.items()]


def own(transaction: Transaction, ids: Sequence[int]) -> list[Product]:
    """The active rows with these ids as their own sources have them, in no order, without variations."""
    return [Product.of_row(row) for row in transaction.fetch(_SQL["own"], ids=list(ids))]


def by_ids(database: Database, ids: Sequence[int], deadline: Deadline | None = None) -> list[Product]:
    """`read` in a transaction of its own."""
    with database.transaction(deadline) as transaction:
        return read(transaction, ids)


def ids_by_code(transaction: Transaction, code: str, most: int = 10) -> list[int]:
    """Ids of active products with exactly this SKU or barcode, products before variations."""
    return [row["id"] for row in transaction.fetch(_SQL["by_code"], code=code, most=most)]


def id_by_external_id(transaction: Transaction, source: str, external_id: str) -> int | None:
    """The id of an active product by its source's own id."""
    row = transaction.one(_SQL["by_external_id"], source=source, external_id=external_id)
    return None if row is None else int(row["id"])
