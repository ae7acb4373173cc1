"""A stand-in for Secret Manager that speaks its gRPC API."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.cloud.secretmanager_v1.types import AccessSecretVersionRequest, AccessSecretVersionResponse

from tendero.platform import secret_manager as secret_manager_client
from tendero.platform.crc32c import crc32c

_METHOD = "/google.cloud.secretmanager.v1.SecretManagerService/AccessSecretVersion"


@dataclass
class SecretManager(grpc.GenericRpcHandler):  # type: ignore[misc]
    """`secrets` maps a version's full name to its bytes, or to the gRPC status that it answers with."""

    secrets: dict[str, bytes | grpc.StatusCode] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    damaged: bool = False
    port: int = 0

    def service(self, details: Any) -> Any:
        if details.method != _METHOD:
            return None
        return grpc.unary_unary_rpc_method_handler(
            self._access,
            request_deserializer=AccessSecretVersionRequest.deserialize,
            response_serializer=AccessSecretVersionResponse.serialize,
        )

    def client(self) -> secret_manager_client.SecretManager:
        return secret_manager_client.SecretManager(f"127.0.0.1:{self.port}")

    def _access(self, request: Any, context: grpc.ServicerContext) -> AccessSecretVersionResponse:
        self.asked.append(request.name)
        held = self.secrets.get(request.name, grpc.StatusCode.NOT_FOUND)
        if isinstance(held, grpc.StatusCode):
            context.abort(held, "refused")
        checksum = crc32c(held) ^ (1 if self.damaged else 0)
        return AccessSecretVersionResponse(name=request.name, payload={"data": held, "data_crc32c": checksum})


@contextmanager
def secret_manager(**secrets: bytes | grpc.StatusCode) -> Iterator[SecretManager]:
    """The stand-in, running, with these secrets in the project `demo`."""
    state = SecretManager(
        {f"projects/demo/secrets/{name}/versions/latest": held for name, held in secrets.items()}
    )
    server = grpc.server(ThreadPoolExecutor(8), handlers=[state], options=[("grpc.so_reuseport", 0)])
    state.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield state
    finally:
        server.stop(grace=None).wait()
