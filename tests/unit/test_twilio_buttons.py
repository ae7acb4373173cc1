"""Quick replies on WhatsApp through Twilio: buttons, a list, or lines."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.twilio_server import content
from tendero.assistant.reply import EngineName, Reply
from tendero.channels.twilio import writing
from tendero.channels.twilio.contents import resource
from tests.unit.catalogue import product

FEW = ("Detalles del 1", "Detalles del 2")
MANY = (*FEW, "Detalles del 3", "Ver más")


def written(*suggestions: str, language: str = "es", **more: Any) -> list[dict[str, Any]]:
    said = Reply(
        texts=("Tengo dos.",),
        language=language,
        engine=EngineName.TEMPLATES,
        outcome="answered",
        quick_replies=suggestions,
        products=more.pop("products", ()),
    )
    return writing.write(said, **{"on_whatsapp": True, "most": 1600, **more})


def test_buttons_are_a_message_of_their_own_after_texts_and_pictures() -> None:
    shown = (product(1, "Cafetera", "24.90", image_url="https://shop.example/1.jpg"),)
    text, picture, buttons = written(*FEW, products=shown)
    assert (text, "media" in picture) == ({"body": "Tengo dos."}, True)
    assert buttons == {"body": "¿Qué te muestro?", "choices": list(FEW), "language": "es"}


@pytest.mark.parametrize("how", [{"with_buttons": False}, {"on_whatsapp": False}])
def test_without_buttons_there_is_one_message(how: dict[str, Any]) -> None:
    lines = "\n\n- Detalles del 1\n- Detalles del 2" if "with_buttons" in how else ""
    assert written(*FEW, **how) == [{"body": f"Tengo dos.{lines}"}]


def test_what_no_row_can_hold_is_a_line() -> None:
    text, buttons = written("Ver más", "La cafetera italiana de seis tazas")
    assert text == {"body": "Tengo dos.\n\n- La cafetera italiana de seis tazas"}
    assert buttons["choices"] == ["Ver más"]


def test_up_to_three_short_ones_are_buttons() -> None:
    types = resource(written(*FEW)[-1])["types"]
    actions = [{"title": each, "id": each} for each in FEW]
    assert types == {"twilio/quick-reply": {"body": "¿Qué te muestro?", "actions": actions}}


@pytest.mark.parametrize("suggestions", [MANY, ("Las más baratas primero",)])
def test_more_or_longer_ones_are_a_list(suggestions: tuple[str, ...]) -> None:
    items = [{"item": each, "id": each} for each in suggestions]
    list_ = {"body": "¿Qué te muestro?", "button": "Ver opciones", "items": items}
    assert resource(written(*suggestions)[-1])["types"] == {"twilio/list-picker": list_}


def test_a_content_is_named_after_all_that_is_in_it() -> None:
    asked = [written(*FEW), written(*reversed(FEW)), written(*MANY), written(*FEW, language="pt")]
    names = {resource(each[-1])["friendly_name"] for each in asked}
    assert len(names) == 4
    assert resource(written(*FEW)[-1])["friendly_name"] in names
    assert resource(asked[3][-1])["language"] == "pt_BR"


@given(st.lists(st.text(max_size=30), max_size=14), st.sampled_from(["es", "en", "pt"]))
def test_whatever_is_suggested_twilio_takes_it(said: list[str], language: str) -> None:
    last = written(*said, language=language)[-1]
    if "choices" in last:
        assert content.is_allowed(content.made(resource(last), "AC1", "https://content.example"))


@given(st.lists(st.text("añz🙂", min_size=1, max_size=30), max_size=14))
def test_every_suggestion_is_shown(said: list[str]) -> None:
    text, *buttons = written(*said)
    shown = [each for message in buttons for each in message["choices"]]
    lines = text["body"].split("\n")
    assert all((each in shown) != (f"- {each}" in lines) for each in said)


def test_buttons_become_lines() -> None:
    buttons = written(*FEW)[-1]
    text = writing.as_text(buttons)
    assert text == {"body": "¿Qué te muestro?\n\n- Detalles del 1\n- Detalles del 2"}
    assert writing.as_text(text) is text
