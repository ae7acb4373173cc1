"""How a reply becomes Twilio's messages."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.assistant.reply import EngineName, Reply
from tendero.channels.text import length
from tendero.channels.twilio import writing
from tests.unit.catalogue import product

PICTURE = "https://shop.example/img/1.jpg"


def reply(*texts: str, **more: Any) -> Reply:
    return Reply(texts=texts, language="es", engine=EngineName.TEMPLATES, outcome="answered", **more)


def written(said: Reply, *, sms: bool = False, most: int = 1600) -> list[dict[str, Any]]:
    return writing.write(said, on_whatsapp=not sms, most=most)


def test_each_text_is_a_message_of_its_own() -> None:
    assert written(reply("Hola.", " ", "¿Qué buscas?")) == [{"body": "Hola."}, {"body": "¿Qué buscas?"}]


def test_markdown_becomes_the_markup_of_whatsapp_and_none_in_sms() -> None:
    said = reply("La **Lucca** cuesta 24,90 €. [Ver](https://shop.example/1)")
    assert written(said) == [{"body": "La *Lucca* cuesta 24,90 €. Ver: https://shop.example/1"}]
    assert written(said, sms=True) == [{"body": "La Lucca cuesta 24,90 €. Ver: https://shop.example/1"}]


def test_a_long_list_is_split_between_its_items() -> None:
    lines = [f"{number}. Cafetera número {number}: 24,90 €" for number in range(1, 9)]
    pieces = [each["body"] for each in written(reply("\n".join(lines)), most=120)]
    assert [line for piece in pieces for line in piece.split("\n")] == lines
    assert len(pieces) > 1


def test_pictures_of_products_follow_the_text_on_whatsapp() -> None:
    shown = tuple(product(n, f"Cafetera {n}", "24.90", image_url=PICTURE) for n in range(1, 6))
    text, *pictures = written(reply("Tengo cinco cafeteras.", products=shown))
    assert text == {"body": "Tengo cinco cafeteras."}
    assert [each["media"] for each in pictures] == [PICTURE] * 3
    assert pictures[0]["body"].startswith("Cafetera 1\n24,90 €")
    assert pictures[0]["body"].endswith("https://shop.example/producto/1")


@pytest.mark.parametrize("image", [None, "", "http://shop.example/1.jpg", "data:image/png;base64,AA"])
def test_a_product_without_a_safe_picture_gets_a_link(image: str | None) -> None:
    said = reply("Tengo una.", products=(product(1, "Cafetera", "24.90", image_url=image),))
    assert written(said) == [{"body": "Tengo una.\n\n- Cafetera: https://shop.example/producto/1"}]


def test_sms_has_links_instead_of_pictures_and_no_suggestions() -> None:
    shown = (product(1, "Cafetera", "24.90", image_url=PICTURE),)
    said = reply("Tengo una.", products=shown, quick_replies=("Ver más",))
    assert written(said, sms=True) == [{"body": "Tengo una.\n\n- Cafetera: https://shop.example/producto/1"}]


def test_a_link_that_the_text_has_is_not_repeated() -> None:
    text = "Tengo una: https://shop.example/producto/1"
    assert written(reply(text, products=(product(1, "Cafetera", "24.90"),)), sms=True) == [{"body": text}]


@given(st.lists(st.text(max_size=400), max_size=3), st.integers(70, 300), st.booleans())
def test_no_message_is_longer_than_allowed_or_empty(texts: list[str], most: int, sms: bool) -> None:
    shown = (product(1, "Cafetera " * 30, "24.90", image_url=PICTURE),)
    for content in written(reply(*texts, products=shown), sms=sms, most=most):
        assert 0 < length(content["body"]) <= most
        assert parse_qs(writing.form(content, {"To": "+34"}).decode())["To"] == ["+34"]


def test_a_closed_window_turns_a_text_into_a_template() -> None:
    template = writing.templated({"body": "Hola.\n\n- Uno\n- Dos"}, "HX1")
    assert template == {"template": "HX1", "variables": {"1": "Hola. - Uno - Dos"}}
    assert writing.templated(template, "HX1") is None
    assert writing.templated({"body": "Cafetera", "media": PICTURE}, "HX1") is None


def test_the_form_names_everything_as_twilio_does() -> None:
    address = {"To": "whatsapp:+34600111222", "From": "whatsapp:+14155238886"}

    def form(**content: Any) -> dict[str, list[str]]:
        return parse_qs(writing.form(content, address).decode())

    assert form(body="¿Qué? 🙂") == {"To": [address["To"]], "From": [address["From"]], "Body": ["¿Qué? 🙂"]}
    assert form(body="Cafetera", media=PICTURE)["MediaUrl"] == [PICTURE]
    template = form(template="HX1", variables={"1": "Así"})
    assert template["ContentSid"] == ["HX1"]
    assert json.loads(template["ContentVariables"][0]) == {"1": "Así"}
    assert "Body" not in template
