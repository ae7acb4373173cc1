"""Sends requests over kept connections and tells how long each answer took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.deliveries import Delivery

# gunicorn closes an idle connection after 2.
_KEPT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """`seconds` of each answer, and those that all of them took together."""

    seconds: Sequence[float]
    together: float

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.together

    def percentile(self, share: float) -> float:
        """In seconds; this share of the answers came within it."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


def send(
    port: int, deliveries: Sequence[Delivery], connections: int, due: Sequence[float] | None = None
) -> Measured:
    """Sends them to this port of this machine, each after `due` seconds, or as soon as a connection is free.

    Raises RuntimeError for an answer other than 200.
    """
    requests = [_raw(each, port) for each in deliveries]
    return asyncio.run(_all(port, requests, connections, due or [0.0] * len(requests)))


async def _all(port: int, requests: Sequence[bytes], connections: int, after: Sequence[float]) -> Measured:
    seconds: list[float] = []
    begun = time.perf_counter()
    due = iter([(begun + wait, request) for wait, request in zip(after, requests, strict=True)])
    await asyncio.gather(*(_connection(port, due, seconds) for _ in range(connections)))
    return Measured(seconds, time.perf_counter() - begun)


async def _connection(port: int, due: Iterator[tuple[float, bytes]], seconds: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for at, request in due:
        if (early := at - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        if early > _KEPT_SECONDS:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        begun = time.perf_counter()
        writer.write(request)
        lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
        if not lines[0].endswith(b"200 ok"):
            raise RuntimeError(f"answered {lines[0].decode()}")
        await reader.readexactly(
            next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        )
        seconds.append(time.perf_counter() - begun)
        if b"connection: close" in lines:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def _raw(delivery: Delivery, port: int) -> bytes:
    method, body = ("GET", b"") if delivery.body is None else ("POST", delivery.body)
    headers = {"Host": f"127.0.0.1:{port}", **delivery.headers, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {delivery.path} HTTP/1.1\r\n{head}\r\n".encode() + body
