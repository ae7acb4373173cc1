"""Customers on WhatsApp and by SMS: from Twilio's delivery to the answer in Twilio's API, and its fate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests
from google.cloud import tasks_v2
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

from infra.local.tasks_server.server import Server as TasksServer
from infra.local.twilio_server.server import ACCOUNT, TOKEN, Server
from infra.local.wsgi_server import WsgiServer
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.acceptance.served import Served, served
from tests.integration.assistant_shop import fill
from tests.integration.tasks_stack import connect, wait_until
from tests.twilio_events import deliveries

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

QUEUE = "projects/demo/locations/here/queues/reply"
LUCCA = "Cafetera italiana Lucca"
OUTBOX = Query.parse("outbox", "select state, delivery, error_code, content from outbox order by id")
TURNS = Query.parse("turns", "select content from messages where role = 'assistant' order by id")
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
    webhook: Served
    reply: Served
    twilio: Server
    client: tasks_v2.CloudTasksClient

    def deliver(self, form: dict[str, str], path: str = "/twilio", token: str = TOKEN) -> requests.Response:
        signed = RequestValidator(token).compute_signature(self.public + path, form)
        headers = {"X-Twilio-Signature": signed}
        return requests.post(self.webhook.url + path, data=form, headers=headers, timeout=30)

    def tell(self, case: str, id: str, customer: str, path: str = "/twilio", **fields: str) -> list[Any]:
        """Delivers a case as this customer's; gives what is sent, once there is no work left."""
        for each in deliveries(case, id):
            form = {**each["form"], "From": each["form"]["From"].replace("+34600111222", customer), **fields}
            answer = self.deliver(form, path)
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
            assert answer.text.endswith("<Response></Response>")
        wait_until(self._is_done)
        return self.sent(customer)

    def sent(self, customer: str) -> list[Any]:
        return [each for each in self.twilio.recording.sent if each["to"].endswith(customer)]

    def _is_done(self) -> bool:
        return not self.client.list_tasks(request={"parent": QUEUE, "page_size": 1}).tasks


@pytest.fixture
def shop(tmp_path: Path, database_url: str, db: Database) -> Iterator[Shop]:
    fill(db)
    with ExitStack() as stack:
        twilio = stack.enter_context(Server(steps=()))
        balancer = stack.enter_context(Balancer())
        tasks = stack.enter_context(TasksServer(queues=[QUEUE]))
        settings = {
            "DATABASE_URL": database_url,
            "EMBEDDER": "local",
            "GCP_PROJECT_ID": "demo",
            "TASKS_LOCATION": "here",
            "REPLY_QUEUE": "reply",
            "BURST_SECONDS": "0.3",
            "CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{tasks.port}",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": twilio.base_url,
            "TWILIO_WEBHOOK_URL": f"{balancer.base_url}/twilio",
            "TWILIO_TEMPLATE_SID": "HX1",
        }
        reply = stack.enter_context(served("reply", tmp_path, **settings))
        webhook = stack.enter_context(served("webhook", tmp_path, **settings, REPLY_URL=reply.url))
        balancer.target = webhook.url
        client = connect(tasks.port, stack)
        yield Shop(balancer.base_url, webhook, reply, twilio, client)


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
    assert requests.post(f"{shop.webhook.url}/twilio", data=form, timeout=30).status_code == 403
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
