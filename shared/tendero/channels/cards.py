"""A product as a card: what every platform with pictures shows of it, in the customer's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tendero.catalog.product import Product

_BUTTON = {"es": "Ver en la tienda", "en": "View in shop", "pt": "Ver na loja"}


@dataclass(frozen=True, slots=True)
class Card:
    """`title` is the product's name, `subtitle` its price and stock. The addresses are for the web, or "".

    `button` is what to write on a button that leads to `url`, at most 20 letters.
    """

    title: str
    subtitle: str
    image_url: str
    url: str
    button: str

    def caption(self, most: int) -> str:
        """The card as the lines under a picture, at most `most` letters; the link only as a whole."""
        if not self.url:
            return _shortened(f"{self.title}\n{self.subtitle}", most)
        room = most - len(self.url) - 1
        if room < len(self.title):
            return _shortened(f"{self.title}\n{self.subtitle}", most)
        return _shortened(f"{self.title}\n{self.subtitle}", room) + f"\n{self.url}"


def card(product: Product, language: str, *, most: int = 80) -> Card:
    """The card of a product; title and subtitle are at most `most` letters each."""
    from tendero.assistant.templates.engine import PHRASES
    from tendero.assistant.templates.wording import Wording

    wording = Wording(PHRASES[language], language)
    subtitle = f"{wording.short_price(product)} · {wording.short_stock(product)}"
    return Card(
        title=_shortened(product.name, most),
        subtitle=_shortened(subtitle, most),
        image_url=web(product.image_url),
        url=web(product.url),
        button=_BUTTON[language],
    )


def web(url: str | None) -> str:
    """The address where it is one of the web, else "": a shop's data may hold anything."""
    return url if url and url.startswith(("https://", "http://")) else ""


def links(cards: Iterable[Card], said: str) -> list[str]:
    """Where to find the products whose link is not in the text `said`: a line each."""
    return [f"- {each.title}: {each.url}" for each in cards if each.url and each.url not in said]


def _shortened(text: str, most: int) -> str:
    # The templates are half of what a channel would load before it can acknowledge a message.
    from tendero.assistant.templates.wording import shortened

    return shortened(text, most)
