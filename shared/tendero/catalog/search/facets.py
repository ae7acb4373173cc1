"""Keeps what search filters by in step with the products: offers, variations, values of options."""

from __future__ import annotations

from collections.abc import Sequence

from tendero.catalog.search import concerned
from tendero.catalog.search.glossary import colours
from tendero.catalog.search.substances import substances
from tendero.catalog.search.words import FUNCTION_WORDS
from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__)
# How shops call the two options that customers name without saying which they mean.
_COLOUR_NAMES = ["color", "colour", "cor", "colores", "colors", "colours", "cores", "couleur"]
_SIZE_NAMES = [
    "talla",
    "tallas",
    "talle",
    "size",
    "sizes",
    "tamano",
    "tamanho",
    "tam",
    "numero",
    "numeracion",
]
# An option such as "Sin gluten: sí" says what its name says.
_YES = ["si", "sí", "yes", "sim", "true", "1", "x"]
SKIPPED = sorted(FUNCTION_WORDS)


def update(transaction: Transaction, touched: Sequence[int], reindexed: Sequence[int]) -> None:
    """Brings the filters' tables up to what these products are now; writes only what differs.

    `touched` are all rows whose price, stock or visibility may have changed, `reindexed` those whose texts
    did, as for `index.update`. A variation's id stands for its product.
    """
    transaction.execute(_SQL["tune"])
    for ids in concerned.products(transaction, list(dict.fromkeys((*touched, *reindexed)))):
        transaction.execute(_SQL["write_variants"], ids=ids)
        transaction.execute(_SQL["write_offers"], ids=ids)
    absent = [(each.name, sign, each.pattern) for each in substances() for sign in each.signs]
    for ids in concerned.products(transaction, reindexed):
        transaction.execute(
            _SQL["write_facets"],
            ids=ids,
            skipped=SKIPPED,
            colour_names=_COLOUR_NAMES,
            size_names=_SIZE_NAMES,
            yes=_YES,
            colours=sorted(colours()),
            substances=[name for name, _, _ in absent],
            signs=[sign for _, sign, _ in absent],
            absences=[pattern for _, _, pattern in absent],
        )


def rebuild(transaction: Transaction) -> None:
    """Does so for every product: after a change of the rules that make keys of values."""
    ids = [row["id"] for row in transaction.fetch(_SQL["everything"])]
    update(transaction, ids, ids)


def recount(transaction: Transaction) -> None:
    """Counts anew how many products have each value: after products were deleted."""
    transaction.execute(_SQL["recount"])


def fill(transaction: Transaction) -> bool:
    """Fills the tables where products were written before there were any; whether that was so."""
    unfilled = bool(transaction.fetch(_SQL["unfilled"])[0]["unfilled"])
    if unfilled:
        rebuild(transaction)
    return unfilled
