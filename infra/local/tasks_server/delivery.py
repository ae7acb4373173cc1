"""One attempt: the HTTP request that a task's worker gets."""

from __future__ import annotations

import asyncio
import base64
import json
import time

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from infra.local.tasks_server.messages import HttpMethod, Message, seconds
from infra.local.tasks_server.new_task import encoded_url
from infra.local.tasks_server.outcome import Outcome
from infra.local.tasks_server.task import QueuedTask

_OWN_PREFIXES = ("x-cloudtasks-", "x-google-", "x-appengine-")
_OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "user-agent"})


def open_session() -> aiohttp.ClientSession:
    """The HTTP client for all deliveries; call it on the event loop and close it there.

    Each attempt gets a connection of its own: one kept open may just be closing on the worker's side, and
    would keep a worker that serves one connection at a time from all others.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers={"Content-Type"},
    )


async def deliver(session: aiohttp.ClientSession, task: QueuedTask) -> Outcome:
    """Send a task once and say what came of it; a failure of any kind is an outcome, never an exception.

    The whole exchange must end within the task's dispatch_deadline. A redirect is not followed: it fails.
    """
    request = task.message.http_request
    deadline = seconds(task.message.dispatch_deadline)
    try:
        async with (
            asyncio.timeout(deadline),
            session.request(
                HttpMethod(request.http_method).name,
                URL(encoded_url(request.url), encoded=True),
                headers=delivery_headers(task),
                data=request.body or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(),
            ) as response,
        ):
            async for _ in response.content.iter_chunked(65536):
                pass
            status = response.status
            return Outcome(status, f"HTTP status code {status}", _retry_after(response.headers))
    except TimeoutError:
        return Outcome(None, f"DEADLINE_EXCEEDED: no answer within {deadline:g} s")
    except Exception as error:  # whatever broke the attempt, the task has to be scheduled again
        return Outcome(None, f"UNAVAILABLE: {error or type(error).__name__}")


def delivery_headers(task: QueuedTask) -> CIMultiDict[str]:
    """The headers of the attempt that is under way: the task's own and those of Cloud Tasks.

    Content-Type is there only when the task has it. Source: "Create HTTP target tasks", request headers.
    """
    message = task.message
    headers = CIMultiDict(
        (name, value)
        for name, value in message.http_request.headers.items()
        if name.lower() not in _OWN_HEADERS and not name.lower().startswith(_OWN_PREFIXES)
    )
    headers["User-Agent"] = "Google-Cloud-Tasks"
    headers["X-CloudTasks-QueueName"] = message.name.split("/")[5]
    headers["X-CloudTasks-TaskName"] = task.id
    headers["X-CloudTasks-TaskRetryCount"] = str(message.dispatch_count - 1)
    headers["X-CloudTasks-TaskExecutionCount"] = str(task.executions)
    headers["X-CloudTasks-TaskETA"] = f"{task.scheduled:.6f}"
    if task.previous:
        headers["X-CloudTasks-TaskRetryReason"] = _one_line(task.previous.reason)
        if task.previous.status is not None:
            headers["X-CloudTasks-TaskPreviousResponse"] = str(task.previous.status)
    if message.http_request.HasField("oidc_token"):
        headers["Authorization"] = f"Bearer {unsigned_token(message.http_request, time.time())}"
    return headers


def unsigned_token(request: Message, now: float) -> str:
    """A JWT with the claims of Google's OIDC token for this request, but unsigned ("alg": "none").

    It shows a worker what it would get; nobody may take it as a proof of anything.
    """
    oidc = request.oidc_token
    claims = {
        "iss": "https://accounts.google.com",
        "aud": oidc.audience or request.url,
        "sub": oidc.service_account_email,
        "email": oidc.service_account_email,
        "email_verified": True,
        "iat": int(now),
        "exp": int(now) + 3600,
    }
    parts = (
        json.dumps(part, separators=(",", ":")).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)
    )
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def _retry_after(headers: CIMultiDictProxy[str]) -> float:
    # The header may also be a date; that form is rare enough for the queue's own backoff to do.
    value = headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
