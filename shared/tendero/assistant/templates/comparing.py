"""Two or three products side by side: price, stock, and what sets them apart."""

from __future__ import annotations

from collections.abc import Sequence

from tendero.assistant.templates.options import values
from tendero.assistant.templates.wording import Wording, shortened
from tendero.catalog.product import Product

MOST_COMPARED = 3
_TEXT_LENGTH = 140
_MOST_VALUES = 6


def compared(products: Sequence[Product], wording: Wording) -> str:
    """A line with name, price and stock for each, and below it those attributes that are not the same in all
    and the beginning of the shop's own text."""
    lines: list[str] = [wording.phrases.compared]
    for number, product in enumerate(products, start=1):
        price, stock = wording.short_price(product), wording.short_stock(product)
        lines.append(wording.phrases.line.format(number=number, name=product.name, price=price, stock=stock))
        apart = " ".join(
            wording.phrases.options.format(attribute=name, values=", ".join(own[:_MOST_VALUES]))
            for name, own in differing(product, products).items()
        )
        text = shortened(wording.description(product), _TEXT_LENGTH)
        lines += [f"   {each}" for each in (apart, text) if each]
    return "\n".join(lines)


def differing(product: Product, among: Sequence[Product]) -> dict[str, tuple[str, ...]]:
    """The product's attributes that another of these products has otherwise or not at all."""
    return {
        name: own
        for name, own in values(product).items()
        if any(set(values(each).get(name, ())) != set(own) for each in among)
    }
