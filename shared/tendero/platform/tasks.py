"""Work handed to a queue, which calls one of our functions for each piece."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit

from tendero.platform.errors import ServiceUnavailable, SettingsError, TaskError
from tendero.platform.settings import Settings

Payload = dict[str, Any]

# The API's own text says 100 KB where the quota page says 1 MB.
_MOST_BYTES = 100_000
_CALL_SECONDS = 10.0
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
    more than the function's own time limit, so that two attempts never overlap. For `patience_seconds` a
    queue that does not answer is asked again.
    """

    def __init__(
        self,
        settings: Settings,
        queue: str,
        *,
        dispatch_deadline_seconds: float = 600,
        patience_seconds: float = 60.0,
    ) -> None:
        if not settings.gcp_project_id:
            raise SettingsError(f"Set GCP_PROJECT_ID (project of the queue {queue}).")
        self.path = f"projects/{settings.gcp_project_id}/locations/{settings.tasks_location}/queues/{queue}"
        self._account = settings.tasks_service_account
        self._emulator = settings.cloud_tasks_emulator_host
        self._dispatch_deadline = dispatch_deadline_seconds
        self._patience = patience_seconds
        self._call_seconds = min(_CALL_SECONDS, patience_seconds)
        self._lock = threading.Lock()
        self._opened: Any = None

    def enqueue(
        self, url: str, payload: Payload, *, name: str | None = None, delay_seconds: float = 0
    ) -> bool:
        """See `TaskQueue.enqueue`. `name` may hold any characters."""
        from google.api_core import exceptions

        task = self._task(url, payload, name, delay_seconds)
        try:
            with self._explained("a task"):
                self.client().create_task(parent=self.path, task=task, **self._limits())
        except exceptions.AlreadyExists:
            return False
        return True

    def pause(self) -> None:
        """See `TaskQueue.pause`. Needs the permission cloudtasks.queues.pause."""
        with self._explained("the order to pause"):
            self.client().pause_queue(name=self.path, **self._limits())

    def resume(self) -> None:
        """See `TaskQueue.resume`. Needs the permission cloudtasks.queues.resume."""
        with self._explained("the order to resume"):
            self.client().resume_queue(name=self.path, **self._limits())

    def enqueue_all(self, url: str, tasks: Sequence[tuple[str | None, Payload]]) -> int:
        """See `TaskQueue.enqueue_all`."""
        put = partial(self._put, url)
        # One call alone waits for a round trip; the API has none for several tasks.
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="enqueue") as threads:
            return sum(threads.map(put, tasks))

    @contextmanager
    def _explained(self, wish: str) -> Iterator[None]:
        from google.api_core import exceptions

        try:
            yield
        except exceptions.AlreadyExists:
            raise
        except (exceptions.RetryError, exceptions.ServerError, exceptions.TooManyRequests) as error:
            raise ServiceUnavailable(f"Cloud Tasks does not take {wish} for {self.path}: {error}") from error
        except exceptions.NotFound as error:
            raise TaskError(f"There is no queue {self.path}. Create it, or correct its name.") from error
        except exceptions.GoogleAPICallError as error:
            raise TaskError(f"Cloud Tasks refuses {wish} for {self.path}: {error.message}") from error

    def _limits(self) -> dict[str, Any]:
        return {"retry": _retry(self._patience), "timeout": self._call_seconds}

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
            "headers": {"Content-Type": "application/json"},
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
        """The CloudTasksClient, one for all threads, opened at the first call."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> Any:
        from google.cloud import tasks_v2

        if not self._emulator:
            return tasks_v2.CloudTasksClient()
        import grpc
        from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

        # The client reads no emulator variable, and an api_endpoint alone would keep TLS.
        channel = grpc.insecure_channel(self._emulator)
        return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))


def _retry(seconds: float) -> Any:
    """The client by itself retries no creation. A task queued twice is worked off twice, harmlessly."""
    from google.api_core import exceptions
    from google.api_core.retry import Retry, if_exception_type

    passing = if_exception_type(
        exceptions.ServiceUnavailable,
        exceptions.DeadlineExceeded,
        exceptions.InternalServerError,
        exceptions.ResourceExhausted,
        exceptions.Aborted,
    )
    return Retry(predicate=passing, initial=0.2, maximum=5.0, multiplier=2.0, timeout=seconds)


def _task_id(name: str) -> str:
    """The queue spreads load by the beginning of ids, so they begin with a hash."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{digest}-{re.sub(r'[^A-Za-z0-9_-]', '-', name)[:200]}"


def _base(url: str) -> str:
    """The service's own URL: what Cloud Run accepts as a token's audience."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
