"""Price, stock and description of one product in the words of one language."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from tendero.assistant.course_facts import CourseFacts, length
from tendero.assistant.links import LINK
from tendero.assistant.money import format_price
from tendero.assistant.templates import options
from tendero.assistant.templates.phrases import Phrases
from tendero.assistant.templates.vocabulary import STOCK
from tendero.catalog.amounts import amounts
from tendero.catalog.folding import fold
from tendero.catalog.item import Kind, StockStatus
from tendero.catalog.product import Product

_DESCRIPTION_LENGTH = 280
_MOST_OPTIONS = 8
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


class Wording:
    """Says what is known of a product. `language` decides how prices are written."""

    def __init__(self, phrases: Phrases, language: str) -> None:
        self.phrases = phrases
        self.language = language

    def money(self, amount: Decimal, product: Product) -> str:
        return format_price(amount, product.currency, self.language)

    def price(self, product: Product) -> str:
        """A sentence: `… cuesta 19,90 €.`, on sale or as a range where it is so."""
        if product.price is None:
            return self.phrases.no_price.format(name=product.name)
        if is_free(product):
            return self.phrases.price_free.format(name=product.name)
        if product.price_max is not None:
            low, high = self.money(product.price, product), self.money(product.price_max, product)
            return self.phrases.price_range.format(name=product.name, low=low, high=high)
        now = self.money(product.price, product)
        regular = regular_price(product)
        if regular is None:
            return self.phrases.price.format(name=product.name, price=now)
        return self.phrases.price_sale.format(
            name=product.name, price=now, regular=self.money(regular, product)
        )

    def short_price(self, product: Product) -> str:
        """The same without the name, for a line of a list."""
        if product.price is None:
            return self.phrases.short_no_price
        if is_free(product):
            return self.phrases.free
        if product.price_max is not None:
            low, high = self.money(product.price, product), self.money(product.price_max, product)
            return self.phrases.short_range.format(low=low, high=high)
        now = self.money(product.price, product)
        regular = regular_price(product)
        if regular is None:
            return now
        return self.phrases.short_sale.format(price=now, regular=self.money(regular, product))

    def stock(self, product: Product) -> str:
        """A sentence: how many are left, or whether it can be bought."""
        status, units = availability(product)
        if status is StockStatus.OUT_OF_STOCK:
            return self.phrases.out_of_stock
        if units is not None:
            return self.phrases.units.of(units)
        return self.phrases.on_backorder if status is StockStatus.ON_BACKORDER else self.phrases.in_stock

    def stock_of(self, product: Product) -> str:
        """The same with the product's name, as the answer to a question about stock."""
        status, units = availability(product)
        if status is StockStatus.OUT_OF_STOCK:
            return self.phrases.out_of_stock_of.format(name=product.name)
        if units is not None:
            return self.phrases.units_of.of(units, name=product.name)
        if status is StockStatus.ON_BACKORDER:
            return self.phrases.on_backorder_of.format(name=product.name)
        return self.phrases.in_stock_of.format(name=product.name)

    def short_stock(self, product: Product) -> str:
        """The same in two words, for a line of a list; of a course, which has no stock, what it is like."""
        if product.kind is Kind.COURSE:
            return self.course_facts(product) or self.phrases.course
        status, units = availability(product)
        if status is StockStatus.OUT_OF_STOCK:
            return self.phrases.short_out_of_stock
        if units is not None:
            return self.phrases.short_units.of(units)
        if status is StockStatus.ON_BACKORDER:
            return self.phrases.short_on_backorder
        return self.phrases.short_in_stock

    def course_facts(self, product: Product) -> str:
        """`Nivel: Básico · Modalidad: Online · 2 sesiones · 3 h`, as far as it is known."""
        facts = CourseFacts.of(product)
        level = self.phrases.level.format(level=facts.level) if facts.level else ""
        modality = self.phrases.modality.format(modality=facts.modality) if facts.modality else ""
        return " · ".join(filter(None, (level, modality, self.course_extent(product))))

    def course_extent(self, product: Product) -> str:
        """`2 sesiones · 3 h`, as far as it is known."""
        facts = CourseFacts.of(product)
        sessions = self.phrases.sessions.of(facts.sessions) if facts.sessions else ""
        return " · ".join(filter(None, (sessions, length(facts.minutes))))

    def sold_out_options(self, product: Product) -> str:
        """Which variations are out of stock, where only some are; else empty."""
        out = [each for each in product.variations if not each.in_stock]
        if not out or len(out) == len(product.variations):
            return ""
        named = [option_text(each) for each in out if each.attributes][:_MOST_OPTIONS]
        return self.phrases.some_options_out.format(options="; ".join(named)) if named else ""

    def options(self, product: Product) -> str:
        """`Color: azul, rojo. Talla: M, L.`"""
        return " ".join(
            self.phrases.options.format(attribute=name, values=", ".join(offered[:_MOST_OPTIONS]))
            for name, offered in options.values(product).items()
        )

    def references(self, product: Product) -> str:
        """Code and link, a line each, as far as there are any."""
        lines = []
        if product.sku:
            lines.append(self.phrases.code.format(code=product.sku))
        if product.url:
            lines.append(self.phrases.link.format(url=product.url))
        return "\n".join(lines)

    def description(self, product: Product) -> str:
        """The first sentences of the shop's own text, without prices, stock and links that may have aged."""
        kept: list[str] = []
        length = 0
        for sentence in _SENTENCE.split(product.short_description or product.description):
            if (
                not sentence.strip()
                or "%" in sentence
                or LINK.search(sentence)
                or (product.kind is not Kind.COURSE and STOCK.search(fold(sentence)))
            ):
                continue
            if any(amount.mark for amount in amounts(sentence)):
                continue
            length += len(sentence) + 1
            if kept and length > _DESCRIPTION_LENGTH:
                break
            kept.append(shortened(sentence.strip(), _DESCRIPTION_LENGTH))
        return " ".join(kept)


def is_free(product: Product) -> bool:
    """Whether a course costs nothing. A price of 0 of anything else is one that nobody has set."""
    return product.kind is Kind.COURSE and product.price == 0


def regular_price(product: Product) -> Decimal | None:
    """The regular price where a lower one holds now."""
    if product.price is None or product.list_price is None or product.list_price <= product.price:
        return None
    return product.list_price


def availability(product: Product) -> tuple[StockStatus, int | None]:
    """Status and whole units left; units are None where the shop does not count or shows none."""
    bought = [each for each in product.variations if each.in_stock]
    if product.variations and not bought:
        return StockStatus.OUT_OF_STOCK, None
    status = bought[0].stock_status if bought else product.stock_status
    if any(each.stock_status is StockStatus.IN_STOCK for each in bought):
        status = StockStatus.IN_STOCK
    units = product.stock_quantity
    if len(product.variations) == 1:
        units = bought[0].stock_quantity
    if status is not StockStatus.IN_STOCK or units is None or units < 1 or units != int(units):
        return status, None
    return status, int(units)


def option_text(variation: Product) -> str:
    """`azul, M`: the values that set a variation apart."""
    return ", ".join(value for offered in variation.attributes.values() for value in offered)


def variation_of(parent: Product, variation: Product) -> Product:
    """A variation under a name that a customer understands: `Camiseta (azul, M)`."""
    chosen = option_text(variation)
    name = f"{parent.name} ({chosen})" if chosen else parent.name
    return replace(
        variation,
        name=name,
        kind=Kind.VARIATION,
        currency=variation.currency or parent.currency,
        url=variation.url or parent.url,
    )


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters, cut between words."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
