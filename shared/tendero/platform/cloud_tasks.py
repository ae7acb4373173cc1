"""The connection to Google Cloud Tasks: one gRPC channel, opened at the first call."""

from __future__ import annotations

import json
import threading
from functools import cached_property
from typing import Any

from tendero.platform.deferred import defer
from tendero.platform.google_grpc import api_error, channel, routing

_HOST = "cloudtasks.googleapis.com"
_SERVICE = "google.cloud.tasks.v2.CloudTasks"
_RETRIED = ("UNAVAILABLE", "INTERNAL", "RESOURCE_EXHAUSTED", "ABORTED")
# The service repeats no creation by itself. A task queued twice is worked off twice, harmlessly.
_CHANNEL_OPTIONS = (
    (
        "grpc.service_config",
        json.dumps(
            {
                "methodConfig": [
                    {
                        "name": [{"service": _SERVICE, "method": "CreateTask"}],
                        "retryPolicy": {
                            "maxAttempts": 5,
                            "initialBackoff": "0.2s",
                            "maxBackoff": "5s",
                            "backoffMultiplier": 3,
                            "retryableStatusCodes": _RETRIED,
                        },
                    }
                ]
            }
        ),
    ),
)


class CloudTasks:
    """Cloud Tasks itself, or the server at `emulator` (host:port). Threads may share it."""

    def __init__(self, emulator: str = "") -> None:
        self._emulator = emulator
        self._lock = threading.Lock()

    def create(self, queue: str, task: dict[str, Any], seconds: float) -> bool:
        """Creates a task in the queue of this full name; False where its own name is or was taken.

        For `seconds` it is tried again while the service does not answer. Raises GoogleAPICallError.
        """
        with self._lock:
            request, send = self._creation
        import grpc

        try:
            send(
                request(parent=queue, task=task),
                timeout=seconds,
                metadata=routing("parent", queue),
            )
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.ALREADY_EXISTS:
                return False
            raise api_error(error) from error
        return True

    def client(self) -> Any:
        """The library's CloudTasksClient over the same channel, for everything else."""
        with self._lock:
            return self._client

    @cached_property
    def _client(self) -> Any:
        from google.cloud import tasks_v2
        from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

        return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=self._channel))

    @cached_property
    def _creation(self) -> tuple[Any, Any]:
        defer("google.cloud.tasks_v2")
        from google.cloud.tasks_v2.types import cloudtasks

        request = cloudtasks.CreateTaskRequest.pb()
        send = self._channel.unary_unary(
            f"/{_SERVICE}/CreateTask", request_serializer=request.SerializeToString
        )
        return request, send

    @cached_property
    def _channel(self) -> Any:
        return channel(_HOST, self._emulator, _CHANNEL_OPTIONS)
