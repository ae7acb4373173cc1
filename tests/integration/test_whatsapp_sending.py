"""Sending over Meta's API, against its stand-in: what is taken, refused, and doubtful."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from infra.local.whatsapp_server.server import PHONE_NUMBER_ID, Server
from infra.local.wsgi_server import WsgiServer
from tendero.assistant.reply import EngineName, Reply
from tendero.channels.channel import Event, Json, Kind, Place, Sending, Undeliverable
from tendero.channels.whatsapp import WhatsApp
from tendero.platform.deadline import Deadline
from tendero.platform.errors import ServiceRefused, ServiceUnavailable
from tests.whatsapp_events import channel

PLACE = Place(
    conversation="ES.1",
    contact="ES.1",
    inbox=PHONE_NUMBER_ID,
    address={"to": "34600111222", "recipient": "ES.1"},
)
HELLO: Json = {"type": "text", "text": {"body": "Hola."}}


@pytest.fixture
def meta() -> Iterator[Server]:
    server = Server(steps=())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def whatsapp(meta: Server) -> WhatsApp:
    return channel(whatsapp_api_url=meta.api_url)


def send(whatsapp: WhatsApp, content: Json = HELLO, key: str = "tendero-1", seconds: float = 5.0) -> str:
    sending = Sending(key=key, content=content, since=time.time())
    return whatsapp.send(sending, PLACE, Deadline(seconds))


def test_a_message_is_taken_and_has_an_id(meta: Server, whatsapp: WhatsApp) -> None:
    message_id = send(whatsapp)
    (sent,) = meta.recording.sent
    assert sent["id"] == message_id
    assert (sent["to"], sent["recipient"], sent["text"]) == ("34600111222", "ES.1", {"body": "Hola."})
    assert sent["biz_opaque_callback_data"] == "tendero-1"


def test_every_kind_of_content_is_taken(meta: Server, whatsapp: WhatsApp) -> None:
    reply = Reply(
        texts=("Hola.", "¿Cuál?"),
        language="es",
        engine=EngineName.TEMPLATES,
        outcome="answered",
        quick_replies=("Sí", "No"),
    )
    for content in whatsapp.write(reply, PLACE):
        send(whatsapp, content)
    assert [each["type"] for each in meta.recording.sent] == ["text", "interactive"]


@pytest.mark.parametrize(("kind", "pause"), [("pair", 6.0), ("throughput", 5.0), ("429", 60.0)])
def test_too_many_messages_are_a_pause(meta: Server, whatsapp: WhatsApp, kind: str, pause: float) -> None:
    meta.recording.fail(kind)
    with pytest.raises(ServiceUnavailable) as caught:
        send(whatsapp)
    assert (caught.value.status, caught.value.retry_after) == (429, pause)
    assert meta.recording.sent == []
    assert send(whatsapp)


def test_a_refused_token_is_told_and_costs_no_message(meta: Server, whatsapp: WhatsApp) -> None:
    meta.recording.fail("token")
    with pytest.raises(ServiceRefused, match="WHATSAPP_TOKEN") as caught:
        send(whatsapp)
    assert caught.value.status == 429


@pytest.mark.parametrize(("kind", "code"), [("window", "131047"), ("picture", "131053")])
def test_what_meta_never_takes_names_its_code(meta: Server, whatsapp: WhatsApp, kind: str, code: str) -> None:
    meta.recording.fail(kind)
    with pytest.raises(Undeliverable) as caught:
        send(whatsapp)
    assert caught.value.code == code


def test_an_address_that_leads_elsewhere_is_undeliverable(meta: Server) -> None:
    with pytest.raises(Undeliverable):
        send(channel(whatsapp_api_url=f"{meta.base_url}/v0"))


@pytest.mark.parametrize("kind", ["500", "cut", "cut_after"])
def test_an_answer_that_says_nothing_leaves_doubt(meta: Server, whatsapp: WhatsApp, kind: str) -> None:
    meta.recording.fail(kind)
    with pytest.raises(ServiceUnavailable) as caught:
        send(whatsapp)
    assert caught.value.status != 429
    assert len(meta.recording.requests) == 1


def test_silence_leaves_doubt_when_the_time_is_up(meta: Server, whatsapp: WhatsApp) -> None:
    meta.recording.fail("hang")
    with pytest.raises(ServiceUnavailable):
        send(whatsapp, seconds=0.3)


def test_a_doubtful_message_waits_for_a_status_before_it_is_repeated(whatsapp: WhatsApp) -> None:
    now = time.time()
    with pytest.raises(ServiceUnavailable) as caught:
        whatsapp.find_sent(Sending(key="tendero-1", content=HELLO, since=now), PLACE, Deadline(5))
    assert 0 < (caught.value.retry_after or 0) <= 3
    old = Sending(key="tendero-1", content=HELLO, since=now - 60)
    assert whatsapp.find_sent(old, PLACE, Deadline(5)) is None


class Webhook(WsgiServer):
    """Takes the stand-in's statuses as the channel's door would."""

    def __init__(self, whatsapp: WhatsApp) -> None:
        super().__init__()
        self.whatsapp = whatsapp
        self.events: list[Event] = []

    def application(self) -> Flask:
        app = Flask(__name__)

        @app.post("/whatsapp-cloud")
        def taken() -> str:
            from flask import request

            self.events += self.whatsapp.receive(request)
            return "{}"

        return app


def test_a_status_names_the_doubtful_message(meta: Server, whatsapp: WhatsApp) -> None:
    meta.recording.fail("cut_after")
    with pytest.raises(ServiceUnavailable):
        send(whatsapp, key="tendero-7")
    (taken,) = meta.recording.sent
    webhook = Webhook(whatsapp)
    try:
        meta.webhook_url = f"{webhook.start()}/whatsapp-cloud"
        assert meta.tell(taken["id"], "failed", 131056) == 200
    finally:
        webhook.stop()
    sent, fate = webhook.events
    assert sent.kind is Kind.SENT
    assert sent.details == {"outbox": "tendero-7", "provider_id": taken["id"]}
    assert (fate.kind, fate.details["code"]) == (Kind.STATUS, "131056")
    # Where a message went is known by its key; a status may name the customer otherwise.
    assert (sent.conversation, fate.conversation) == ("", "ES.1")
    assert whatsapp.pause_after("131056") == 6.0
    assert whatsapp.pause_after("131047") is None


def test_typing_is_shown_under_the_customers_message(meta: Server, whatsapp: WhatsApp) -> None:
    event = Event(channel="whatsapp", id="wamid.in", conversation="ES.1")
    whatsapp.show_typing(event, Deadline(5))
    (asked,) = meta.recording.requests
    assert asked["body"] == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.in",
        "typing_indicator": {"type": "text"},
    }
    assert meta.recording.sent == []


def test_typing_that_cannot_be_shown_stops_nothing(meta: Server, whatsapp: WhatsApp) -> None:
    meta.recording.fail("cut")
    whatsapp.show_typing(Event(channel="whatsapp", id="wamid.in", conversation="ES.1"), Deadline(5))
