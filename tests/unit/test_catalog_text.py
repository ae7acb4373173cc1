"""Plain text out of HTML, and what a product is embedded by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.item import CatalogItem, StockStatus
from tendero.catalog.text import one_line, parts_for_embedding, plain_text, text_for_embedding, text_hash

ITEM = CatalogItem(
    source="s",
    external_id="1",
    name="Taza",
    brand="Lola",
    categories=("Hogar", "Cocina"),
    tags=("regalo",),
    attributes={"Color": ["Azul", "Rojo"]},
    short_description="Para café.",
    description="De gres.",
    price=Decimal("9.90"),
)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Uno</p><p>Dos</p>", "Uno\nDos"),
        ("a<br/>b<br>c", "a\nb\nc"),
        ("<b>nueva</b>mente", "nuevamente"),
        ("Pan &amp; vino &#8211; 3&nbsp;€", "Pan & vino – 3 €"),
        ("&lt;b&gt; is a tag", "<b> is a tag"),
        ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
        ('<img alt="a > b" src="x">fin', "fin"),
        ("<a href='it\"s'>x</a>", "x"),
        ("<style>p{}</style>a<script>if (a < b) c()</script>b<!-- no -->c", "a b c"),
        ("text <!-- never closed", "text"),
        ("text <script>never closed", "text"),
        ('[vc_row full_width="yes"]hola[/vc_row]', "hola"),
        ("[caption]foto[/caption] [gratis] [1]", "foto [gratis] [1]"),
        ('[contact-form-7 id="5" title="x"]fin', "fin"),
        ("uno\n\n\n   dos\t tres", "uno\ndos tres"),
        ("nul\x00 and \ud800 lone", "nul and lone"),
        ("", ""),
    ],
)
def test_plain_text_is_what_a_reader_sees(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_a_name_stays_on_one_line() -> None:
    assert one_line("Taza<br>grande &amp; azul") == "Taza grande & azul"


@given(st.text())
def test_any_text_becomes_one_that_postgresql_takes(markup: str) -> None:
    text = plain_text(markup)
    assert "\x00" not in text
    text.encode("utf-8")


@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "<p", "</p>", '"', "'", "<!--", "-->", "[", "]", "[/a]", "&", ";", "a ", "="]
        )
    )
)
def test_broken_markup_never_fails(pieces: list[str]) -> None:
    plain_text("".join(pieces))


@pytest.mark.parametrize("piece", ["<", "<a", '<a"', "<!--", "<script>", "[a=", "[/a]", "&#", "<p '", " \n"])
def test_hostile_markup_takes_no_time(piece: str) -> None:
    # Anything quadratic would run for minutes here.
    plain_text(piece * 200_000)


def test_the_embedded_text_holds_the_products_words() -> None:
    assert text_for_embedding(ITEM) == (
        "Taza\n\nLola\nHogar > Cocina\nregalo\nColor: Azul, Rojo\n\nPara café.\nDe gres."
    )


def test_the_embedded_text_comes_apart_into_its_three_parts() -> None:
    bare = replace(ITEM, brand=None, categories=(), tags=(), attributes={})
    labels = "Lola\nHogar > Cocina\nregalo\nColor: Azul, Rojo"
    description = "De gres.\n\nHecha a mano."
    for item, parts in (
        (ITEM, ["Taza", labels, "Para café.\nDe gres."]),
        (bare, ["Taza", "", "Para café.\nDe gres."]),
        (replace(ITEM, short_description="", description=""), ["Taza", labels]),
        (replace(bare, short_description="", description=description), ["Taza", "", description]),
        (replace(bare, short_description="", description=""), ["Taza"]),
    ):
        assert parts_for_embedding(text_for_embedding(item)) == parts


def test_price_stock_dates_and_ids_never_change_the_embedded_text() -> None:
    other = replace(
        ITEM,
        external_id="2",
        sku="X",
        price=Decimal(1),
        list_price=Decimal(2),
        sale_price=Decimal(1),
        stock_status=StockStatus.OUT_OF_STOCK,
        stock_quantity=Decimal(3),
        last_update=datetime.now(UTC),
        url="https://shop.example/x",
        category_id=9,
        is_active=False,
    )
    assert text_for_embedding(other) == text_for_embedding(ITEM)


def test_the_embedded_text_is_capped() -> None:
    assert len(text_for_embedding(replace(ITEM, description="palabra " * 5_000))) <= 8_000


def test_no_text_has_no_hash() -> None:
    assert text_hash("") == ""
    assert len(text_hash("x")) == 32
