"""Cold start of each function relative to a hello function: from starting the process to its first answer.

Run: `python -m tests.benchmarks.cold_start`. Each function runs from its upload folder, in a virtual
environment that holds only its locked requirements (built once, kept under `.tendero/benchmarks`). The
functions take turns, so that a slow moment of the machine falls on all of them; the figure is the ratio of
the medians.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.local.demo_shop.server import Server as DemoShop
from infra.local.model_server.server import ModelServer
from infra.local.parts import DEMO_SHOP
from infra.local.postgres import Postgres
from infra.local.tasks_server.server import Server as TasksServer
from infra.migrations.prepare import prepare
from tendero.catalog import job
from tendero.platform import logs
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tests.benchmarks.deliveries import SETTINGS, Delivery, chatwoot, twilio
from tests.benchmarks.upload import HELLO, python, serving, upload
from tests.loopback import loopback, says

ROUNDS = 11
QUEUE = "projects/demo/locations/here/queues/reply"


@dataclass(frozen=True)
class Case:
    """One function to start: `sent` makes what a round sends; an answer of `status` ends the clock."""

    name: str
    function: str
    sent: Callable[[int], Delivery]
    status: int = 200
    environment: dict[str, str] = field(default_factory=dict)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tendero-") as folder, _services(Path(folder)) as environment:
        hello = Path(folder) / "hello"
        hello.mkdir()
        (hello / "main.py").write_text(HELLO)
        templates = environment | {"OPENAI_API_KEY": ""}
        cases = [
            Case("hello", "hello", lambda _: Delivery()),
            Case("webhook: Twilio acknowledged", "webhook", _twilio, environment=environment),
            Case("webhook: Chatwoot acknowledged", "webhook", chatwoot, environment=environment),
            Case("webhook: Dialogflow, templates", "webhook", _question, environment=templates),
            Case("webhook: Dialogflow, model", "webhook", _question, environment=environment),
            Case("sync: a request refused", "sync", _json({"source": "none"}), 400, templates),
            Case("embed: nothing left to embed", "embed", _json({"product_ids": [1]}), environment=templates),
        ]
        sources = {each: upload(each) for each in ("webhook", "sync", "embed")}
        sources["hello"] = (python("webhook"), hello)
        times: dict[str, list[float]] = {case.name: [] for case in cases}
        for number in range(ROUNDS):
            for case in cases:
                times[case.name].append(_first_answer(case, *sources[case.function], number))
    _show(times)


def _first_answer(case: Case, python: Path, folder: Path, number: int) -> float:
    begun = time.perf_counter()
    with serving(case.function, python, folder, case.environment) as port:
        _until_answered(case, port, number)
        return time.perf_counter() - begun


def _until_answered(case: Case, port: int, number: int) -> None:
    sent = case.sent(number)
    request = urllib.request.Request(f"http://127.0.0.1:{port}{sent.path}", sent.body, sent.headers)
    give_up = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        except (ConnectionError, urllib.error.URLError):
            if time.monotonic() > give_up:
                raise
            time.sleep(0.002)
            continue
        if status != case.status:
            raise SystemExit(f"{case.name}: answered {status} instead of {case.status}")
        return


def _twilio(number: int) -> Delivery:
    return twilio(f"cold-{number}")


def _question(number: int) -> Delivery:
    said = {"queryText": "¿Tienen mochilas?", "languageCode": "es"}
    return _json({"session": f"projects/p/agent/sessions/cold-{number}", "queryResult": said})(number)


def _json(value: Any) -> Callable[[int], Delivery]:
    body = json.dumps(value).encode()
    return lambda _: Delivery("/", body, {"Content-Type": "application/json"})


@contextmanager
def _services(folder: Path) -> Iterator[dict[str, str]]:
    logs.silence()
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres(folder / "pg"))
        shop, model = stack.enter_context(DemoShop()), stack.enter_context(ModelServer())
        queue, reply = (
            stack.enter_context(TasksServer(queues=[QUEUE])),
            stack.enter_context(loopback(says(""))),
        )
        shared = {
            "ENVIRONMENT": "local_machine",
            "DATABASE_URL": postgres.url("postgres"),
            "WOOCOMMERCE_URL": shop.base_url,
            **DEMO_SHOP,
            "GCP_PROJECT_ID": "demo",
            "TASKS_LOCATION": "here",
            "REPLY_QUEUE": "reply",
            "REPLY_URL": reply.url,
            "CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{queue.port}",
            **SETTINGS,
        }
        with_model = shared | {"OPENAI_API_KEY": "scripted", "OPENAI_BASE_URL": model.base_url}
        for environment in (shared, with_model):
            settings = Settings.load(environment)
            prepare(settings)
            job.sync(settings, Secrets(settings), "woocommerce")
        yield with_model


def _show(times: dict[str, list[float]]) -> None:
    hello = statistics.median(times["hello"])
    table = Table("cold start to the first answer", "median", "x hello", title=f"{ROUNDS} rounds")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        table.add_row(name, f"{median * 1000:.0f} ms", f"{median / hello:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
