"""Customers on WhatsApp and by SMS: from Twilio's delivery to the answer in Twilio's API, and its fate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

from infra.local.twilio_server.server import ACCOUNT, TOKEN, Server
from infra.local.wsgi_server import WsgiServer
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.acceptance.chat_shop import LUCCA, OUTBOX, TURNS, ChatShop, chat_shop
from tests.integration.assistant_shop import fill
from tests.integration.tasks_stack import wait_until
from tests.twilio_events import deliveries

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SAID = Query.parse("said", "select content from messages where role = 'customer' order by id")


class Balancer(WsgiServer):
    """The shop's public address: hands every request on to the function."""

    target = ""

    def application(self) -> WSGIApplication:
        return self._hand_on

    def _hand_on(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        headers = {name: value for name, value in request.headers if name not in ("Host", "Connection")}
        answer = requests.request(
            request.method,
            self.target + request.full_path,
            data=request.get_data(),
            headers=headers,
            timeout=30,
        )
        return Response(answer.content, answer.status_code, dict(answer.headers))(environ, start_response)


@dataclass
class Shop:
    """The shop's functions, and Twilio before and behind them."""

    public: str
    chat: ChatShop
    twilio: Server

    def deliver(self, form: dict[str, str], path: str = "/twilio", token: str = TOKEN) -> requests.Response:
        signed = RequestValidator(token).compute_signature(self.public + path, form)
        headers = {"X-Twilio-Signature": signed}
        return requests.post(self.chat.webhook.url + path, data=form, headers=headers, timeout=30)

    def tell(self, case: str, id: str, customer: str, path: str = "/twilio", **fields: str) -> list[Any]:
        """Delivers a case as this customer's; gives what is sent, once there is no work left."""
        for each in deliveries(case, id):
            form = {**each["form"], "From": each["form"]["From"].replace("+34600111222", customer), **fields}
            answer = self.deliver(form, path)
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
            assert answer.text.endswith("<Response></Response>")
        self.chat.wait_until_done()
        return self.sent(customer)

    def sent(self, customer: str) -> list[Any]:
        return [each for each in self.twilio.recording.sent if each["to"].endswith(customer)]


@pytest.fixture
def shop(tmp_path: Path, database_url: str, db: Database) -> Iterator[Shop]:
    fill(db)
    with Server(steps=()) as twilio, Balancer() as balancer:
        settings = {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": twilio.base_url,
            "TWILIO_WEBHOOK_URL": f"{balancer.base_url}/twilio",
            "TWILIO_TEMPLATE_SID": "HX1",
        }
        with chat_shop(tmp_path, database_url, db, **settings) as chat:
            balancer.target = chat.webhook.url
            shop = Shop(balancer.base_url, chat, twilio)
            (first,) = deliveries("text", "0123456789" * 3)
            chat.warm_up(lambda: shop.deliver(first["form"]).status_code)
            yield shop


def test_customers_are_answered_once_each_in_their_channel(shop: Shop, db: Database) -> None:
    # WhatsApp, and the message's fate is known.
    (answer,) = shop.tell("text", "a" * 30, "+34600000001")
    assert LUCCA in answer["body"]
    assert answer["from"] == "whatsapp:+14155238886"
    (fate,) = deliveries("status")[:1]
    told = {**fate["form"], "MessageSid": answer["sid"], "To": answer["to"], "From": answer["from"]}
    assert shop.deliver(told).status_code == 200
    wait_until(lambda: [row["delivery"] for row in db.fetch(OUTBOX)] == ["delivered"])

    # Three messages are one turn, over the old path.
    sent = shop.tell("burst", "b" * 30, "+34600000002", "/whatsapp")
    assert LUCCA in "".join(each["body"] for each in sent)
    assert db.fetch(SAID)[1]["content"] == "hola\nbusco una cafetera\npor menos de 30 euros"
    assert len(db.fetch(TURNS)) == 2

    # A delivery that comes twice is answered once.
    assert len(shop.tell("duplicate", "c" * 30, "+34600000003")) == 1

    # A voice note is declined politely, an SMS answered without markup; STOP is Twilio's.
    assert len(shop.tell("voice_note", "d" * 30, "+34600000004")) == 1
    (sms,) = shop.tell("sms", "e" * 30, "+34600000005")
    assert (sms["from"], "24,90" in sms["body"]) == ("+34900111222", True)
    assert not shop.tell("stop", "f" * 30, "+34600000006")

    # Nobody else is listened to.
    form = deliveries("text", "9" * 30)[0]["form"]
    assert shop.deliver(form, token="wrong").status_code == 403
    assert requests.post(f"{shop.chat.webhook.url}/twilio", data=form, timeout=30).status_code == 403
    assert len(db.fetch(TURNS)) == 5


def test_whatever_twilio_does_a_message_is_sent_once(shop: Shop, db: Database) -> None:
    twilio = shop.twilio.recording
    # Typing is shown before, at another path.
    fail = partial(twilio.fail, method="POST", path="Messages.json")
    for number, kind in enumerate(("cut_after", "429")):
        fail(kind, retry_after=1)
        sent = shop.tell("text", f"{number}" * 30, f"+3460000010{number}")
        assert len(sent) == 1, kind

    # Outside of the 24 hours only a template goes through.
    fail("63016")
    shop.tell("text", "7" * 30, "+34600000200")
    wait_until(lambda: len(shop.sent("+34600000200")) == 2)
    text, template = shop.sent("+34600000200")
    assert (template["content_sid"], LUCCA in template["content_variables"]["1"]) == ("HX1", True)
    assert text["error_code"] == 63016

    # One who has opted out is left in peace.
    fail("21610")
    assert not shop.tell("text", "8" * 30, "+34600000300")
    assert (db.fetch(OUTBOX)[-1]["state"], db.fetch(OUTBOX)[-1]["error_code"]) == ("failed", "21610")
