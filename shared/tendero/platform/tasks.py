"""Work handed to a queue, which calls one of our functions for each piece."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit

from tendero.platform import logs
from tendero.platform.cloud_tasks import CloudTasks
from tendero.platform.errors import ServiceUnavailable, SettingsError, TaskError
from tendero.platform.settings import Settings

Payload = dict[str, Any]

# The API's own text says 100 KB where the quota page says 1 MB.
_MOST_BYTES = 100_000
_CALL_SECONDS = 10.0
_ALL_SECONDS = 60.0
_THREADS = 16


class TaskQueue(Protocol):
    """Where functions put work for later."""

    def enqueue(
        self, url: str, payload: Payload, *, name: str | None = None, delay_seconds: float = 0
    ) -> bool:
        """Queues a POST of `payload` as JSON to `url`, at the earliest after `delay_seconds`.

        False when a task of that `name` is or was queued within about the last hour. Raises TaskError, or
        ServiceUnavailable when the queue does not answer.
        """

    def enqueue_all(self, url: str, tasks: Sequence[tuple[str | None, Payload]]) -> int:
        """`enqueue` for each (name, payload), several at once; how many were new."""

    def pause(self) -> None:
        """Lets no task go out until `resume`. Raises TaskError or ServiceUnavailable."""

    def resume(self) -> None:
        """Lets tasks go out again. Raises TaskError or ServiceUnavailable."""


class CloudTasksQueue:
    """A queue of Google Cloud Tasks, by its id in the settings' project and location.

    An attempt that takes longer than `dispatch_deadline_seconds` (15 to 1800) counts as failed: give a few
    more than the function's own time limit, so that two attempts never overlap. A
    creation that the service does not take is tried again, and given up after `patience_seconds`.
    """

    def __init__(
        self,
        settings: Settings,
        queue: str,
        *,
        dispatch_deadline_seconds: float = 600,
        patience_seconds: float = _ALL_SECONDS,
    ) -> None:
        if not settings.gcp_project_id:
            raise SettingsError(f"Set GCP_PROJECT_ID (project of the queue {queue}).")
        self.path = f"projects/{settings.gcp_project_id}/locations/{settings.tasks_location}/queues/{queue}"
        self._account = settings.tasks_service_account
        self._dispatch_deadline = dispatch_deadline_seconds
        self._patience = patience_seconds
        self._service = CloudTasks(settings.cloud_tasks_emulator_host)

    def enqueue(
        self, url: str, payload: Payload, *, name: str | None = None, delay_seconds: float = 0
    ) -> bool:
        """See `TaskQueue.enqueue`. `name` may hold any characters."""
        task = self._task(url, payload, name, delay_seconds)
        with self._explained("a task"):
            return self._service.create(self.path, task, self._patience)

    def pause(self) -> None:
        """See `TaskQueue.pause`. Needs the permission cloudtasks.queues.pause."""
        with self._explained("the order to pause"):
            self.client().pause_queue(name=self.path, retry=_retry(), timeout=_CALL_SECONDS)

    def resume(self) -> None:
        """See `TaskQueue.resume`. Needs the permission cloudtasks.queues.resume."""
        with self._explained("the order to resume"):
            self.client().resume_queue(name=self.path, retry=_retry(), timeout=_CALL_SECONDS)

    def enqueue_all(self, url: str, tasks: Sequence[tuple[str | None, Payload]]) -> int:
        """See `TaskQueue.enqueue_all`."""
        put = partial(self._put, url)
        # One call alone waits for a round trip; the API has none for several tasks.
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="enqueue") as threads:
            return sum(threads.map(put, tasks))

    @contextmanager
    def _explained(self, wish: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._explain(error, wish)
            raise

    def _explain(self, error: Exception, wish: str) -> None:
        from google.api_core import exceptions

        if isinstance(error, exceptions.ServerError | exceptions.TooManyRequests | exceptions.RetryError):
            raise ServiceUnavailable(f"Cloud Tasks does not take {wish} for {self.path}: {error}") from error
        if isinstance(error, exceptions.NotFound):
            raise TaskError(f"There is no queue {self.path}. Create it, or correct its name.") from error
        if isinstance(error, exceptions.GoogleAPICallError):
            raise TaskError(f"Cloud Tasks refuses {wish} for {self.path}: {error.message}") from error

    def _put(self, url: str, task: tuple[str | None, Payload]) -> bool:
        name, payload = task
        return self.enqueue(url, payload, name=name)

    def _task(self, url: str, payload: Payload, name: str | None, delay_seconds: float) -> dict[str, Any]:
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) > _MOST_BYTES:
            raise TaskError(f"A task may carry {_MOST_BYTES} bytes, this one has {len(body)}: send ids.")
        request: dict[str, Any] = {
            "url": url,
            "http_method": "POST",
            # The function that works it off logs under the same id.
            "headers": {"Content-Type": "application/json", **logs.correlation()},
            "body": body,
        }
        if self._account:
            request["oidc_token"] = {"service_account_email": self._account, "audience": _base(url)}
        task: dict[str, Any] = {
            "http_request": request,
            "dispatch_deadline": {"seconds": int(self._dispatch_deadline)},
        }
        if name is not None:
            task["name"] = f"{self.path}/tasks/{_task_id(name)}"
        if delay_seconds > 0:
            due = time.time() + delay_seconds
            task["schedule_time"] = {"seconds": int(due), "nanos": int(due % 1 * 1e9)}
        return task

    def client(self) -> Any:
        """The library's own CloudTasksClient, one for all threads."""
        return self._service.client()


def _retry() -> Any:
    from google.api_core import exceptions
    from google.api_core.retry import Retry, if_exception_type

    passing = if_exception_type(
        exceptions.ServiceUnavailable,
        exceptions.DeadlineExceeded,
        exceptions.InternalServerError,
        exceptions.ResourceExhausted,
        exceptions.Aborted,
    )
    return Retry(predicate=passing, initial=0.2, maximum=5.0, multiplier=2.0, timeout=_ALL_SECONDS)


def _task_id(name: str) -> str:
    """The queue spreads load by the beginning of ids, so they begin with a hash."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{digest}-{re.sub(r'[^A-Za-z0-9_-]', '-', name)[:200]}"


def _base(url: str) -> str:
    """The service's own URL: what Cloud Run accepts as a token's audience."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
