"""The local tasks server, Google's own client connected to it, and a worker that records what it gets."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from infra.local.tasks_server.server import Server

LOCATION = "projects/demo/locations/us-central1"
PATIENCE = 20.0


@dataclass(frozen=True)
class Received:
    """One request as the worker saw it; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Worker:
    """An HTTP server on loopback. `replies` are used up in order, then every request gets 200.

    While `gate` is cleared, requests are received but not answered.
    """

    replies: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    open_now: int = 0
    open_most: int = 0

    def __post_init__(self) -> None:
        self.gate.set()
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, request: Received) -> tuple[int, dict[str, str]]:
        with self._changed:
            self.received.append(request)
            self.open_now += 1
            self.open_most = max(self.open_most, self.open_now)
            reply = self.replies.pop(0) if self.replies else (200, {})
            self._changed.notify_all()
        self.gate.wait(PATIENCE)
        with self._changed:
            self.open_now -= 1
        return reply

    def wait_for(self, number: int) -> list[Received]:
        """The requests, once there are at least `number` of them."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.received) >= number, PATIENCE)
            assert arrived, f"{len(self.received)} of {number} requests arrived"
            return list(self.received)

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(worker: Worker) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra = worker.take(Received(self.command, self.path, headers, body, time.time()))
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None: ...

    return Handler


class TasksStack(ExitStack):
    """Server, client and worker; use it in a `with`."""

    def __init__(self, **server_options: Any) -> None:
        super().__init__()
        self.server = Server(**server_options)
        self.worker = Worker()
        self.callback(self.worker.close)

    def __enter__(self) -> TasksStack:
        self.client = connect(self.enter_context(self.server).port, self)
        return self

    def queue(self, queue_id: str = "q", **settings: Any) -> str:
        """Create a queue that retries after 10 ms at first; gives its name."""
        name = f"{LOCATION}/queues/{queue_id}"
        settings.setdefault("retry_config", {})
        settings["retry_config"] = {"min_backoff": {"nanos": 10_000_000}} | settings["retry_config"]
        self.client.create_queue(parent=LOCATION, queue=tasks_v2.Queue(name=name, **settings))
        return name

    def add(self, queue: str, task_id: str = "", request: Any = None, **fields: Any) -> tasks_v2.Task:
        """Create a task for the worker's `/work`; `request` adds to or replaces its http_request."""
        if task_id:
            fields["name"] = f"{queue}/tasks/{task_id}"
        fields["http_request"] = {"url": f"{self.worker.url}/work"} | (request or {})
        return self.client.create_task(parent=queue, task=tasks_v2.Task(**fields))

    def wait_idle(self, queue: str) -> None:
        """Wait until the queue holds no task, as a stack would."""
        wait_until(lambda: not self.client.list_tasks(request={"parent": queue, "page_size": 1}).tasks)


def connect(port: int, stack: ExitStack) -> tasks_v2.CloudTasksClient:
    """Google's client for a server on this machine; its channel closes with `stack`."""
    channel = stack.enter_context(grpc.insecure_channel(f"127.0.0.1:{port}"))
    return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))


def wait_until(happened: Callable[[], Any]) -> None:
    """Poll until `happened` gives something true."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)


def claims(token: str) -> dict[str, Any]:
    """What a JWT says, unchecked."""
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))
