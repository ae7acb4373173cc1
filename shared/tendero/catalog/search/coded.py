"""Products that a question names by their SKU or barcode."""

from __future__ import annotations

from collections.abc import Sequence

from tendero.catalog import products
from tendero.catalog.item import Kind
from tendero.catalog.product import Product
from tendero.catalog.search.variations import with_variations
from tendero.platform.database import Transaction


def coded(transaction: Transaction, codes: Sequence[str]) -> list[Product]:
    """Active products with one of these codes; a variation shows as its product narrowed to it."""
    for_codes = (products.ids_by_code(transaction, code) for code in codes)
    ids = list(dict.fromkeys(each for found in for_codes for each in found))
    found = products.read(transaction, ids)
    whole = {each.id: each for each in found if each.kind is not Kind.VARIATION}
    wanted: dict[int, list[int]] = {}
    for each in found:
        if each.kind is Kind.VARIATION and each.parent_external_id is not None:
            parent = products.id_by_external_id(transaction, each.source, each.parent_external_id)
            if parent is not None and parent not in whole:
                wanted.setdefault(parent, []).append(each.id)
    parents = products.read(transaction, list(wanted))
    return [*whole.values(), *(with_variations(each, wanted[each.id]) for each in parents)]
