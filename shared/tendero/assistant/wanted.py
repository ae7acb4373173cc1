"""What a model demands of products beside its words, said as a customer would say it.

The search reads demands in words and looks names up in the catalogue's own values; a model's go the same way,
so that both mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

NAMED = ("brand", "category", "colour", "size")
_CENT = Decimal("0.01")


def spoken(
    query: str, *, low: Decimal | None, high: Decimal | None, on_sale: bool, named: Mapping[str, str]
) -> str:
    """The query, and each demand as a clause of its own: `mochila; hasta 80; en oferta; talla 42`."""
    clauses = [query, _price(low, high), "en oferta" if on_sale else ""]
    clauses += [f"talla {value}" if name == "size" else value for name, value in named.items()]
    return "; ".join(filter(None, clauses))


def _price(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"entre {_plain(low)} y {_plain(high)}"
    if high is not None:
        return f"hasta {_plain(high)}"
    return f"desde {_plain(low)}" if low is not None else ""


def _plain(amount: Decimal) -> str:
    """Without an exponent, and with two decimals or none: three would be read as thousands."""
    return f"{amount.quantize(_CENT):f}".removesuffix(".00")
