from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tendero.catalog.item import Kind
from tendero.catalog.product import Product
from tendero.channels.cards import card, web


def product(**more: Any) -> Product:
    given: dict[str, Any] = {
        "name": "Cafetera italiana de seis tazas",
        "currency": "EUR",
        "price": Decimal("24.90"),
        "url": "https://shop.example/p/cafetera",
        "image_url": "https://shop.example/cafetera.jpg",
    }
    return Product(id=1, source="woocommerce", external_id="1", kind=Kind.PRODUCT, **{**given, **more})


@pytest.mark.parametrize(
    ("language", "price", "button"),
    [
        ("es", "24,90 €", "Ver en la tienda"),
        ("en", "€24.90", "View in shop"),
        ("pt", "24,90 €", "Ver na loja"),
    ],
)
def test_a_card_speaks_the_customers_language(language: str, price: str, button: str) -> None:
    made = card(product(), language)
    assert made.title == "Cafetera italiana de seis tazas"
    assert made.subtitle.startswith(f"{price} · ")
    assert made.button == button


def test_a_caption_names_the_product_its_price_and_where_to_find_it() -> None:
    lines = card(product(), "es").caption(1024).split("\n")
    assert lines[0] == "Cafetera italiana de seis tazas"
    assert lines[1].startswith("24,90 €")
    assert lines[2] == "https://shop.example/p/cafetera"


@pytest.mark.parametrize("most", [20, 40, 66, 80, 100])
def test_a_short_caption_keeps_its_link_whole_or_not_at_all(most: int) -> None:
    caption = card(product(), "es").caption(most)
    assert len(caption) <= most
    assert ("https" in caption) == (caption.endswith("https://shop.example/p/cafetera"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/p/1", "ftp://shop.example", "", None])
def test_an_address_that_is_none_of_the_web_is_left_out(url: str | None) -> None:
    assert web(url) == ""
    assert card(product(url=url), "en").caption(1024).count("\n") == 1
