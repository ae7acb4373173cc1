"""How many deliveries of chat platforms an instance acknowledges, relative to requests of a hello function.

Run: `python -m tests.benchmarks.acknowledge`. The same load goes to all in turns: first as fast as they
answer, over 16 connections, then 50 a second. "Only queueing" is a function that does nothing but put the
body into the queue, as the library's documentation has it: a platform can hardly be acknowledged with less.
The queue is the local server, in a process of its own and paused, so that nobody works the tasks off.
"""

from __future__ import annotations

import itertools
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from rich.console import Console
from rich.table import Table

from infra.local import ports
from tests.benchmarks.deliveries import SETTINGS, Delivery, chatwoot, twilio
from tests.benchmarks.load import Measured, send
from tests.benchmarks.upload import HELLO, serving, until_it_listens, upload

ROUNDS, REQUESTS, CONNECTIONS = 5, 800, 16
PER_SECOND, AT_A_RATE = 50, 250
QUEUE = "projects/demo/locations/here/queues/reply"
# The library's client, used as its documentation has it.
QUEUEING = f"""
import os, threading, uuid
import functions_framework, grpc
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

lock, clients = threading.Lock(), []

def client():
    with lock:
        if not clients:
            channel = grpc.insecure_channel(os.environ["CLOUD_TASKS_EMULATOR_HOST"])
            clients.append(tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel)))
        return clients[0]

@functions_framework.http
def queueing(request):
    task = {{"name": "{QUEUE}/tasks/" + uuid.uuid4().hex, "http_request": {{
        "url": os.environ["REPLY_URL"], "body": request.get_data()}}}}
    client().create_task(parent="{QUEUE}", task=task)
    return "queued"
"""


@dataclass(frozen=True)
class Case:
    """One function under load; `made` gives the delivery of a number."""

    name: str
    port: int
    made: Callable[[int], Delivery]


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tendero-")))
        cases = _cases(stack, folder, stack.enter_context(_paused_queue()))
        numbers = itertools.count()

        def measured(case: Case, requests: int, due: Sequence[float] | None = None) -> Measured:
            made = [case.made(next(numbers)) for _ in range(requests)]
            return send(case.port, made, CONNECTIONS, due)

        for case in cases:
            until_it_listens(case.port)
            measured(case, CONNECTIONS * 5)
        fast: dict[str, list[Measured]] = {case.name: [] for case in cases}
        even: dict[str, list[Measured]] = {case.name: [] for case in cases}
        evenly = [number / PER_SECOND for number in range(AT_A_RATE)]
        for _ in range(ROUNDS):
            for case in cases:
                fast[case.name].append(measured(case, REQUESTS))
                even[case.name].append(measured(case, AT_A_RATE, evenly))
    _show(fast, even)


def _cases(stack: ExitStack, folder: Path, queue: str) -> list[Case]:
    environment = {
        "ENVIRONMENT": "local_machine",
        "GCP_PROJECT_ID": "demo",
        "TASKS_LOCATION": "here",
        "REPLY_QUEUE": "reply",
        "REPLY_URL": "http://127.0.0.1:9",
        "CLOUD_TASKS_EMULATOR_HOST": queue,
        "THREADS": "40",
        **SETTINGS,
    }
    inside, webhook = upload("webhook")

    def served(target: str, source: Path) -> int:
        return stack.enter_context(serving(target, inside, source, environment))

    def written(target: str, code: str) -> int:
        (folder / target).mkdir()
        (folder / target / "main.py").write_text(code)
        return served(target, folder / target)

    port = served("webhook", webhook)
    return [
        Case("hello", written("hello", HELLO), _message),
        Case("only queueing", written("queueing", QUEUEING), _message),
        Case("webhook: Twilio acknowledged", port, _message),
        Case("webhook: Chatwoot acknowledged", port, chatwoot),
    ]


def _message(number: int) -> Delivery:
    return twilio(f"load-{number}")


@contextmanager
def _paused_queue() -> Iterator[str]:
    """The address of a queue server whose queue gives nothing out."""
    number = ports.free()
    command = [sys.executable, "-m", "infra.local.tasks_server", f"--port={number}", f"--queue={QUEUE}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until_it_listens(number)
        with grpc.insecure_channel(f"127.0.0.1:{number}") as channel:
            client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
            client.pause_queue(name=QUEUE)
        yield f"127.0.0.1:{number}"
    finally:
        process.terminate()
        process.wait()


def _show(fast: dict[str, list[Measured]], even: dict[str, list[Measured]]) -> None:
    rate = {name: statistics.median(each.per_second for each in runs) for name, runs in fast.items()}
    slow = {name: statistics.median(each.percentile(0.95) for each in runs) for name, runs in even.items()}
    columns = ("", "answers/s", "/ hello", f"p95 at {PER_SECOND}/s", "x hello")
    table = Table(*columns, title=f"{ROUNDS} rounds, {CONNECTIONS} connections")
    for name in fast:
        table.add_row(
            name,
            f"{rate[name]:.0f}",
            f"{rate[name] / rate['hello']:.2f}",
            f"{slow[name] * 1000:.1f} ms",
            f"{slow[name] / slow['hello']:.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
