"""A reply under proof: its text, the products it may speak of, and which of them each place is about."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from tendero.assistant import links
from tendero.assistant.proof.mentions import Mention, find
from tendero.assistant.words import words
from tendero.catalog.amounts import Amount, amounts
from tendero.catalog.folding import fold
from tendero.catalog.product import Product
from tendero.catalog.search.normalise import root

# Takes the place of characters that a check has no business with; it is part of no word.
_MASK = "\0"
_SENTENCE = re.compile(r"[^.!?\n…]+")
_SHORTEST_QUOTE = 3


class FailureKind(StrEnum):
    PRICE = "price"
    STOCK = "stock"
    CODE = "code"
    NAME = "name"
    LINK = "link"
    PROMISE = "promise"
    COURSE = "course"


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement that no row of this turn bears out: its words as written, and why."""

    kind: FailureKind
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind.value} «{self.text.strip()}»: {self.reason}"


class Draft:
    """One text to be checked against `products`; `message` is what the customer wrote, `limits` are prices
    between which was searched, `stated` is what the shop says of itself."""

    def __init__(
        self,
        text: str,
        products: Sequence[Product],
        message: str,
        shop_name: str,
        limits: Collection[Decimal] = (),
        stated: str = "",
    ) -> None:
        self.text = unicodedata.normalize("NFC", text)
        self.products = tuple(products)
        self.message = fold(unicodedata.normalize("NFC", message))
        self.shop_name = shop_name
        self.limits = frozenset(limits)
        self.stated = fold(unicodedata.normalize("NFC", stated))
        self.links = tuple(links.find(self.text))
        unlinked = _masked(fold(self.text), [(each.start, each.end) for each in self.links])
        self.mentions = find(unlinked, self.products)
        self.unnamed = _masked(unlinked, [_nameable(each, unlinked) for each in self.mentions])
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", self.text))]

    @cached_property
    def all_products(self) -> tuple[Product, ...]:
        """The products and all their variations."""
        return with_variations(self.products)

    @cached_property
    def row_texts(self) -> tuple[str, ...]:
        """What the shop itself wrote about the products and itself, folded."""
        told = tuple(
            fold(unicodedata.normalize("NFC", text))
            for each in self.all_products
            for text in (each.name, each.short_description, each.description)
            if text
        )
        return (*told, self.stated) if self.stated else told

    @cached_property
    def own_words(self) -> str:
        """Folded text without links, product names, prices and sentences quoted from the rows."""
        quoted = [
            match.span()
            for match in _SENTENCE.finditer(fold(self.text))
            if len(match[0].split()) >= _SHORTEST_QUOTE and self.is_in_rows(match[0])
        ]
        priced = [(each.start, each.end) for each in self.amounts if each.mark]
        return _masked(self.unnamed, [*quoted, *priced])

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        return tuple(amounts(self.unnamed))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Roots of every word that the rows hold, and of the shop's name."""
        own = words(f"{self.shop_name} {self.stated}")
        return frozenset().union(*map(product_words, self.products), map(root, own))

    @cached_property
    def stated_amounts(self) -> frozenset[Decimal]:
        """Amounts that the shop states of itself, not of a product: `envío gratis desde 50 €`."""
        return frozenset(each.value for each in amounts(self.stated))

    @cached_property
    def customer_words(self) -> frozenset[str]:
        return frozenset(map(root, words(self.message)))

    def is_in_rows(self, phrase: str) -> bool:
        """Whether the shop wrote exactly these (folded) words."""
        wanted = phrase.strip(" \t\n-*•·:;,")
        return bool(wanted) and any(wanted in text for text in self.row_texts)

    def line(self, position: int) -> tuple[int, int]:
        """Start and end of the line around a position."""
        number = bisect_right(self._line_starts, position)
        start = self._line_starts[number - 1]
        end = self._line_starts[number] - 1 if number < len(self._line_starts) else len(self.text)
        return start, end

    def sentence(self, position: int) -> str:
        """The folded sentence around a position, its closing mark included."""
        start, end = self.line(position)
        opening = max(self.text.rfind(mark, start, position) for mark in ".!?…") + 1
        closings = [found for mark in ".!?…" if (found := self.text.find(mark, position, end)) >= 0]
        return self.unnamed[max(start, opening) : (min(closings) + 1 if closings else end)]

    def about(self, position: int) -> tuple[Product, ...]:
        """The products that a statement at this position is about.

        Those named last before it in its line, several when they are named together; else those named later
        in the line; else those of the nearest line above in the paragraph; else all named; else all.
        """
        start, end = self.line(position)
        here = [each for each in self.mentions if start <= each.start < end]
        before = [each for each in here if each.end <= position]
        if before:
            return _products(self._named_together(before))
        if here:
            return _products(here)
        above = [each for each in self.mentions if each.end <= position]
        if above and "\n\n" not in re.sub(r"\n[ \t]+\n", "\n\n", self.text[above[-1].end : position]):
            first, last = self.line(above[-1].start)
            return _products([each for each in above if first <= each.start < last])
        return _products(self.mentions) or self.products

    def names_in_line(self, position: int) -> bool:
        start, end = self.line(position)
        return any(start <= each.start < end for each in self.mentions)

    def _named_together(self, before: Sequence[Mention]) -> list[Mention]:
        group = [before[-1]]
        for earlier, later in zip(before[-2::-1], before[:0:-1], strict=True):
            if any(earlier.end <= each.start < later.start and each.mark for each in self.amounts):
                break
            group.append(earlier)
        return group


def with_variations(products: Sequence[Product]) -> tuple[Product, ...]:
    """Products, each followed by its variations."""
    return tuple(each for product in products for each in (product, *product.variations))


def product_words(product: Product) -> frozenset[str]:
    """Roots of all words that a row holds."""
    texts: list[str] = []
    for each in (product, *product.variations):
        texts += (each.name, each.short_description, each.description, each.category_name or "")
        texts += (each.brand or "", each.sku or "", *each.categories, *each.tags)
        texts += [text for name, values in each.attributes.items() for text in (name, *values)]
    return frozenset(root(word) for word in words(" ".join(texts)))


def _products(mentions: Sequence[Mention]) -> tuple[Product, ...]:
    return tuple({each.id: each for mention in mentions for each in mention.products}.values())


def _nameable(mention: Mention, text: str) -> tuple[int, int]:
    """What of a mention is surely the name: in `Lámpara 20 €` the number may be a price."""
    rest = text[mention.end : mention.end + 12]
    trailing = re.search(r"[\d.,]+$", text[mention.start : mention.end])
    if trailing and any(each.start <= 2 and each.mark for each in amounts("0" + rest)):
        return mention.start, mention.start + trailing.start()
    return mention.start, mention.end


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    characters = list(text)
    for start, end in spans:
        characters[start:end] = [_MASK if each != "\n" else each for each in characters[start:end]]
    return "".join(characters)
