"""The door of the chat platforms: what is signed becomes one task, whatever else is the matter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local import ports
from infra.local.tasks_server.server import Server as TasksServer
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.acceptance.served import Served, served
from tests.benchmarks.deliveries import SETTINGS, Delivery, chatwoot, twilio
from tests.integration.tasks_stack import wait_until
from tests.loopback import Loopback, loopback, says

QUEUE = "projects/demo/locations/here/queues/reply"
INBOX = Query.parse("inbox", "select channel, state, event ->> 'text' as text from inbox")
NO_REPLY = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
CLOUD = {"GCP_PROJECT_ID": "demo", "TASKS_LOCATION": "here", "REPLY_QUEUE": "reply"}
META = {"WHATSAPP_PHONE_NUMBER_ID": "1", "WHATSAPP_APP_SECRET": "s", "WHATSAPP_VERIFY_TOKEN": "sesame"}


@dataclass
class Door:
    """The public function, and what takes the queue's tasks in the place of `reply`."""

    webhook: Served
    reply: Loopback

    def deliver(self, delivery: Delivery) -> requests.Response:
        url = self.webhook.url + delivery.path
        return requests.post(url, data=delivery.body, headers=delivery.headers, timeout=30)

    def events(self, conversation: str) -> list[dict[str, Any]]:
        """The events of this conversation that have come out of the queue, once there is one."""
        found: list[dict[str, Any]] = []

        def came() -> bool:
            found[:] = [json.loads(seen.body)["event"] for seen in list(self.reply.seen)]
            found[:] = [event for event in found if event["conversation"] == conversation]
            return bool(found)

        wait_until(came)
        return found


@contextmanager
def door(folder: Path, **settings: str) -> Iterator[Door]:
    with TasksServer(queues=[QUEUE]) as tasks, loopback(says("{}")) as reply:
        address = {"REPLY_URL": reply.url, "CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{tasks.port}"}
        with served("webhook", folder, **{**CLOUD, **SETTINGS, **address, **settings}) as webhook:
            yield Door(webhook, reply)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A door at which everything is as it should be."""
    with door(tmp_path_factory.mktemp("door"), **META) as one:
        yield one


def test_a_signed_delivery_becomes_a_task_and_is_acknowledged(opened: Door) -> None:
    answer = opened.deliver(twilio("first", customer="34600000001"))
    assert (answer.status_code, answer.content) == (200, NO_REPLY)
    assert answer.headers["Content-Type"].startswith("text/xml")
    (event,) = opened.events("whatsapp:+34600000001 whatsapp:+14155238886")
    assert (event["channel"], event["kind"], event["text"]) == ("twilio", "message", "¿Tienen mochilas?")
    answer = opened.deliver(chatwoot(1))
    assert (answer.status_code, answer.json()) == (200, {})
    (event,) = opened.events("1/2")
    assert (event["channel"], event["text"], event["inbox"]) == ("chatwoot", "¿Tienen mochilas?", "3")


def test_fifty_deliveries_of_one_event_at_once_are_one_task(opened: Door) -> None:
    delivery = twilio("again", customer="34600000002")
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda _: opened.deliver(delivery).status_code, range(50)))
    assert answers == [200] * 50
    opened.deliver(twilio("after", customer="34600000002"))
    conversation = "whatsapp:+34600000002 whatsapp:+14155238886"
    wait_until(lambda: len(opened.events(conversation)) > 1)
    assert len({event["id"] for event in opened.events(conversation)}) == 2
    assert len(opened.events(conversation)) == 2


def test_what_is_not_signed_right_is_refused_and_no_task(opened: Door) -> None:
    for delivery, status in ((twilio("stranger", customer="34600000003"), 403), (chatwoot(2), 401)):
        assert delivery.body is not None
        forged = replace(delivery, body=delivery.body.replace(b"mochilas", b"pistolas"))
        answer = opened.deliver(forged)
        assert (answer.status_code, set(answer.json())) == (status, {"error", "id"})
    assert "pistolas" not in str([seen.body for seen in opened.reply.seen])


def test_a_long_message_is_cut_to_what_a_task_can_carry(opened: Door) -> None:
    assert opened.deliver(twilio("long", customer="34600000004", text="ñ" * 60_000)).status_code == 200
    (event,) = opened.events("whatsapp:+34600000004 whatsapp:+14155238886")
    assert event["text"] == "ñ" * 10_000


def test_a_platform_that_asks_by_get_is_greeted(opened: Door) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "sesame", "hub.challenge": "1158201444"}
    url = f"{opened.webhook.url}/whatsapp-cloud"
    assert requests.get(url, asked, timeout=30).text == "1158201444"
    assert requests.get(url, {**asked, "hub.verify_token": "please"}, timeout=30).status_code == 403
    assert requests.get(f"{opened.webhook.url}/chatwoot", timeout=30).status_code == 405
    assert requests.post(f"{opened.webhook.url}/telegram", timeout=30).status_code == 404


def test_a_channel_that_is_not_set_up_lets_nothing_in_and_logs_what_to_set(tmp_path: Path) -> None:
    with door(tmp_path, TWILIO_AUTH_TOKEN_FILE="/nowhere", TWILIO_AUTH_TOKEN="", REPLY_URL="") as one:
        answer = one.deliver(replace(chatwoot(1), path="/whatsapp-cloud"))
        assert answer.status_code == 503
        needed = ("REPLY_URL", "WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_APP_SECRET")
        assert f"Set {', '.join(needed)}: " in one.webhook.log
        # A secret that cannot be read now may be there later.
        answer = one.deliver(twilio("one"))
        assert (answer.status_code, "nowhere" in answer.text) == (503, False)
        assert "TWILIO_AUTH_TOKEN_FILE=/nowhere cannot be read" in one.webhook.log
    assert one.reply.seen == []


def test_while_the_queue_takes_nothing_messages_are_kept_in_the_inbox(
    tmp_path: Path, database_url: str, db: Database
) -> None:
    away = {"CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{ports.free()}", "DATABASE_URL": database_url}
    with door(tmp_path, **away) as one:
        assert one.deliver(twilio("one")).content == NO_REPLY
        assert one.deliver(twilio("one")).content == NO_REPLY
        assert "kept in the inbox" in one.webhook.log
    assert db.fetch(INBOX) == [{"channel": "twilio", "state": "waiting", "text": "¿Tienen mochilas?"}]


def test_what_can_be_kept_nowhere_is_answered_so_that_it_comes_again(tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{ports.free()}"
    away = {"CLOUD_TASKS_EMULATOR_HOST": nowhere, "DATABASE_URL": f"postgresql://u@{nowhere}/d"}
    with door(tmp_path, **away) as one:
        # Chatwoot tries again on 500 only.
        assert one.deliver(chatwoot(1)).status_code == 500
        assert one.deliver(twilio("one")).status_code == 503
