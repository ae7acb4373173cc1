"""How a reply looks in each kind of inbox."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.chatwoot_server.rest import wrong
from tendero.assistant.reply import EngineName, Reply
from tendero.catalog.item import Kind
from tendero.catalog.product import Product
from tendero.channels.chatwoot.writing import messages

WIDGET, WHATSAPP, TWILIO, API = (
    "Channel::WebWidget", "Channel::Whatsapp", "Channel::TwilioSms", "Channel::Api",
)  # fmt: skip


def product(number: int, **fields: Any) -> Product:
    given = {
        "url": f"https://shop.example/{number}",
        "image_url": f"https://shop.example/{number}.jpg",
        "currency": "EUR",
        **fields,
    }
    return Product(
        id=number,
        source="woocommerce",
        external_id=str(number),
        kind=Kind.PRODUCT,
        name=f"Cafetera {number}",
        **given,
    )


def reply(*texts: str, **fields: Any) -> Reply:
    return Reply(texts=texts, language="es", engine=EngineName.TEMPLATES, outcome="answered", **fields)


@pytest.mark.parametrize("channel", [WIDGET, WHATSAPP, TWILIO, "Channel::Email", ""])
def test_the_texts_of_a_reply_are_one_message_in_markdown(channel: str) -> None:
    assert messages(reply("Tengo **dos**:", "- [una](https://shop.example)"), channel) == [
        {"content": "Tengo **dos**:\n\n- [una](https://shop.example)"}
    ]


def test_an_api_inbox_whose_program_shows_text_as_it_is_gets_no_markup() -> None:
    assert messages(reply("Tengo **dos**: [una](https://shop.example)"), API) == [
        {"content": "Tengo dos: una: https://shop.example"}
    ]


@pytest.mark.parametrize(
    ("channel", "most"), [(TWILIO, 1600), (WHATSAPP, 4096), ("Channel::Instagram", 1000)]
)
def test_a_long_text_is_split_as_the_platform_behind_the_inbox_needs_it(channel: str, most: int) -> None:
    written = messages(reply("Una frase sobre cafeteras. " * 400), channel)
    assert len(written) > 1
    assert all(len(each["content"]) <= most for each in written)


def test_products_are_cards_in_the_websites_window_only() -> None:
    answer = reply("Tengo dos.", products=(product(1), product(2)))
    assert [each.get("content_type") for each in messages(answer, WIDGET)] == [None, "cards"]
    assert len(messages(answer, WHATSAPP)) == 1
    items = messages(answer, WIDGET)[1]["content_attributes"]["items"]
    assert items[0] == {
        "title": "Cafetera 1",
        "description": items[0]["description"],
        "media_url": "https://shop.example/1.jpg",
        "actions": [{"type": "link", "text": "Ver en la tienda", "uri": "https://shop.example/1"}],
    }


def test_a_product_without_page_or_picture_is_no_card() -> None:
    answer = reply("Tengo dos.", products=(product(1, url=None), product(2, image_url="javascript:x")))
    assert messages(answer, WIDGET) == [{"content": "Tengo dos."}]


def test_choices_are_tapped_where_the_platform_has_buttons() -> None:
    (written,) = messages(reply("¿Cuál?", quick_replies=("Roja", "Azul")), WHATSAPP)
    assert written == {
        "content": "¿Cuál?",
        "content_type": "input_select",
        "content_attributes": {
            "items": [{"title": "Roja", "value": "Roja"}, {"title": "Azul", "value": "Azul"}]
        },
    }


def test_choices_stand_as_lines_where_it_has_none() -> None:
    assert messages(reply("¿Cuál?", quick_replies=("Roja", "Azul")), TWILIO) == [
        {"content": "¿Cuál?\n\n¿Qué te muestro?\n- Roja\n- Azul"}
    ]


def test_choices_below_cards_or_a_long_text_have_a_question_of_their_own() -> None:
    below_cards = messages(reply("Dos.", products=(product(1),), quick_replies=("Más",)), WIDGET)
    assert [each["content"] for each in below_cards][-1] == "¿Qué te muestro?"
    below_text = messages(reply("Una frase. " * 200, quick_replies=("Más",)), WHATSAPP)
    assert below_text[-1]["content"] == "¿Qué te muestro?"
    assert "content_type" not in below_text[0]


def test_a_choice_that_a_button_would_cut_is_left_out() -> None:
    written = messages(reply("¿Cuál?", quick_replies=("Sí", "x" * 21)), WHATSAPP)
    assert [each["title"] for each in written[-1]["content_attributes"]["items"]] == ["Sí"]


def test_a_reply_without_words_writes_nothing() -> None:
    assert messages(reply("", "  "), WIDGET) == []


@given(
    texts=st.lists(st.text(max_size=40), max_size=3),
    quick=st.lists(st.text(max_size=30), max_size=14),
    count=st.integers(0, 12),
    channel=st.sampled_from([WIDGET, WHATSAPP, TWILIO, API, "Channel::Line", ""]),
)
def test_chatwoots_validation_lets_everything_pass(
    texts: list[str], quick: list[str], count: int, channel: str
) -> None:
    products = tuple(product(number) for number in range(count))
    written = messages(reply(*texts, products=products, quick_replies=tuple(quick)), channel)
    assert all(wrong(each) == "" and each["content"] for each in written)
