"""Where a text names which product."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tendero.catalog.folding import fold
from tendero.catalog.product import Product

_FEWEST_WORDS = 2
# Odoo's users write a product as `[E-COM07] Large cabinet`; a customer is told the name.
_CODE_BEFORE = re.compile(r"^\[[^\]]*\]\s*")


@dataclass(frozen=True, slots=True)
class Mention:
    """Products named at `start`…`end` of the text: several where they share the name."""

    products: tuple[Product, ...]
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


def _names(products: Sequence[Product]) -> dict[str, tuple[Product, ...]]:
    full: dict[str, tuple[Product, ...]] = {}
    shortened: dict[str, set[str]] = {}
    for product in products:
        name = fold(unicodedata.normalize("NFC", product.name)).strip()
        if not name:
            continue
        full[name] = (*full.get(name, ()), product)
        bare = _CODE_BEFORE.sub("", name)
        if bare and bare != name:
            full[bare] = (*full.get(bare, ()), product)
        words = [match.end() for match in re.finditer(r"\S+", name)]
        for end in words[_FEWEST_WORDS - 1 : -1]:
            shortened.setdefault(name[:end].rstrip(" ,;:-–("), set()).add(name)
    unique = {short: full[min(names)] for short, names in shortened.items() if len(names) == 1}
    return {**unique, **full}
