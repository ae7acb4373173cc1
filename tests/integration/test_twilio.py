"""Sending through Twilio's REST API: what arrives, what is refused, what is found again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from infra.local.twilio_server.server import ACCOUNT, TOKEN, Server
from tendero.channels.channel import Event, Place, Sending, Undeliverable
from tendero.channels.twilio.channel import Twilio
from tendero.platform.deadline import Deadline
from tendero.platform.errors import ServiceRefused, ServiceUnavailable
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tests.integration.tasks_stack import wait_until
from tests.loopback import loopback, says

ANA, SHOP = "whatsapp:+34600111222", "whatsapp:+14155238886"
WHATSAPP = Place(conversation="", contact=ANA, inbox=SHOP, address={"to": ANA, "from": SHOP})
SMS = Place(
    conversation="",
    contact="+34600111222",
    inbox="+34900111222",
    address={"to": "+34600111222", "from": "+34900111222"},
)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def channel(server: Server, **more: Any) -> Twilio:
    given: dict[str, Any] = {
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_api_url": server.base_url,
        **more,
    }
    settings = Settings(**given)
    return Twilio(settings, Secrets(settings, environment={}))


def sending(known: frozenset[str] = frozenset(), since: float | None = None, **content: Any) -> Sending:
    since = time.time() if since is None else since
    return Sending(key="tendero-1", content=content, since=since, known=known)


def test_an_answer_goes_out_from_the_number_that_was_written_to(server: Server) -> None:
    sid = channel(server).send(sending(body="¿Qué tal? 🙂"), WHATSAPP, Deadline(10))
    (sent,) = server.recording.sent
    assert (sent["sid"], sent["body"], sent["to"], sent["from"]) == (sid, "¿Qué tal? 🙂", ANA, SHOP)


def test_an_sms_goes_through_the_messaging_service_where_there_is_one(server: Server) -> None:
    with_service = channel(server, twilio_messaging_service_sid="MG1")
    with_service.send(sending(body="uno"), SMS, Deadline(10))
    with_service.send(sending(body="dos"), WHATSAPP, Deadline(10))
    forms = [each["body"] for each in server.recording.requests]
    assert (forms[0]["MessagingServiceSid"], "From" in forms[0]) == (["MG1"], False)
    assert (forms[1]["From"], "MessagingServiceSid" in forms[1]) == ([SHOP], False)


def test_a_message_that_answers_none_goes_out_from_the_configured_number(server: Server) -> None:
    place = Place(conversation="", contact=ANA, inbox="", address={"to": ANA})
    channel(server, twilio_from_number=SHOP).send(sending(body="uno"), place, Deadline(10))
    assert server.recording.sent[0]["from"] == SHOP


def test_a_picture_and_a_template_are_sent_as_such(server: Server) -> None:
    twilio = channel(server)
    twilio.send(sending(body="Cafetera", media="https://shop.example/1.jpg"), WHATSAPP, Deadline(10))
    twilio.send(sending(template="HX1", variables={"1": "Hola"}), WHATSAPP, Deadline(10))
    picture, template = server.recording.sent
    assert (picture["media"], picture["num_media"]) == (["https://shop.example/1.jpg"], "1")
    assert (template["content_sid"], template["content_variables"]) == ("HX1", {"1": "Hola"})


def test_too_many_requests_is_certainly_not_sent(server: Server) -> None:
    server.recording.fail("429", retry_after=3)
    with pytest.raises(ServiceUnavailable) as refused:
        channel(server).send(sending(body="uno"), WHATSAPP, Deadline(10))
    assert (refused.value.status, refused.value.retry_after) == (429, 3)
    assert not server.recording.sent


@pytest.mark.parametrize(("kind", "arrives"), [("500", False), ("cut", False), ("cut_after", True)])
def test_a_doubtful_message_is_looked_for(server: Server, kind: str, arrives: bool) -> None:
    twilio, doubtful = channel(server), sending(body="¿Cuál prefieres?")
    server.recording.fail(kind)
    with pytest.raises(ServiceUnavailable) as failed:
        twilio.send(doubtful, WHATSAPP, Deadline(10))
    assert failed.value.status != 429
    found = twilio.find_sent(doubtful, WHATSAPP, Deadline(10))
    assert found == (server.recording.sent[0]["sid"] if arrives else None)
    assert len(server.recording.sent) == arrives


def test_no_answer_within_the_deadline_is_doubtful(server: Server) -> None:
    server.recording.fail("slow", seconds=30)
    with pytest.raises(ServiceUnavailable) as failed:
        channel(server).send(sending(body="uno"), WHATSAPP, Deadline(0.3))
    assert failed.value.status is None


def test_without_time_nothing_is_sent(server: Server) -> None:
    with pytest.raises(ServiceUnavailable) as failed:
        channel(server).send(sending(body="uno"), WHATSAPP, Deadline(0))
    assert failed.value.status == 429
    assert not server.recording.requests


@pytest.mark.parametrize("code", ["21610", "21211"])
def test_a_refused_message_fails_with_twilios_code(server: Server, code: str) -> None:
    server.recording.fail(code)
    with pytest.raises(Undeliverable) as refused:
        channel(server).send(sending(body="uno"), WHATSAPP, Deadline(10))
    assert refused.value.code == code


def test_a_message_that_is_too_long_fails_with_twilios_code(server: Server) -> None:
    with pytest.raises(Undeliverable) as refused:
        channel(server).send(sending(body="a" * 1601), WHATSAPP, Deadline(10))
    assert refused.value.code == "21617"


def test_a_wrong_token_keeps_the_message_for_later(server: Server) -> None:
    with pytest.raises(ServiceRefused, match="TWILIO_AUTH_TOKEN") as refused:
        channel(server, twilio_auth_token="wrong").send(sending(body="uno"), WHATSAPP, Deadline(10))
    assert refused.value.status == 429


def test_only_this_message_is_found(server: Server) -> None:
    twilio = channel(server)
    known = twilio.send(sending(body="Tengo dos."), WHATSAPP, Deadline(10))
    twilio.send(sending(body="Tengo dos."), SMS, Deadline(10))
    twilio.send(sending(body="Tengo dos.", media="https://shop.example/1.jpg"), WHATSAPP, Deadline(10))
    again = sending(body="Tengo dos.", known=frozenset({known}))
    assert twilio.find_sent(again, WHATSAPP, Deadline(10)) is None
    later = sending(body="Tengo dos.", since=time.time() + 3600)
    assert twilio.find_sent(later, WHATSAPP, Deadline(10)) is None
    assert twilio.find_sent(sending(body="Tengo dos."), WHATSAPP, Deadline(10)) == known


def test_a_message_is_found_behind_a_hundred_newer_ones(server: Server) -> None:
    twilio = channel(server)
    wanted = twilio.send(sending(body="La primera."), WHATSAPP, Deadline(30))
    for number in range(105):
        server.recording.add_sent({**server.recording.sent[0], "sid": f"SM{number}", "body": str(number)})
    assert twilio.find_sent(sending(body="La primera."), WHATSAPP, Deadline(30)) == wanted


def test_a_template_and_an_sms_with_plainer_quotes_are_found(server: Server) -> None:
    twilio = channel(server, twilio_messaging_service_sid="MG1")
    template = sending(template="HX1", variables={"1": "Tengo dos."})
    wanted = twilio.send(template, WHATSAPP, Deadline(10))
    assert twilio.find_sent(template, WHATSAPP, Deadline(10)) == wanted
    wanted = twilio.send(sending(body='La "Lucca" - 24,90'), SMS, Deadline(10))
    assert twilio.find_sent(sending(body="La “Lucca” – 24,90"), SMS, Deadline(10)) == wanted


def test_what_cannot_be_asked_now_stays_doubtful(server: Server) -> None:
    server.recording.fail("500", next=None, method="GET")
    with pytest.raises(ServiceUnavailable):
        channel(server).find_sent(sending(body="uno"), WHATSAPP, Deadline(1))


def test_typing_is_shown_on_whatsapp_only_and_never_fails(server: Server) -> None:
    twilio = channel(server)
    for contact in (ANA, "+34600111222"):
        event = Event(channel="twilio", id="SM1", conversation="", contact=contact)
        twilio.show_typing(event, Deadline(5))
    (shown,) = server.recording.requests
    assert (shown["path"], shown["body"]) == (
        "/v2/Indicators/Typing.json",
        {"channel": ["whatsapp"], "messageId": ["SM1"]},
    )
    server.recording.fail("500")
    twilio.show_typing(Event(channel="twilio", id="SM1", conversation="", contact=ANA), Deadline(5))


def test_a_closed_window_is_told_signed_and_answered_with_the_template(server: Server) -> None:
    server.recording.fail("63016")
    with loopback(says("")) as told:
        twilio = channel(server, twilio_template_sid="HX1", twilio_webhook_url=f"{told.url}/twilio#rc=2")
        sid = twilio.send(sending(body="Tengo dos."), WHATSAPP, Deadline(10))
        wait_until(lambda: told.seen)
        (seen,) = told.seen
        read = dict(parse_qsl(seen.body.decode(), keep_blank_values=True))
        assert RequestValidator(TOKEN).validate(
            f"{told.url}/twilio", read, seen.headers["X-Twilio-Signature"]
        )
        assert (read["MessageSid"], read["MessageStatus"], read["ErrorCode"]) == (sid, "undelivered", "63016")
    instead = twilio.instead({"body": "Tengo dos."}, read["ErrorCode"])
    assert instead == {"template": "HX1", "variables": {"1": "Tengo dos."}}
    assert channel(server).instead({"body": "Tengo dos."}, "63016") is None
    assert twilio.instead({"body": "Tengo dos."}, "63018") is None
    assert (twilio.pause_after("63018"), twilio.pause_after("63016")) == (60, None)
