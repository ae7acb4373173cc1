"""What every function's door does: read the body with care, and let no internals out."""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from typing import Any

from flask import Request, Response
from werkzeug.datastructures import Headers
from werkzeug.exceptions import ClientDisconnected

from tendero.platform import logs
from tendero.platform.errors import BadRequest

Handler = Callable[[Request], Response]

_log = logs.logger("incoming")
_MOST_DEPTH = 64
# Cloud Run takes no larger request.
_MOST_DISCARDED, _CHUNK_BYTES = 32 * 1024 * 1024, 64 * 1024
_CORRELATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")
# https://www.w3.org/TR/trace-context/#traceparent-header
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
# An even number of backslashes before it are escaped backslashes.
_NUL_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def read_json(request: Request, limit_bytes: int = 1_000_000) -> dict[str, Any]:
    """The request's body, a JSON object. Raises BadRequest (400, 413 or 415) saying what is wrong with it."""
    if request.mimetype and not request.mimetype.endswith("json"):
        raise BadRequest("Send the body as application/json.", status=415)
    return parsed(read_body(request, limit_bytes))


def read_body(request: Request, limit_bytes: int) -> bytes:
    """The request's body as it was sent, also when it is read again. Raises BadRequest, 413 where larger."""
    if (request.content_length or 0) > limit_bytes:
        raise BadRequest(f"The body is larger than {limit_bytes} bytes.", status=413)
    # A chunked body has no length to look at.
    body = _read(request, limit_bytes + 1)
    if len(body) > limit_bytes:
        raise BadRequest(f"The body is larger than {limit_bytes} bytes.", status=413)
    # Whoever reads the request after this finds the body again.
    request.environ["wsgi.input"] = io.BytesIO(body)
    del request.stream
    return body


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises BadRequest."""
    if not body.strip():
        raise BadRequest("The body is empty; a JSON object is expected.")
    if b"\x00" in body or _NUL_ESCAPE.search(body):
        raise BadRequest("The body holds NUL characters.")
    try:
        value = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadRequest("The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON (line {error.lineno}, column {error.colno}).") from error
    except RecursionError as error:
        raise BadRequest("The body is nested too deep.") from error
    except ValueError as error:
        # A number with thousands of digits.
        raise BadRequest("The body is not usable JSON.") from error
    if not isinstance(value, dict):
        raise BadRequest("The body is not a JSON object.")
    if _deeper_than(value, _MOST_DEPTH):
        raise BadRequest(f"The body is nested deeper than {_MOST_DEPTH} levels.")
    if _SURROGATE.search(body):
        # An emoji that was cut in two: no database and no queue takes half of one.
        whole: dict[str, Any] = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        return whole
    return value


def reply_json(value: Any, status: int = 200) -> Response:
    """A JSON response in UTF-8."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(body.encode("utf-8", "replace"), status, mimetype="application/json")


def attempt_of(headers: Mapping[str, str] | Headers) -> int:
    """Which of the queue's attempts at a task this is, from 1; 0 where no queue has called.

    Reads Cloud Tasks' headers: https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler
    """
    if not headers.get("X-CloudTasks-QueueName"):
        return 0
    retries = headers.get("X-CloudTasks-TaskRetryCount", "")
    return int(retries) + 1 if retries.isdecimal() else 1


def answer(handler: Handler) -> Handler:
    """Around a function's handler: binds the ids for logs, and turns exceptions into safe responses.

    BadRequest becomes its status with `{"error", "id"}`; everything else a 500 with nothing but an id, and
    one logged line with the stack trace. The id, also in the header `X-Correlation-Id`, is the
    caller's own `X-Correlation-Id` or trace id where it sent one.
    """

    @wraps(handler)
    def answered(request: Request) -> Response:
        correlation_id = _bind(request)
        try:
            response = handler(request)
        except BadRequest as error:
            _log.warning("request refused", status=error.status, reason=str(error), path=request.path)
            _discard(request)
            response = reply_json({"error": str(error), "id": correlation_id}, error.status)
        except Exception:
            _log.exception("request failed", path=request.path)
            response = reply_json({"error": "internal error", "id": correlation_id}, 500)
        response.headers["X-Correlation-Id"] = correlation_id
        return response

    return answered


def _read(request: Request, most: int) -> bytes:
    try:
        return request.stream.read(most)
    except (ClientDisconnected, OSError) as error:
        raise BadRequest("The body ends early.") from error


def _discard(request: Request) -> None:
    """Takes in the rest of a refused body: closed before that, the caller may never see the refusal."""
    with suppress(BadRequest):
        for _ in range(_MOST_DISCARDED // _CHUNK_BYTES):
            if not _read(request, _CHUNK_BYTES):
                return


def _bind(request: Request) -> str:
    logs.clear()
    trace = _TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
    own = request.headers.get("X-Correlation-Id", "")
    correlation_id = own if _CORRELATION_ID.fullmatch(own) else trace[1] if trace else uuid.uuid4().hex
    logs.bind(correlation_id=correlation_id)
    if trace:
        logs.bind(trace=trace[1], span=trace[2])
    return correlation_id


def _deeper_than(value: Any, levels: int) -> bool:
    layer: list[Any] = [value]
    for _ in range(levels):
        layer = [
            child
            for each in layer
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not layer:
            return False
    return True
