"""The door of a chat platform, with a queue that a test looks into."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from flask import Flask, Response

from tendero.channels.door import ChatDoor
from tendero.platform.database import Database
from tendero.platform.errors import TaskError
from tendero.platform.incoming import answer
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tendero.platform.tasks import Payload
from tests.benchmarks.deliveries import chatwoot
from tests.whatsapp_events import SETTINGS as WHATSAPP
from tests.whatsapp_events import deliveries

_app = Flask(__name__)
INBOX = Query.parse("inbox", "select event ->> 'text' as text from inbox order by said_at, id")
CHATWOOT = {"chatwoot_base_url": "https://chat.example", "chatwoot_webhook_secret": "benchmark-secret"}


class Queue:
    """Holds what is put into it; `fails` is raised instead."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.tasks: dict[str | None, Payload] = {}
        self.fails = fails

    def enqueue(
        self, url: str, payload: Payload, *, name: str | None = None, delay_seconds: float = 0
    ) -> bool:
        if self.fails:
            raise self.fails
        return self.tasks.setdefault(name, payload) is payload

    def enqueue_all(self, url: str, tasks: Sequence[tuple[str | None, Payload]]) -> int:
        return sum(self.enqueue(url, payload, name=name) for name, payload in tasks)

    def pause(self) -> None: ...

    def resume(self) -> None: ...


def post(door: Callable[..., Response], path: str, body: bytes | None, headers: dict[str, str]) -> Response:
    with _app.test_request_context(path, method="POST", data=body, headers=headers) as context:
        return answer(door)(context.request)


def no_database() -> Database:
    raise AssertionError("nothing is to be kept")


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_every_event_of_a_delivery_becomes_a_task_of_its_own_name() -> None:
    queue, settings = Queue(), Settings(reply_url="https://reply.example", shop_id="acme", **WHATSAPP)
    door = ChatDoor("whatsapp", settings, Secrets(settings, environment={}), lambda: queue, no_database)
    (delivery,) = deliveries("batch")
    for _ in range(2):
        assert post(door, "/whatsapp-cloud", delivery.body, delivery.headers).status_code == 200
    assert len(queue.tasks) > 1
    for name, payload in queue.tasks.items():
        event = payload["event"]
        assert name == f"whatsapp-acme-{event['kind']}-{event['id']}"
        assert json.dumps(payload)


def test_events_that_a_queue_refuses_are_kept_all_together(db: Database) -> None:
    queue, settings = Queue(TaskError("no such queue")), Settings(reply_url="https://r.example", **WHATSAPP)
    door = ChatDoor("whatsapp", settings, Secrets(settings, environment={}), lambda: queue, lambda: db)
    for delivery in deliveries("burst"):
        assert post(door, "/whatsapp-cloud", delivery.body, delivery.headers).status_code == 200
    assert len(db.fetch(INBOX)) > 1


def test_a_secret_manager_that_hangs_does_not_hold_the_platform_up(
    monkeypatch: pytest.MonkeyPatch, released: threading.Event
) -> None:
    monkeypatch.setattr("tendero.channels.door._DEADLINE_SECONDS", 0.05)

    def hangs() -> Any:
        released.wait(60)
        raise OSError

    settings = Settings(
        gcp_project_id="demo", reply_url="https://r.example", chatwoot_base_url="https://chat.example"
    )
    door = ChatDoor("chatwoot", settings, Secrets(settings, hangs, environment={}), Queue, no_database)
    delivery = chatwoot(1)
    response = post(door, "/chatwoot", delivery.body, delivery.headers)
    # Chatwoot comes again on this status.
    assert response.status_code == 500
    assert response.get_json()["error"] == "Nothing can be taken now."


def test_a_body_that_is_too_large_is_refused_before_anything_else() -> None:
    settings = Settings(reply_url="https://r.example", **CHATWOOT)
    door = ChatDoor("chatwoot", settings, Secrets(settings, environment={}), Queue, no_database)
    assert post(door, "/chatwoot", b"x" * 4_000_001, {}).status_code == 413
