"""How a reply reads on WhatsApp, within Meta's limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.whatsapp_server.rules import problems
from tendero.assistant.reply import EngineName, Reply
from tendero.catalog.item import Kind
from tendero.catalog.product import Product
from tendero.channels.channel import Json, Place
from tests.whatsapp_events import channel

PLACE = Place(conversation="1", contact="1", inbox="1", address={"to": "34600111222"})


def product(number: int, **more: Any) -> Product:
    given: dict[str, Any] = {
        "name": f"Cafetera {number}",
        "currency": "EUR",
        "price": Decimal("24.90"),
        "url": f"https://shop.example/p/{number}",
        "image_url": f"https://shop.example/{number}.jpg",
    }
    return Product(
        id=number, source="woocommerce", external_id=str(number), kind=Kind.PRODUCT, **{**given, **more}
    )


def written(*texts: str, language: str = "es", **more: Any) -> list[Json]:
    reply = Reply(texts=texts, language=language, engine=EngineName.TEMPLATES, outcome="answered", **more)
    return channel().write(reply, PLACE)


def test_a_text_speaks_whatsapps_markup() -> None:
    assert written("**Hola**, mira [esto](https://shop.example).") == [
        {"type": "text", "text": {"body": "*Hola*, mira esto: https://shop.example."}}
    ]


def test_a_long_text_is_several_messages() -> None:
    contents = written("Una frase. " * 1000)
    assert len(contents) == 3
    assert all(len(each["text"]["body"]) <= 4096 for each in contents)


def test_products_are_pictures_with_name_price_and_link() -> None:
    contents = written("Tengo dos.", products=(product(1), product(2)))
    assert [each["type"] for each in contents] == ["text", "image", "image"]
    assert contents[1]["image"]["link"] == "https://shop.example/1.jpg"
    assert contents[1]["image"]["caption"].startswith("Cafetera 1\n24,90 €")
    assert contents[1]["image"]["caption"].endswith("https://shop.example/p/1")


def test_a_product_without_a_picture_is_a_link() -> None:
    (content,) = written("Tengo una.", products=(product(1, image_url=None),))
    assert content["text"]["body"] == "Tengo una.\n- Cafetera 1: https://shop.example/p/1"


def test_three_short_suggestions_are_buttons_of_the_last_message() -> None:
    *_, picture, last = written("Tengo una.", products=(product(1),), quick_replies=("Sí", "No", "Ver otras"))
    assert picture["type"] == "image"
    assert last["interactive"]["type"] == "button"
    assert last["interactive"]["body"] == {"text": "Tengo una."}
    titles = [each["reply"]["title"] for each in last["interactive"]["action"]["buttons"]]
    assert titles == ["Sí", "No", "Ver otras"]


@pytest.mark.parametrize(
    "suggestions", [("uno", "dos", "tres", "cuatro"), ("Cafeteras italianas en T",), tuple("abcdefghijkl")]
)
def test_more_or_longer_suggestions_are_a_list(suggestions: tuple[str, ...]) -> None:
    (content,) = written("¿Cuál?", quick_replies=suggestions)
    assert content["interactive"]["type"] == "list"
    (section,) = content["interactive"]["action"]["sections"]
    assert [row["title"] for row in section["rows"]] == list(suggestions[:10])


@pytest.mark.parametrize("suggestions", [("Una sugerencia que no cabe en una fila",), ("",), ()])
def test_a_suggestion_that_fits_nowhere_is_left_out(suggestions: tuple[str, ...]) -> None:
    assert [each["type"] for each in written("Hola.", quick_replies=suggestions)] == ["text"]


def test_a_long_text_leaves_the_buttons_to_its_end() -> None:
    *before, last = written("Una frase. " * 200, quick_replies=("Sí",))
    assert [each["type"] for each in before] == ["text"] * 2
    assert len(last["interactive"]["body"]["text"]) <= 1024


@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=300), max_size=3),
    st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=12),
    st.integers(0, 5),
    st.sampled_from(["es", "en", "pt"]),
)
def test_meta_takes_whatever_is_written(
    texts: list[str], suggestions: list[str], products: int, language: str
) -> None:
    contents = written(
        *texts,
        language=language,
        quick_replies=tuple(suggestions),
        products=tuple(product(number, name="Cafetera " * 200) for number in range(products)),
    )
    for content in contents:
        assert list(problems({"messaging_product": "whatsapp", **content})) == []


@pytest.mark.parametrize("code", ["131053", "131009", "100"])
def test_what_is_refused_for_its_picture_or_buttons_is_sent_as_words(code: str) -> None:
    asked, picture = written("¿Sí?", products=(product(1),), quick_replies=("Sí",))[::-1]
    instead = channel().instead(picture, code)
    assert instead is not None
    assert instead["text"]["body"].startswith("Cafetera 1")
    assert channel().instead(asked, code) == {"type": "text", "text": {"body": "¿Sí?"}}


def test_nothing_replaces_words_or_what_comes_too_late() -> None:
    (text,) = written("Hola.")
    assert channel().instead(text, "100") is None
    assert channel().instead(written("", products=(product(1),))[0], "131047") is None
