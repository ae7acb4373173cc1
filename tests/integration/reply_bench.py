"""The reply worker over a real database, a platform kept in a file, and an engine that does as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response

from tendero.assistant.asked import Asked
from tendero.assistant.reply import EngineName, Reply, Usage
from tendero.assistant.thought import Thought
from tendero.channels.channel import Channel, Event, Json, Kind, Place, Sending
from tendero.channels.desk import Times
from tendero.channels.parts import Parts
from tendero.channels.worker import ReplyWorker
from tendero.people.conversations import ConversationRef
from tendero.platform.database import Database, Row
from tendero.platform.deadline import Deadline
from tendero.platform.errors import ServiceUnavailable
from tendero.platform.incoming import answer
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.sql import Query

_app = Flask(__name__)
TIMES = Times(lease=10.0, call=5.0, database=10.0, patience=0.2)
Hook = Callable[[], None]


@dataclass
class Platform:
    """A chat platform as its customers see it. What it was sent outlives the process that sent it."""

    file: Path
    may_speak: bool = True
    # What happens at the next calls, in order: raised instead of the call, or after it was taken.
    refusals: list[Exception] = field(default_factory=list)
    cuts: list[Exception] = field(default_factory=list)
    before: Hook = lambda: None
    after: Hook = lambda: None
    when_asked: Hook = lambda: None
    asked: list[str] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)

    def take(self, conversation: str, sending: Sending) -> str:
        self.before()
        if self.refusals:
            raise self.refusals.pop(0)
        line = {"key": sending.key, "to": conversation, **sending.content, "id": f"id-{sending.key}"}
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if self.cuts:
            raise self.cuts.pop(0)
        self.after()
        return str(line["id"])

    def sent(self, conversation: str | None = None) -> list[Json]:
        lines = self.file.read_text("utf-8").splitlines() if self.file.exists() else []
        told = [json.loads(line) for line in lines]
        return [each for each in told if conversation in (None, each["to"])]

    def texts(self, conversation: str = "ana") -> list[str]:
        return [each["text"] for each in self.sent(conversation)]


class TestChannel(Channel):
    """Speaks to a `Platform`; the texts of a reply are a call each."""

    __test__ = False
    name = "test"

    def __init__(self, settings: Settings, secrets: Secrets, platform: Platform) -> None:
        super().__init__(settings, secrets)
        self.platform = platform

    def receive(self, request: Request) -> Sequence[Event]:
        raise NotImplementedError

    def write(self, reply: Reply, place: Place) -> list[Json]:
        if any("unwritable" in each for each in reply.texts):
            raise ValueError("a bug")
        return [{"text": text} for text in reply.texts]

    def write_handoff(self, summary: str, place: Place) -> list[Json]:
        return [{"text": summary, "private": True}, {"text": "open", "private": True}]

    def send(self, sending: Sending, place: Place, deadline: Deadline) -> str:
        return self.platform.take(place.conversation, sending)

    def find_sent(self, sending: Sending, place: Place, deadline: Deadline) -> str | None:
        self.platform.asked.append(sending.key)
        self.platform.when_asked()
        found = [each for each in self.platform.sent(place.conversation) if each["key"] == sending.key]
        return found[0]["id"] if found else None

    def may_speak(self, place: Place, deadline: Deadline) -> bool:
        return self.platform.may_speak

    def instead(self, content: Json, code: str) -> Json | None:
        return {"text": f"template: {content['text']}"} if code == "63016" else None

    def pause_after(self, code: str) -> float | None:
        return 0.0 if code == "63018" else None

    def show_typing(self, event: Event, deadline: Deadline) -> None:
        self.platform.typing.append(event.id)


class WithPersons(TestChannel):
    has_persons = True


@dataclass
class Engine:
    """Answers `re: …`, a bubble for each line that it was asked for."""

    pieces: int = 1
    think_seconds: float = 1.0
    hook: Callable[[str], None] = lambda said: None
    asked: list[str] = field(default_factory=list)

    def seconds(self, conversation: ConversationRef, deadline: Deadline) -> float:
        return self.think_seconds

    def think(self, asked: Asked, deadline: Deadline, patience: Deadline | None = None) -> Thought:
        message = asked.message
        self.asked.append(message)
        self.hook(message)
        texts = [f"re: {message}", *(f"piece {number}" for number in range(2, self.pieces + 1))]
        reply = Reply(
            texts=tuple(texts),
            language="en",
            engine=EngineName.OPENAI,
            outcome="answered",
            usage=Usage(model="m", calls=1, prompt_tokens=10, completion_tokens=5),
        )
        return Thought(message=message, reply=reply, tool_calls=({"name": "search"},), milliseconds=7)


@dataclass
class Bench:
    db: Database
    platform: Platform
    engine: Any = field(default_factory=Engine)
    kind: type[TestChannel] = TestChannel
    times: Times = TIMES
    values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = Settings(**{"burst_seconds": 0.0, "environment": "local_machine", **self.values})
        self.secrets = Secrets(self.settings, environment={})
        self.channel = self.kind(self.settings, self.secrets, self.platform)
        self.worker = self.another()

    def another(self, db: Database | None = None) -> ReplyWorker:
        """A worker as another instance would have it."""
        parts = Parts(self.settings, db or self.db, self.engine)
        return ReplyWorker(self.settings, self.secrets, lambda *_: parts, lambda *_: self.channel, self.times)

    def post(self, body: Json, attempt: int = 1, worker: ReplyWorker | None = None) -> Response:
        headers = {"X-CloudTasks-QueueName": "q", "X-CloudTasks-TaskRetryCount": str(attempt - 1)}
        with _app.test_request_context("/", method="POST", json=body, headers=headers) as context:
            return answer(worker or self.worker)(context.request)

    def tell(self, event: Event, attempt: int = 1, worker: ReplyWorker | None = None) -> Response:
        return self.post({"event": event.to_json()}, attempt, worker)

    def say(self, text: str, number: int = 1, **more: Any) -> Response:
        return self.tell(said(text, number, **more))

    def until_done(self, event: Event, seconds: float = 60.0) -> Response:
        """What a queue does: again and again, until the answer is 200."""
        end, attempt = time.monotonic() + seconds, 1
        while True:
            response = self.tell(event, attempt)
            if response.status_code == 200:
                return response
            assert time.monotonic() < end, response.get_data(as_text=True)
            attempt += 1
            time.sleep(0.25)

    def at_once(self, events: Sequence[Event]) -> list[int]:
        with ThreadPoolExecutor(len(events)) as threads:
            return [each.status_code for each in threads.map(self.tell, events)]

    def rows(self, table: str, **parameters: Any) -> list[Row]:
        return self.db.fetch(Query.parse(table, f"select * from {table} order by id"), **parameters)

    def states(self, table: str) -> list[str]:
        return [row["state"] for row in self.rows(table)]

    def run(self, statement: str) -> None:
        self.db.execute(Query.parse("statement", statement))

    @property
    def is_free(self) -> bool:
        return all(row["lease_holder"] is None for row in self.rows("conversations"))


def said(text: str, number: int = 1, **more: Any) -> Event:
    """A message of Ana's; those with higher numbers were said later."""
    values = {
        "channel": "test",
        "id": f"m{number}",
        "conversation": "ana",
        "contact": "ana",
        "at": 1_800_000_000.0 + number,
        "text": text,
        "language": "en",
        "address": {"to": "ana"},
        "name": "Ana",
        **more,
    }
    return Event(**values)


def told(kind: Kind, at: float = 0.0, **details: Any) -> Event:
    return said("", kind=kind, id=f"{kind}-{at}", at=1_800_000_000.0 + at, details=details)


class Meeting:
    """Stops a worker in the middle, until the test has done something."""

    def __init__(self) -> None:
        self.there = threading.Event()
        self.on = threading.Event()
        self.stops = 1

    def __call__(self, *_: Any) -> None:
        if self.stops:
            self.stops -= 1
            self.there.set()
            assert self.on.wait(20)


def busy(retry_after: float = 0.0) -> ServiceUnavailable:
    return ServiceUnavailable("too many", status=429, retry_after=retry_after)


def cut() -> ServiceUnavailable:
    return ServiceUnavailable("the connection broke")
