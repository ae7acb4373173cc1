"""HTTP: reads a request, follows its step, writes the answer whole, dripped or cut."""

from __future__ import annotations

import hmac
import json
import math
import uuid
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from infra.local.model_server.errors import ApiError, scripted_error
from infra.local.model_server.script import Step
from infra.local.model_server.service import Payload, as_json, endpoint_of, respond

if TYPE_CHECKING:
    from infra.local.model_server.server import Listener

_HTML = Payload((b"<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>",), content_type="text/html")


class Handler(BaseHTTPRequestHandler):
    """One connection. `self.server.owner` is the ModelServer."""

    protocol_version = "HTTP/1.1"
    server_version = "model_server"
    # Headers and body are two writes: with Nagle's algorithm the second waits for the client's late ACK.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the recorded requests are the log."""

    def _handle(self) -> None:
        owner = cast("Listener", self.server).owner
        path = urlsplit(self.path).path.rstrip("/")
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        step = Step()
        try:
            if path in ("/_control", "/_requests"):
                payload = self._operate(path, raw)
            else:
                step, payload = self._serve(path, raw)
        except ApiError as problem:
            self._send(as_json(problem.body(), problem.status), step, problem.retry_after)
            return
        if not owner.stopping.is_set():
            self._send(payload, step)

    def _operate(self, path: str, raw: bytes) -> Payload:
        owner = cast("Listener", self.server).owner
        if path == "/_requests":
            return as_json(owner.requests)
        try:
            owner.control(json.loads(raw))
        except ValueError as problem:
            raise ApiError(str(problem)) from problem
        return as_json({"ok": True})

    def _serve(self, path: str, raw: bytes) -> tuple[Step, Payload]:
        owner = cast("Listener", self.server).owner
        body, readable = _parsed(raw)
        if self.command == "POST":
            owner.record(path, body)
        self._authorise(owner.api_key)
        endpoint = endpoint_of(self.command, path)
        if endpoint is None:
            raise ApiError(f"Invalid URL ({self.command} {path})", status=404)
        step = owner.script.take(endpoint)
        owner.stopping.wait(step.hang)
        try:
            payload = self._payload(endpoint, path, body, readable, step)
        except ApiError as problem:
            payload = as_json(problem.body(), problem.status)
            step = replace(step, retry_after=problem.retry_after)
        return step, payload

    def _payload(self, endpoint: str, path: str, body: Any, readable: bool, step: Step) -> Payload:
        if step.html:
            return replace(_HTML, status=step.status or 200)
        if step.status is not None and step.status != 200:
            raise scripted_error(step.status, step.code, step.message, step.retry_after)
        if not readable and self.command == "POST":
            raise ApiError("We could not parse the JSON body of your request.")
        owner = cast("Listener", self.server).owner
        payload = respond(endpoint, path, body, step, owner.models)
        return replace(payload, pieces=tuple(map(_broken, payload.pieces))) if step.broken_json else payload

    def _authorise(self, key: str | None) -> None:
        if key is None:
            return
        given = self.headers.get("Authorization") or ""
        if not hmac.compare_digest(given.encode(), f"Bearer {key}".encode()):
            given = given.removeprefix("Bearer ")
            shown = f"{given[:3]}***{given[-2:]}" if len(given) > 8 else "***"
            raise ApiError(
                f"Incorrect API key provided: {shown}. You can find your API key at "
                "https://platform.openai.com/account/api-keys.",
                status=401,
                code="invalid_api_key",
            )

    def _send(self, payload: Payload, step: Step, retry_after: float | None = None) -> None:
        owner = cast("Listener", self.server).owner
        size = sum(map(len, payload.pieces))
        self.send_response(payload.status)
        self.send_header("Content-Type", payload.content_type)
        self.send_header("x-request-id", f"req_{uuid.uuid4().hex}")
        self._send_limits(payload.status, step.retry_after if retry_after is None else retry_after)
        if payload.streamed:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(size))
        self.end_headers()
        left = size // 2 if step.cut else size
        for piece in _pieces(payload.pieces, left, step.drip is not None):
            if step.drip is not None and owner.stopping.wait(step.drip):
                break
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if payload.streamed else piece)
        if step.cut or owner.stopping.is_set():
            self.close_connection = True
        elif payload.streamed:
            self.wfile.write(b"0\r\n\r\n")

    def _send_limits(self, status: int, retry_after: float | None) -> None:
        left = 0 if status == 429 else 1
        for kind, limit in (("requests", 10_000), ("tokens", 2_000_000)):
            self.send_header(f"x-ratelimit-limit-{kind}", str(limit))
            self.send_header(f"x-ratelimit-remaining-{kind}", str(left * (limit - 1)))
            self.send_header(f"x-ratelimit-reset-{kind}", f"{retry_after or 0.006:g}s")
        if status >= 400 and retry_after is not None:
            self.send_header("Retry-After", str(math.ceil(retry_after)))
            self.send_header("retry-after-ms", str(math.ceil(retry_after * 1000)))


def _parsed(raw: bytes) -> tuple[Any, bool]:
    """The body as JSON and True, or as text and False when it is none."""
    try:
        return json.loads(raw), True
    except (ValueError, RecursionError):
        return raw.decode("utf-8", "replace"), False


def _broken(piece: bytes) -> bytes:
    """A piece whose JSON ends too early, a stream's event still ended by its blank line."""
    if piece.endswith(b"\n\n"):
        return piece[: max(7, len(piece) // 2)] + b"\n\n"
    return piece[: len(piece) // 2]


def _pieces(pieces: tuple[bytes, ...], limit: int, single_bytes: bool) -> list[bytes]:
    """The first `limit` bytes of the body, piece by piece or byte by byte."""
    if single_bytes:
        whole = b"".join(pieces)[:limit]
        return [whole[i : i + 1] for i in range(len(whole))]
    kept = []
    for piece in pieces:
        if limit <= 0:
            break
        kept.append(piece[:limit])
        limit -= len(piece)
    return kept
