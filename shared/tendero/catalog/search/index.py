"""Keeps the word index in step with the products' texts."""

from __future__ import annotations

from collections.abc import Sequence

from tendero.catalog.search.ranking import FIELD_WEIGHTS
from tendero.catalog.search.words import FUNCTION_WORDS
from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__)
# Bounds the memory of one statement.
_BATCH = 1_000
_SKIPPED = sorted(FUNCTION_WORDS)


def update(transaction: Transaction, product_ids: Sequence[int]) -> None:
    """Indexes the texts of these products anew; those no longer active leave the index.

    A variation's id stands for its parent. For new products, changed texts and changed `is_active`; price and
    stock are not in the index.
    """
    transaction.execute(_SQL["tune"])
    for start in range(0, len(product_ids), _BATCH):
        batch = list(product_ids[start : start + _BATCH])
        ids = [row["id"] for row in transaction.fetch(_SQL["indexed_products"], ids=batch)]
        transaction.execute(_SQL["remove"], ids=ids)
        transaction.execute(
            _SQL["add"],
            ids=ids,
            skipped=_SKIPPED,
            name_weight=FIELD_WEIGHTS.name,
            label_weight=FIELD_WEIGHTS.label,
            text_weight=FIELD_WEIGHTS.text,
        )


def refresh_statistics(transaction: Transaction) -> None:
    """Drops the terms that no product has any more, and makes a first load known to PostgreSQL's planner.

    `update` keeps all counts exact by itself.
    """
    transaction.execute(_SQL["forget_terms"])
    if transaction.fetch(_SQL["unplanned"])[0]["unplanned"]:
        transaction.execute(_SQL["analyse"])


def rebuild(transaction: Transaction) -> None:
    """Indexes every product anew, as needed after a change of the rules that make terms of words."""
    update(transaction, [row["id"] for row in transaction.fetch(_SQL["everything"])])
