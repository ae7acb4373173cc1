"""A server that stands in for a platform's API on this machine: records, and fails on command."""

from __future__ import annotations

import argparse
import json
import signal
import socket
import sys
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Request, Response

from infra.local.recording import Fault, Recording
from infra.local.wsgi_server import WsgiServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class StandIn(WsgiServer):
    """One platform's API. Subclasses give `answer` and `refusal`; `recording` tells what came.

    For a server in a process of its own: GET `/sent` and `/requests`; POST `/faults`
    {"kind", "next", "method", "path", "seconds", "retry_after"}, or [] to clear them; POST `/reset`.
    """

    # Faults of this platform, beside those of `recording.KINDS`: `answer` is given them.
    kinds: ClassVar[Mapping[str, str]] = {}

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host, port)
        self.recording = Recording(self.kinds)
        self.stopping = threading.Event()

    @abstractmethod
    def answer(self, request: Request, fault: Fault | None) -> Response:
        """The platform's answer; calls `self.recording.add_sent` for what it takes.

        `fault` is one of `kinds` or None.
        """

    @abstractmethod
    def refusal(self, status: int) -> Response:
        """How the platform says 429 or 500."""

    def reset(self) -> None:
        """Forgets everything that was recorded or switched."""
        self.recording.reset()

    def application(self) -> WSGIApplication:
        self.stopping.clear()
        return self._serve

    def stop(self) -> None:
        """Ends the server, requests that hang included."""
        self.stopping.set()
        super().stop()

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if request.path in ("/sent", "/requests", "/faults", "/reset"):
            return self._operate(request)(environ, start_response)
        # Read now: a connection that is cut with bytes unread is reset, and the client may not see why.
        request.get_data(cache=True, parse_form_data=False)
        self.recording.add_request(_described(request))
        response = self._answer(request, self.recording.take_fault(request.method, request.path))
        if response is None:
            _cut(environ["werkzeug.socket"])
            response = Response()
        return response(environ, start_response)

    def _answer(self, request: Request, fault: Fault | None) -> Response | None:
        """None for a connection to be cut."""
        kind = fault.kind if fault else ""
        if fault and kind in ("429", "500"):
            refusal = self.refusal(int(kind))
            if fault.retry_after is not None:
                refusal.headers["Retry-After"] = str(fault.retry_after)
            return refusal
        if fault and kind == "hang":
            self.stopping.wait(fault.seconds)
        if kind in ("hang", "cut"):
            return None
        response = self.answer(request, fault if kind in self.kinds else None)
        if fault and kind == "slow":
            self.stopping.wait(fault.seconds)
        return None if kind == "cut_after" else response

    def _operate(self, request: Request) -> Response:
        if request.method == "GET" and request.path != "/reset":
            return json_response(
                {
                    "/sent": lambda: self.recording.sent,
                    "/requests": lambda: self.recording.requests,
                    "/faults": self.recording.faults,
                }[request.path]()
            )
        if request.method != "POST" or request.path in ("/sent", "/requests"):
            return json_response({"error": "GET /sent, /requests or /faults; POST /faults or /reset"}, 405)
        if request.path == "/reset":
            self.reset()
            return json_response({"ok": True})
        try:
            order = json.loads(request.get_data())
            if order == []:
                self.recording.clear_faults()
            else:
                self.recording.fail(**order)
        except (ValueError, TypeError) as error:
            return json_response({"error": str(error), "kinds": self.recording.kinds}, 400)
        return json_response(self.recording.faults())


def json_response(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, mimetype="application/json")


def serve(make: Callable[[str, int], StandIn], name: str, port: int) -> int:
    """Runs a stand-in until SIGTERM or Ctrl-C, as its `__main__`: the exit status.

    `name` is the module's, `port` the one taken without `--port`.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {name}")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=port, help="0 takes a free port (default: %(default)s)")
    given = parser.parse_args()
    server = make(given.host, given.port)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        url = server.start()
    except OSError as error:
        print(
            f"port {given.port} cannot be used ({error.strerror}): choose another with --port",
            file=sys.stderr,
        )
        return 1
    print(url, flush=True)
    ended.wait()
    server.stop()
    return 0


def _described(request: Request) -> dict[str, Any]:
    """A request as it is recorded: a form as {name: [values]}, JSON parsed, anything else as text."""
    body: Any = request.get_data(as_text=True)
    if request.mimetype == "application/x-www-form-urlencoded":
        body = request.form.to_dict(flat=False)
    elif request.is_json:
        with suppress(ValueError):
            body = json.loads(body)
    return {
        "method": request.method,
        "path": request.path,
        "query": request.args.to_dict(flat=False),
        "headers": dict(request.headers),
        "body": body,
    }


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
