"""Buttons and lists through Twilio's Content API: made once, sent by SID, and lines where that fails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra.local.twilio_server.server import ACCOUNT, TOKEN, Server
from tendero.channels.channel import Place, Sending, Undeliverable
from tendero.channels.twilio.channel import Twilio
from tendero.platform.deadline import Deadline
from tendero.platform.errors import ServiceUnavailable
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tests.integration.tasks_stack import wait_until
from tests.loopback import loopback, says

ANA, SHOP = "whatsapp:+34600111222", "whatsapp:+14155238886"
PLACE = Place(conversation="", contact=ANA, inbox=SHOP, address={"to": ANA, "from": SHOP})
BUTTONS = {"body": "¿Qué te muestro?", "choices": ["Detalles del 1", "Ver más"], "language": "es"}
LIST = {**BUTTONS, "choices": ["Detalles del 1", "Detalles del 2", "Detalles del 3", "Ver más"]}
LINES = {"body": "¿Qué te muestro?\n\n- Detalles del 1\n- Ver más"}
CONTENTS = "/v1/Content"


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


def sending(content: dict[str, Any] = BUTTONS) -> Sending:
    return Sending(key="tendero-1", content=content, since=time.time())


def asked(server: Server, method: str) -> list[Any]:
    """The requests to the Content API."""
    seen = server.recording.requests
    return [each for each in seen if (each["method"], each["path"]) == (method, CONTENTS)]


def test_customers_see_buttons_and_lists(server: Server) -> None:
    twilio = channel(server)
    sids = [twilio.send(sending(each), PLACE, Deadline(10)) for each in (BUTTONS, LIST)]
    buttons, list_ = server.recording.sent
    assert [buttons["sid"], list_["sid"]] == sids
    assert buttons["shown"] == {"body": "¿Qué te muestro?", "buttons": BUTTONS["choices"]}
    assert list_["shown"] == {"body": "¿Qué te muestro?", "list": "Ver opciones", "rows": LIST["choices"]}
    message = server.recording.requests[-1]["body"]
    assert (message["To"], message["From"]) == ([ANA], [SHOP])
    assert not {"Body", "ContentVariables"} & set(message)


def test_a_content_is_made_once_for_all_processes(server: Server) -> None:
    twilio = channel(server)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: twilio.send(sending(), PLACE, Deadline(10)), range(8)))
    assert (len(asked(server, "GET")), len(asked(server, "POST"))) == (1, 1)
    channel(server).send(sending(), PLACE, Deadline(10))
    assert (len(asked(server, "GET")), len(asked(server, "POST"))) == (2, 1)
    assert len({each["content_sid"] for each in server.recording.sent}) == 1


def test_a_content_is_found_on_a_later_page(server: Server) -> None:
    channel(server).send(sending(), PLACE, Deadline(10))
    ((sid, made),) = server.contents.items()
    others = {f"HX{number}": {**made, "friendly_name": "ours"} for number in range(1000)}
    server.contents = {**others, sid: made}
    channel(server).send(sending(), PLACE, Deadline(10))
    assert [each["query"].get("Page") for each in asked(server, "GET")] == [None, None, ["1"]]
    assert len(asked(server, "POST")) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("kind", ["429", "500", "cut"])
def test_what_cannot_be_made_is_said_in_lines(server: Server, method: str, kind: str) -> None:
    twilio = channel(server)
    server.recording.fail(kind, next=None, method=method, path=CONTENTS)
    with pytest.raises(Undeliverable) as refused:
        twilio.send(sending(), PLACE, Deadline(10))
    assert not server.recording.sent
    assert twilio.instead(BUTTONS, refused.value.code) == LINES
    assert twilio.instead(LINES, refused.value.code) is None
    server.recording.clear_faults()
    twilio.send(sending(), PLACE, Deadline(10))
    assert server.recording.sent[0]["shown"]["buttons"] == BUTTONS["choices"]


def test_an_api_that_does_not_answer_leaves_time_for_the_lines(server: Server) -> None:
    server.recording.fail("slow", path=CONTENTS, seconds=30)
    twilio = channel(server)
    with pytest.raises(Undeliverable):
        twilio.send(sending(), PLACE, Deadline(0.3))


@pytest.mark.parametrize("answer", ["[]", '{"contents": 7}', '{"contents": [7]}', "<html>", '{"meta": []}'])
def test_an_answer_that_is_none_is_said_in_lines(answer: str) -> None:
    with loopback(says(answer)) as odd:
        settings = Settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_api_url=odd.url)
        twilio = Twilio(settings, Secrets(settings, environment={}))
        with pytest.raises(Undeliverable):
            twilio.send(sending(), PLACE, Deadline(10))


def test_a_content_that_was_deleted_at_twilio_is_made_anew(server: Server) -> None:
    twilio = channel(server)
    twilio.send(sending(), PLACE, Deadline(10))
    server.contents.clear()
    with pytest.raises(Undeliverable) as refused:
        twilio.send(sending(), PLACE, Deadline(10))
    assert (refused.value.code, twilio.instead(BUTTONS, "21655")) == ("21655", LINES)
    twilio.send(sending(), PLACE, Deadline(10))
    assert len(server.recording.sent) == 2


@pytest.mark.parametrize("arrives", [True, False])
def test_doubtful_buttons_are_looked_for(server: Server, arrives: bool) -> None:
    twilio, doubtful = channel(server), sending()
    server.recording.fail("cut_after" if arrives else "cut", path="Messages.json")
    with pytest.raises(ServiceUnavailable):
        twilio.send(doubtful, PLACE, Deadline(10))
    found = twilio.find_sent(doubtful, PLACE, Deadline(10))
    assert found == (server.recording.sent[0]["sid"] if arrives else None)


def test_buttons_that_fail_later_are_said_in_lines(server: Server) -> None:
    twilio = channel(server, twilio_template_sid="HX1")
    server.recording.fail("63013", path="Messages.json")
    twilio.send(sending(), PLACE, Deadline(10))
    wait_until(lambda: server.recording.sent[0]["status"] == "undelivered")
    assert server.recording.sent[0]["error_code"] == 63013
    assert twilio.instead(BUTTONS, "63013") == LINES
    # Too fast: the same again, later. The window is closed: nothing but the template arrives.
    assert (twilio.instead(BUTTONS, "63018"), twilio.pause_after("63018")) == (None, 60)
    template = {"template": "HX1", "variables": {"1": "¿Qué te muestro? - Detalles del 1 - Ver más"}}
    assert twilio.instead(BUTTONS, "63016") == template
