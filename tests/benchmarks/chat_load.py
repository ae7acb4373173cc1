"""200 customers on WhatsApp write 5 messages each to the whole local stack, whose model takes 2 seconds.

Run: `python -m tests.benchmarks.chat_load`. Counts what was lost, doubled or answered out of order, which
ends with status 1, and compares Twilio's wait for its acknowledgements with that for a hello function's
answers, which is asked at the same moments.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from rich.console import Console
from rich.table import Table

from infra.local.stack import Options, Stack
from infra.local.state import State
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.benchmarks.deliveries import Delivery, twilio
from tests.benchmarks.load import Measured, send
from tests.benchmarks.upload import HELLO, python, serving, until_it_listens

CUSTOMERS, MODEL_SECONDS, CONNECTIONS = 200, 2.0, 32
# Customers begin within so long of each other; each writes on after a pause, or (this share) at once.
BEGIN_SECONDS, PAUSE_SECONDS, AT_ONCE_SECONDS, AT_ONCE = 10.0, (4.0, 20.0), (0.2, 1.0), 0.3
MOST_SECONDS = 400.0
MESSAGES = (
    "Hola, ¿tienen mochilas?",
    "¿Y cafeteras italianas?",
    "Busco una camisa de lino",
    "¿Cuánto cuesta el pantalón chino Ribera?",
    "¿Tienen aceite de oliva?",
)
LEFT = Query.parse(
    "left",
    "select (select count(*) from inbox) as stored, (select count(*) from inbox where state <> 'answered')"
    " + (select count(*) from outbox where state <> 'sent') as open",
)
HEARD = Query.parse(
    "heard",
    "select string_agg(content, E'\\n' order by id) as texts, count(*) as turns from messages"
    " where role = 'customer' group by conversation_id",
)
SENT = Query.parse(
    "sent",
    "select o.provider_id as id, c.address ->> 'to' as customer from outbox o"
    " join conversations c on c.id = o.conversation_id where o.state = 'sent' order by o.id",
)
UNANSWERED = Query.parse(
    "unanswered",
    "select count(*) as n from messages m where m.role = 'assistant'"
    " and not exists (select from outbox o where o.message_id = m.id)",
)


@dataclass(frozen=True)
class Outcome:
    """What became of the messages: all three are to be 0."""

    lost: int
    doubled: int
    out_of_order: int
    turns: int


def main() -> int:
    """The exit status."""
    logs.silence()
    with tempfile.TemporaryDirectory(prefix="tendero-") as folder, _stack(Path(folder) / "s") as state:
        hello = Path(folder) / "hello"
        hello.mkdir()
        (hello / "main.py").write_text(HELLO)
        with serving("hello", python("webhook"), hello, {"THREADS": "80"}) as port:
            until_it_listens(port)
            begun = time.monotonic()
            deliveries, due = _deliveries(state.environment)
            acknowledged, answered = _loaded(state, port, deliveries, due)
            pool = database(Settings.load(state.environment))
            _wait_until_all_is_answered(pool, len(deliveries))
            seconds = time.monotonic() - begun
            outcome = _outcome(pool, requests.get(f"{state.urls['twilio']}/sent", timeout=30).json())
            pool.close()
    _show(outcome, acknowledged, answered, seconds)
    return 1 if outcome.lost or outcome.doubled or outcome.out_of_order else 0


@contextmanager
def _stack(folder: Path) -> Iterator[State]:
    stack = Stack(Options(folder=folder, port=0, demo_shop=True, model="scripted"))
    state = stack.start()
    try:
        requests.post(state.urls["sync"], json={}, timeout=300).raise_for_status()
        control = state.urls["model"].removesuffix("/v1") + "/_control"
        slow = {"mode": {"hang": MODEL_SECONDS, "endpoint": "chat"}}
        requests.post(control, json=slow, timeout=30).raise_for_status()
        # A first customer, so that no function is at its cold start.
        first = _message(state.environment, 0, 0)
        url = state.urls["webhook"] + first.path
        requests.post(url, first.body, headers=first.headers, timeout=30).raise_for_status()
        yield state
    finally:
        stack.stop()


def _message(environment: dict[str, str], customer: int, number: int) -> Delivery:
    return twilio(
        f"{customer}-{number}",
        customer=str(34600000000 + customer),
        text=MESSAGES[number],
        url=environment["TWILIO_WEBHOOK_URL"],
        token=environment["TWILIO_AUTH_TOKEN"],
    )


def _deliveries(environment: dict[str, str]) -> tuple[list[Delivery], list[float]]:
    """All messages, and after how many seconds each is sent."""
    chance, timed = random.Random(5), []
    for customer in range(CUSTOMERS):
        at = chance.uniform(0, BEGIN_SECONDS)
        for number in range(len(MESSAGES)):
            timed.append((at, _message(environment, customer, number)))
            at += chance.uniform(*(AT_ONCE_SECONDS if chance.random() < AT_ONCE else PAUSE_SECONDS))
    timed.sort(key=lambda each: each[0])
    return [delivery for _, delivery in timed], [at for at, _ in timed]


def _loaded(
    state: State, hello: int, deliveries: list[Delivery], due: list[float]
) -> tuple[Measured, Measured]:
    webhook = int(state.urls["webhook"].rpartition(":")[2])
    with ThreadPoolExecutor(2) as threads:
        acknowledged = threads.submit(send, webhook, deliveries, CONNECTIONS, due)
        answered = threads.submit(send, hello, deliveries, CONNECTIONS, due)
        return acknowledged.result(), answered.result()


def _wait_until_all_is_answered(pool: Database, messages: int) -> None:
    give_up = time.monotonic() + MOST_SECONDS
    while time.monotonic() < give_up:
        (row,) = pool.fetch(LEFT)
        if row["stored"] >= messages and not row["open"]:
            return
        time.sleep(0.5)


def _outcome(pool: Database, said: list[dict[str, Any]]) -> Outcome:
    """`said` is what the platform was asked to send, in that order."""
    heard, sent = pool.fetch(HEARD), pool.fetch(SENT)
    texts = "\n".join(MESSAGES)
    ids = [each["sid"] for each in said]
    by_customer: dict[str, list[str]] = defaultdict(list)
    for each in said:
        by_customer[each["to"]].append(each["sid"])
    expected: dict[str, list[str]] = defaultdict(list)
    for row in sent:
        expected[row["customer"]].append(row["id"])
    answered = sum(row["texts"].count("\n") + 1 for row in heard)
    return Outcome(
        lost=CUSTOMERS * len(MESSAGES) - answered + pool.fetch(UNANSWERED)[0]["n"],
        doubled=len(ids) - len(sent) + len(sent) - len({row["id"] for row in sent}),
        out_of_order=sum(row["texts"] != texts for row in heard)
        + sum(by_customer[customer] != rows for customer, rows in expected.items()),
        turns=sum(row["turns"] for row in heard),
    )


def _show(outcome: Outcome, acknowledged: Measured, answered: Measured, seconds: float) -> None:
    table = Table("", "", title=f"{CUSTOMERS} conversations × {len(MESSAGES)} messages")
    ratio = acknowledged.percentile(0.95) / answered.percentile(0.95)
    for name, value in (
        ("lost", str(outcome.lost)),
        ("said twice", str(outcome.doubled)),
        ("conversations out of order", str(outcome.out_of_order)),
        ("turns", str(outcome.turns)),
        ("from the first message to the last answer", f"{seconds:.0f} s"),
        ("acknowledged, p50 and p95", _milliseconds(acknowledged)),
        ("hello at the same moments, p50 and p95", _milliseconds(answered)),
        ("p95 / hello's", f"{ratio:.2f}"),
    ):
        table.add_row(name, value)
    Console().print(table)


def _milliseconds(measured: Measured) -> str:
    return " and ".join(f"{measured.percentile(share) * 1000:.1f} ms" for share in (0.5, 0.95))


if __name__ == "__main__":
    sys.exit(main())
