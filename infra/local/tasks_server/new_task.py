"""Checks a task that a client wants to create and completes it (task.proto, target.proto)."""

from __future__ import annotations

import re
import uuid
from urllib.parse import quote, urlsplit

from infra.local.tasks_server.messages import HttpMethod, Message, plain, seconds, set_time
from infra.local.tasks_server.names import split_task
from infra.local.tasks_server.refusal import invalid, unsupported

_LONGEST_URL = 2083
_LARGEST_TASK = 100 * 1024
_LARGEST_HEADERS = 80 * 1024
_LONGEST_DELAY = 30 * 24 * 3600.0
_DEADLINES = (15.0, 1800.0)
_DEADLINE = 600.0
_METHODS_WITH_BODY = frozenset({HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH})
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def new_task(asked: Message, queue_name: str, now: float) -> Message:
    """The complete Task for what a client `asked` to be put into a queue.

    Fills name, method, schedule_time, dispatch_deadline, create_time; clears what is output only. Raises
    Refusal: INVALID_ARGUMENT for a wrong value, UNIMPLEMENTED for a kind of task that is not HTTP.
    """
    _refuse_unsupported(asked)
    if asked.ByteSize() > _LARGEST_TASK:
        raise invalid(f"Task size too large: {asked.ByteSize()} bytes, at most {_LARGEST_TASK}.")
    task = plain("Task")(name=asked.name or f"{queue_name}/tasks/{uuid.uuid4().hex}")
    if split_task(task.name)[0] != queue_name:
        raise invalid(f"The task name {task.name!r} is not in the queue {queue_name!r}.")
    task.http_request.CopyFrom(asked.http_request)
    _complete_request(task.http_request)
    set_time(task.schedule_time, _start(asked, now))
    set_time(task.dispatch_deadline, _deadline(asked))
    set_time(task.create_time, int(now))
    return task


def encoded_url(url: str) -> str:
    """`url` as it is sent: characters that no URL may hold are percent-encoded, the rest stays as it is."""
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~")


def _refuse_unsupported(asked: Message) -> None:
    present = {field.name for field, _ in asked.ListFields()}
    for field in ("app_engine_http_request", "retry_config"):
        if field in present:
            raise unsupported(f"{field} on a task")
    if "http_request" not in present:
        raise invalid("The task has no http_request: there is nothing to send.")
    if asked.http_request.HasField("oauth_token"):
        raise unsupported("oauth_token; use oidc_token")


def _complete_request(request: Message) -> None:
    _check_url(request.url)
    _check_headers(dict(request.headers))
    request.http_method = request.http_method or HttpMethod.POST
    if request.http_method not in HttpMethod.__members__.values():
        raise invalid(f"Unknown http_method {request.http_method}.")
    if request.body and request.http_method not in _METHODS_WITH_BODY:
        raise invalid("A body is allowed with POST, PUT and PATCH only.")
    if request.HasField("oidc_token") and not request.oidc_token.service_account_email:
        raise invalid("oidc_token needs a service_account_email.")


def _check_url(url: str) -> None:
    if not url.startswith(("http://", "https://")):
        raise invalid(f"The url must begin with http:// or https://, not {url[:100]!r}.")
    if (length := len(encoded_url(url))) > _LONGEST_URL:
        raise invalid(f"The url is too long: {length} characters, at most {_LONGEST_URL}.")
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise invalid(f"The url has no usable host or port: {url[:100]!r}.")


def _check_headers(headers: dict[str, str]) -> None:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or any(sign in value for sign in "\r\n\0"):
            raise invalid(
                f"The header {name[:100]!r} cannot be sent: its name or value holds a wrong character."
            )
    if sum(len(name.encode()) + len(value.encode()) for name, value in headers.items()) >= _LARGEST_HEADERS:
        raise invalid("The headers are too large: they must be below 80 KB together.")


def _start(asked: Message, now: float) -> float:
    start = max(now, seconds(asked.schedule_time))
    if start > now + _LONGEST_DELAY:
        raise invalid("schedule_time is too far in the future: at most 30 days ahead.")
    return start


def _deadline(asked: Message) -> float:
    if not asked.HasField("dispatch_deadline"):
        return _DEADLINE
    deadline = seconds(asked.dispatch_deadline)
    if not _DEADLINES[0] <= deadline <= _DEADLINES[1]:
        raise invalid(f"dispatch_deadline must be from 15 s to 30 min, not {deadline:g} s.")
    return deadline
