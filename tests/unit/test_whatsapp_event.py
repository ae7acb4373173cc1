"""What Meta's deliveries tell: messages, statuses, and all that is none of ours."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tendero.channels.channel import Event, Kind, Media
from tendero.platform.errors import BadRequest
from tests.whatsapp_events import NAMES, USER, Delivery, channel, deliveries, signed

_app = Flask(__name__)


def received(delivery: Delivery, **settings: Any) -> list[Event]:
    with _app.test_request_context(
        "/whatsapp-cloud",
        method="POST",
        data=delivery.body,
        headers=delivery.headers,
        content_type="application/json",
    ) as context:
        return list(channel(**settings).receive(context.request))


def told(case: str) -> list[Event]:
    return [event for delivery in deliveries(case) for event in received(delivery)]


def greeted(query: str, **settings: Any) -> str:
    with _app.test_request_context(f"/whatsapp-cloud?{query}") as context:
        return channel(**settings).greet(context.request).get_data(as_text=True)


def test_a_question_tells_who_asked_what_and_where_to_answer() -> None:
    (event,) = [event for each in deliveries("text", at=1_790_000_000) for event in received(each)]
    assert (event.kind, event.id, event.text) == (
        Kind.MESSAGE,
        "wamid.A1B2C301",
        "¿Tenéis cafeteras italianas?",
    )
    assert (event.contact, event.conversation, event.name) == (USER, USER, "Ana")
    assert event.address == {"to": "34600111222", "recipient": USER}
    assert event.at == 1_790_000_000
    assert event.inbox == "106540352242922"
    assert event.media == ()


def test_every_event_survives_its_task() -> None:
    for case in NAMES:
        if "signature" not in case:
            assert [Event.from_json(event.to_json()) for event in told(case)] == told(case)


@pytest.mark.parametrize(
    ("case", "text", "media"),
    [
        ("button", "Ver más baratas", ()),
        ("template_button", "Ver cafeteras", ()),
        ("list", "Cafeteras de émbolo", ()),
        ("image", "¿Tenéis esta cafetera?", (Media.IMAGE,)),
        ("voice_note", "", (Media.AUDIO,)),
        ("document", "", (Media.FILE,)),
        ("sticker", "", (Media.STICKER,)),
        ("location", "", (Media.LOCATION,)),
        ("contact", "", (Media.CONTACT,)),
        ("order", "¿Lo tenéis para mañana?", ()),
        ("unsupported", "", (Media.OTHER,)),
        ("advertisement", "Quiero saber más", ()),
    ],
)
def test_whatever_a_customer_sends_is_words_or_named(case: str, text: str, media: tuple[Media, ...]) -> None:
    (event,) = told(case)
    assert (event.text, event.media) == (text, media)


def test_a_tapped_button_tells_what_it_belonged_to() -> None:
    (event,) = told("button")
    assert event.details == {"payload": "Ver más baratas", "replied_to": "wamid.A1B2C398"}


def test_a_customer_without_a_visible_number_is_known_by_the_user_id() -> None:
    (event,) = told("no_number")
    assert (event.contact, event.name) == (USER, "Ana")
    assert event.address == {"recipient": USER}


def test_a_customer_who_hides_the_number_later_stays_in_the_conversation() -> None:
    assert told("text")[0].conversation == told("no_number")[0].conversation


@pytest.mark.parametrize("case", ["reaction", "own_message", "echo", "other_number"])
def test_nothing_is_answered_that_asks_nothing(case: str) -> None:
    assert told(case) == []


def test_one_delivery_may_hold_many_messages_and_statuses() -> None:
    events = told("batch")
    assert [event.kind for event in events] == [Kind.MESSAGE, Kind.MESSAGE, Kind.STATUS]
    assert len({event.id for event in events}) == 3


def test_a_duplicate_has_the_same_id() -> None:
    first, second = told("duplicate")
    assert first.id == second.id


def test_statuses_tell_that_a_message_was_sent_and_how_it_fared() -> None:
    events = told("status")
    sent = {event.id: event.details for event in events if event.kind is Kind.SENT}
    assert sent == {"wamid.A1B2C399": {"outbox": "tendero-A1B2C3", "provider_id": "wamid.A1B2C399"}}
    fates = [event.details for event in events if event.kind is Kind.STATUS]
    assert [fate["delivery"] for fate in fates] == ["delivered", "read"]
    assert {fate["provider_id"] for fate in fates} == {"wamid.A1B2C399"}


def test_a_failed_message_tells_its_code() -> None:
    (fate,) = [event for event in told("window_closed") if event.kind is Kind.STATUS]
    assert (fate.details["delivery"], fate.details["code"]) == ("failed", "131047")


@pytest.mark.parametrize("case", ["bad_signature", "no_signature"])
def test_only_what_meta_has_signed_is_read(case: str) -> None:
    (delivery,) = deliveries(case)
    with pytest.raises(BadRequest) as caught:
        received(delivery)
    assert caught.value.status == 401


def test_the_signature_is_over_the_bytes_as_they_came() -> None:
    (delivery,) = deliveries("text")
    with pytest.raises(BadRequest):
        received(Delivery(delivery.body + b" ", delivery.headers))


def test_without_a_secret_nothing_is_believed() -> None:
    (delivery,) = deliveries("text")
    with pytest.raises(BadRequest):
        received(delivery, whatsapp_app_secret="")


def test_the_address_is_proved_by_repeating_the_challenge() -> None:
    query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=%C3%A1brete"
    assert greeted(query) == "1158201444"


@pytest.mark.parametrize(
    ("query", "settings"),
    [
        ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong", {}),
        ("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=%C3%A1brete", {}),
        ("hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token=%C3%A1brete", {}),
        ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", {"whatsapp_verify_token": ""}),
        ("", {}),
    ],
)
def test_nobody_else_subscribes(query: str, settings: dict[str, str]) -> None:
    with pytest.raises(BadRequest) as caught:
        greeted(query, **settings)
    assert caught.value.status == 403


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10).map(lambda text: text.replace("\0", "")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "id", "text"]), inner)
    ),
    max_leaves=8,
)


@given(
    json_values, st.sampled_from(["entry", "changes", "value", "messages", "statuses", "contacts", "message"])
)
def test_a_delivery_of_any_shape_is_read_or_ignored(odd: Any, where: str) -> None:
    metadata = {"phone_number_id": "106540352242922"}
    message = {"id": "wamid.1", "from": "34600111222", "type": odd, "text": odd, "image": odd, "context": odd}
    value: Any = {"metadata": metadata, "messages": [message], "statuses": [{"id": "wamid.2", "errors": odd}]}
    if where in value:
        value[where] = odd
    body: Any = {"entry": [{"changes": [{"field": "messages", "value": odd if where == "value" else value}]}]}
    if where in ("entry", "changes"):
        body = {"entry": odd if where == "entry" else [{"changes": odd}]}
    for event in received(signed(body)):
        assert event.id
