"""Keeps the word index in step with the products' texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tendero.catalog.search import concerned, ranking
from tendero.catalog.search.words import FUNCTION_WORDS
from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__)
# To be raised with every change of what the index holds: `tendero migrate` then makes it anew.
_RULES = 1

# "e-cloth": its two parts.
_HYPHENED = r"\m([[:alpha:]]\w*)[-‐‑](\w{2,})"
# In a folded name, from a word that says what the product is for up to the next sign, but not at its start.
_TARGET = (
    r"(?<=\w +)\m(?:for|fits?|para|compatible|compatibles|compativel|compativeis|replaces)\M[^][,|–—();]*"
)
# In a folded text, the words after "without" up to the next sign, and the word before "free".
_WITHOUT = (
    r"\m(?:without|non?|not|nor|zero|sin|ni|ninguna?|nada de|libres? de|nao|sem|nem|nenhuma?|livres? de)\M"
    r"((?: +\w+){1,5})"
)
_FREE = r"\m(\w+) free\M"
# Words that end in "less" but tell of nothing missing.
_WHOLE = ("stainless", "regardless", "unless", "nevertheless", "nonetheless")

_PARAMETERS: dict[str, Any] = {
    "skipped": sorted(FUNCTION_WORDS),
    "hyphened": _HYPHENED,
    "target": _TARGET,
    "without": _WITHOUT,
    "free": _FREE,
    "whole": list(_WHOLE),
    "name_weight": ranking.FIELD_WEIGHTS.name,
    "label_weight": ranking.FIELD_WEIGHTS.label,
    "text_weight": ranking.FIELD_WEIGHTS.text,
    "k1": ranking.BM25_K1,
    "b": ranking.BM25_B,
    "rules": _RULES,
}


def update(transaction: Transaction, product_ids: Sequence[int]) -> None:
    """Indexes the texts of these products anew; those no longer active leave the index.

    A variation's id stands for its parent. For new products, changed texts and changed `is_active`; price and
    stock are not in the index.
    """
    transaction.execute(_SQL["tune"])
    for ids in concerned.products(transaction, product_ids):
        transaction.execute(_SQL["remove"], ids=ids)
        transaction.execute(_SQL["add"], ids=ids, **_PARAMETERS)


def refresh_statistics(transaction: Transaction) -> None:
    """Drops the terms that no product has any more, and makes a first load known to PostgreSQL's planner.

    `update` keeps all counts exact by itself.
    """
    transaction.execute(_SQL["forget_terms"])
    if transaction.fetch(_SQL["unplanned"])[0]["unplanned"]:
        transaction.execute(_SQL["analyse"])


def outdated(transaction: Transaction) -> bool:
    """Whether the index was made by other rules than today's, so that it needs `rebuild`."""
    return bool(transaction.fetch(_SQL["outdated"], rules=_RULES)[0]["outdated"])


def rebuild(transaction: Transaction) -> None:
    """Indexes every product anew, as needed after a change of the rules that make terms of words.

    Writers of products wait until the transaction ends.
    """
    transaction.fetch(_SQL["one_writer"])
    for name in ("postings", "documents", "terms", "spellings", "statistics"):
        transaction.execute(_SQL[f"drop_{name}"])
    update(transaction, [row["id"] for row in transaction.fetch(_SQL["everything"])])
    refresh_statistics(transaction)
