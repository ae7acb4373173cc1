"""Where a text names which product."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tendero.assistant.words import fold
from tendero.catalog.product import Product

_FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """A product named at `start`…`end` of the text."""

    product: Product
    start: int
    end: int


def find(text: str, products: Sequence[Product]) -> tuple[Mention, ...]:
    """Every mention in a folded text, in order; the longest name wins where several fit.

    A name may be shortened to its first words, two at least, where no other product begins so.
    """
    names = _names(products)
    found: list[Mention] = []
    taken = [False] * len(text)
    for name in sorted(names, key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = [True] * len(match[0])
                found.append(Mention(names[name], match.start(), match.end()))
    return tuple(sorted(found, key=lambda each: each.start))


def _names(products: Sequence[Product]) -> dict[str, Product]:
    full: dict[str, Product] = {}
    shortened: Counter[str] = Counter()
    owners: dict[str, Product] = {}
    for product in products:
        name = fold(unicodedata.normalize("NFC", product.name)).strip()
        if not name:
            continue
        full.setdefault(name, product)
        words = [match.end() for match in re.finditer(r"\S+", name)]
        for end in words[_FEWEST_WORDS - 1 : -1]:
            short = name[:end].rstrip(" ,;:-–(")
            shortened[short] += 1
            owners[short] = product
    unique = {name: owners[name] for name, times in shortened.items() if times == 1 and len(name) > 3}
    return {**unique, **full}
