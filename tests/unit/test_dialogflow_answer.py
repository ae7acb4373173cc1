"""What Dialogflow gets back, held against Google's own message types."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.assistant.reply import EngineName, Reply
from tendero.catalog.item import Kind, StockStatus
from tendero.catalog.product import Product
from tendero.channels.dialogflow.parse import parse
from tendero.channels.dialogflow.query import Query
from tendero.channels.dialogflow.render import MOST_BYTES, render
from tests.dialogflow_events import CX_NAMES, NAMES, event
from tests.dialogflow_types import taken


def product(number: int = 1, **more: Any) -> Product:
    given: dict[str, Any] = {
        "name": f"Cafetera italiana {number}",
        "sku": f"CAF-{number}",
        "currency": "EUR",
        "price": Decimal("24.90"),
        "url": f"https://shop.example/producto/cafetera-{number}",
        "image_url": f"https://shop.example/img/{number}.jpg",
    }
    return Product(
        id=number, source="woocommerce", external_id=str(100 + number), kind=Kind.PRODUCT, **{**given, **more}
    )


def reply(*texts: str, **more: Any) -> Reply:
    given: dict[str, Any] = {"language": "es", "engine": EngineName.TEMPLATES, "outcome": "answered", **more}
    return Reply(texts=texts or ("Tengo dos cafeteras.",), **given)


def rendered(said: Reply, query: Query) -> dict[str, Any]:
    body = render(said, query)
    assert len(body) <= MOST_BYTES
    return taken(body, query.edition)


@pytest.mark.parametrize("name", NAMES)
def test_google_accepts_the_answer_to_every_event(name: str) -> None:
    response = rendered(
        reply(products=(product(), product(2)), quick_replies=("Ver más",)), parse(event(name))
    )
    assert response["fulfillmentText"] == "Tengo dos cafeteras."
    assert response["fulfillmentMessages"][0] == {"text": {"text": ["Tengo dos cafeteras."]}}


def test_each_bubble_is_a_message_of_its_own() -> None:
    response = rendered(reply("Uno.", "Dos."), parse(event("session_plain")))
    assert response["fulfillmentMessages"] == [{"text": {"text": ["Uno."]}}, {"text": {"text": ["Dos."]}}]
    assert response["fulfillmentText"] == "Uno.\n\nDos."


def test_nothing_empty_is_sent() -> None:
    bare = product(sku=None, price=None, currency=None, url=None, image_url=None)
    text = render(reply("Hola", "", products=(bare,)), parse(event("source_facebook"))).decode()
    for empty in ('""', "[]", "{}", "null"):
        assert empty not in text


@pytest.mark.parametrize(
    ("name", "platform"),
    [("source_telegram", "TELEGRAM"), ("source_facebook", "FACEBOOK"), ("source_slack_testbot", "SLACK")],
)
def test_a_platform_with_cards_gets_messages_of_its_own(name: str, platform: str) -> None:
    said = reply(
        products=(product(),),
        quick_replies=("Ver más", "Una sugerencia que es demasiado larga para un botón"),
    )
    messages = rendered(said, parse(event(name)))["fulfillmentMessages"]
    own = [message for message in messages if message.get("platform") == platform]
    assert len(own) == len(messages) - 1
    assert own[0]["text"] == {"text": ["Tengo dos cafeteras."]}
    assert own[1]["card"] == {
        "title": "Cafetera italiana 1",
        "subtitle": "24,90 € · en stock",
        "imageUri": "https://shop.example/img/1.jpg",
        "buttons": [
            {"text": "Ver en la tienda", "postback": "https://shop.example/producto/cafetera-1"},
            {"text": "Más detalles", "postback": "CAF-1"},
        ],
    }
    assert own[2]["quickReplies"]["quickReplies"] == ["Ver más"]


def test_other_sources_get_texts_only() -> None:
    messages = rendered(reply(products=(product(),)), parse(event("session_plain")))["fulfillmentMessages"]
    assert messages == [{"text": {"text": ["Tengo dos cafeteras."]}}]


def test_at_most_ten_cards_are_sent() -> None:
    many = tuple(product(number) for number in range(1, 16))
    messages = rendered(reply(products=many), parse(event("source_facebook")))["fulfillmentMessages"]
    assert sum("card" in message for message in messages) == 10


def test_a_card_links_to_the_web_only() -> None:
    odd = product(url="javascript:alert(1)", image_url="data:image/png;base64,x")
    messages = rendered(reply(products=(odd,)), parse(event("source_facebook")))["fulfillmentMessages"]
    (card,) = [message["card"] for message in messages if "card" in message]
    assert set(card) == {"title", "subtitle", "buttons"}
    assert card["buttons"] == [{"text": "Más detalles", "postback": "CAF-1"}]


def test_a_button_asks_for_a_product_without_sku_by_name_where_that_is_short() -> None:
    named = [product(sku=None), product(sku=None, name="ñ" * 33), product(sku="x" * 65)]
    messages = rendered(reply(products=tuple(named)), parse(event("source_telegram")))["fulfillmentMessages"]
    sent = [message["card"]["buttons"][1:] for message in messages if "card" in message]
    details = "Más detalles"
    asked = "Cafetera italiana 1"
    assert sent == [[{"text": details, "postback": asked}], [], [{"text": details, "postback": asked}]]


@pytest.mark.parametrize(
    ("source", "cards", "title", "replies"),
    [("facebook", 10, 80, 11), ("telegram", 10, 90, 10), ("slack", 10, 90, 5), ("line", 3, 40, 4)],
)
def test_each_platform_gets_no_more_than_it_takes(source: str, cards: int, title: int, replies: int) -> None:
    many = tuple(product(number, name="pan " * 22 + "de") for number in range(1, 16))
    suggested = tuple(f"Sugerencia {number}" for number in range(1, 20))
    query = replace(parse(event("source_telegram")), source=source)
    messages = rendered(reply(products=many, quick_replies=suggested), query)["fulfillmentMessages"]
    shown = [message["card"] for message in messages if "card" in message]
    assert len(shown) == cards
    assert all(len(card["title"]) <= title for card in shown)
    (chosen,) = [message["quickReplies"] for message in messages if "quickReplies" in message]
    assert len(chosen["quickReplies"]) == replies


def test_line_shows_pictures_of_safe_addresses_only() -> None:
    plain = product(image_url="http://shop.example/1.jpg")
    query = replace(parse(event("source_telegram")), source="line")
    messages = rendered(reply(products=(plain, product(2))), query)["fulfillmentMessages"]
    pictures = [message["card"].get("imageUri") for message in messages if "card" in message]
    assert pictures == [None, "https://shop.example/img/2.jpg"]


def test_the_chat_window_on_a_website_gets_cards_and_chips() -> None:
    said = reply(products=(product(),), quick_replies=("Ver más",))
    texts, rich = rendered(said, parse(event("session_environment")))["fulfillmentMessages"]
    assert texts == {"text": {"text": ["Tengo dos cafeteras."]}}
    assert rich["payload"]["richContent"] == [
        [
            {
                "type": "info",
                "title": "Cafetera italiana 1",
                "subtitle": "24,90 € · en stock",
                "image": {"src": {"rawUrl": "https://shop.example/img/1.jpg"}},
                "actionLink": "https://shop.example/producto/cafetera-1",
            }
        ],
        [{"type": "chips", "options": [{"text": "Ver más"}]}],
    ]


def test_the_chat_window_of_cx_gets_cards_in_its_own_form() -> None:
    said = reply(products=(product(),), quick_replies=("Ver más",))
    response = rendered(said, parse(event("cx_messenger")))
    rich = response["fulfillmentResponse"]["messages"][1]["payload"]["richContent"]
    assert rich[0][0]["image"] == {"rawUrl": "https://shop.example/img/1.jpg"}
    assert rich[0][0]["anchor"] == {"href": "https://shop.example/producto/cafetera-1"}
    assert rich[1] == [{"type": "chips", "options": [{"text": "Ver más"}]}]


@pytest.mark.parametrize("name", CX_NAMES)
def test_google_accepts_the_answer_to_every_event_of_cx(name: str) -> None:
    response = rendered(reply("Uno.", "Dos.", products=(product(7),)), parse(event(name)))
    said = response["fulfillmentResponse"]
    assert said["messages"][:2] == [{"text": {"text": ["Uno."]}}, {"text": {"text": ["Dos."]}}]
    assert said["mergeBehavior"] == "REPLACE"
    assert response["sessionInfo"] == {"parameters": {"tendero_product_ids": [7]}}
    assert response["payload"]["tendero"]["products"][0]["id"] == 7


def test_without_products_the_parameters_of_cx_stay_as_they_are() -> None:
    assert "sessionInfo" not in rendered(reply(), parse(event("cx_text")))


def test_a_program_can_read_the_products() -> None:
    shown = product(price=Decimal("24.9000"), price_max=Decimal("30"), stock_status=StockStatus.ON_BACKORDER)
    payload = rendered(reply(products=(shown,), quick_replies=("Ver más",)), parse(event("session_plain")))[
        "payload"
    ]
    assert payload == {
        "tendero": {
            "language": "es",
            "outcome": "answered",
            "engine": "templates",
            "quickReplies": ["Ver más"],
            "products": [
                {
                    "id": 1,
                    "externalId": "101",
                    "sku": "CAF-1",
                    "name": "Cafetera italiana 1",
                    "price": "24.9",
                    "priceMax": "30",
                    "currency": "EUR",
                    "stockStatus": "onbackorder",
                    "url": "https://shop.example/producto/cafetera-1",
                    "imageUrl": "https://shop.example/img/1.jpg",
                }
            ],
        }
    }


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("session")])
def test_the_shown_products_are_kept_in_a_context_under_the_sessions_full_name(name: str) -> None:
    (context,) = rendered(reply(products=(product(7),)), parse(event(name)))["outputContexts"]
    assert context["name"] == event(name)["session"] + "/contexts/tendero-products"
    assert context["parameters"] == {"productIds": [7]}
    assert context["lifespanCount"] == 5


def test_the_agents_own_contexts_stay_active() -> None:
    query = parse(event("with_contexts"))
    contexts = rendered(reply(products=(product(7),)), query)["outputContexts"]
    assert [each["name"].rpartition("/")[2] for each in contexts] == ["checkout-followup", "tendero-products"]
    assert contexts[0]["lifespanCount"] == 2
    assert contexts[0]["parameters"] == {"city": "Sevilla", "city.original": "sevilla"}


def test_the_context_of_a_chained_request_ends_with_its_answer() -> None:
    body = event("with_contexts")
    body["queryResult"]["outputContexts"][1]["parameters"] = {"tendero_question": "q-1"}
    contexts = rendered(reply(products=(product(7),)), parse(body))["outputContexts"]
    assert [each["name"].rpartition("/")[2] for each in contexts] == ["tendero-products"]


def test_without_products_contexts_are_left_as_they_are() -> None:
    assert "outputContexts" not in rendered(reply(), parse(event("with_contexts")))


def test_where_it_does_not_fit_products_go_before_text() -> None:
    long_url = "https://shop.example/" + "x" * 7000
    many = tuple(product(number, url=long_url) for number in range(1, 9))
    said = reply("Tengo muchas. " * 50, products=many)
    response = rendered(said, parse(event("source_facebook")))
    assert response["fulfillmentText"] == said.texts[0]
    shown = response["payload"]["tendero"]["products"]
    assert 0 < len(shown) < 8
    assert response["outputContexts"][-1]["parameters"]["productIds"] == [each["id"] for each in shown]


def test_a_text_that_does_not_fit_ends_with_a_sentence() -> None:
    response = rendered(reply("Primera frase larga. " * 8000), parse(event("session_plain")))
    assert response["fulfillmentText"].endswith("Primera frase larga.")
    assert len(response["fulfillmentText"]) > 10_000


def test_a_text_without_sentences_is_cut_between_words() -> None:
    response = rendered(reply("palabra " * 20_000), parse(event("session_plain")))
    assert response["fulfillmentText"].endswith("palabra…")


@given(
    st.lists(st.text(max_size=50), min_size=1, max_size=4),
    st.text(max_size=200),
    st.sampled_from(["es", "en", "pt"]),
    st.sampled_from([*NAMES, *CX_NAMES]),
)
def test_whatever_texts_hold_google_accepts_them(
    texts: list[str], name: str, language: str, chosen: str
) -> None:
    said = reply(*texts, language=language, products=(product(name=name or "x"),))
    rendered(said, parse(event(chosen)))
