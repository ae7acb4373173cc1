"""Google Secret Manager: one call, over a gRPC channel that is opened at the first."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Any

from tendero.platform.deferred import defer
from tendero.platform.google_grpc import api_error, channel, routing

_METHOD = "/google.cloud.secretmanager.v1.SecretManagerService/AccessSecretVersion"


class SecretManager:
    """Secret Manager itself, or the server at `emulator` (host:port). Threads may share it."""

    def __init__(self, emulator: str = "") -> None:
        self._emulator = emulator
        self._lock = threading.Lock()

    def access_secret_version(self, *, name: str, timeout: float) -> Any:
        """The version of this full name, as an AccessSecretVersionResponse; `timeout` in seconds.

        Raises GoogleAPICallError; GoogleAuthError at the first call.
        """
        with self._lock:
            request, send = self._access
        import grpc

        try:
            return send(request(name=name), timeout=timeout, metadata=routing("name", name))
        except grpc.RpcError as error:
            raise api_error(error) from error

    @cached_property
    def _access(self) -> tuple[Any, Any]:
        defer("google.cloud.secretmanager_v1")
        from google.cloud.secretmanager_v1.types import service

        request, response = service.AccessSecretVersionRequest.pb(), service.AccessSecretVersionResponse.pb()
        opened = channel("secretmanager.googleapis.com", self._emulator)
        send = opened.unary_unary(
            _METHOD, request_serializer=request.SerializeToString, response_deserializer=response.FromString
        )
        return request, send
