"""The sample deliveries of Chatwoot, with their places filled in."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any

from infra.samples import cases, sample
from tendero.channels.channel import Event
from tendero.channels.chatwoot.event import read

NAMES = cases("chatwoot")
NUMBER = 1_234_567


def deliveries(case: str, number: int = NUMBER, now: float = 1_700_000_000.0) -> list[dict[str, Any]]:
    """The deliveries of a case."""
    found: list[dict[str, Any]] = sample("chatwoot", case, number, now)["deliveries"]
    return found


def body(case: str, place: int = 0, **fields: Any) -> dict[str, Any]:
    """The JSON of one delivery, with these fields instead."""
    return {**deliveries(case)[place]["json"], **fields}


def events(case: str, place: int = 0, **fields: Any) -> list[Event]:
    """What one delivery tells."""
    return read(body(case, place, **fields), "")


def signed(content: bytes, secret: str, at: float | None = None) -> dict[str, str]:
    """The headers of a signed delivery, by the rule as Chatwoot documents it."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + content, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Chatwoot-Timestamp": timestamp,
        "X-Chatwoot-Signature": f"sha256={digest}",
    }
