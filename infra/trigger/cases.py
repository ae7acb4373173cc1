"""The sample events: one file per case in the folder of its channel."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.build import ROOT
from tendero.platform.errors import TenderoError

EVENTS = ROOT / "tests" / "events"


class NoSuchCase(TenderoError):
    """There is no sample event of this channel and name."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One request of a platform, `after` seconds from the first. Its body is `form` or `json`.

    `signed`: right, or with another secret (`wrong`), or not at all.
    """

    after: float
    method: str
    content_type: str
    headers: dict[str, str]
    query: dict[str, str]
    form: dict[str, str] | None
    json: Any
    signed: bool | str


@dataclass(frozen=True)
class Case:
    """A sample event: what it is, and the requests that it consists of."""

    channel: str
    name: str
    describe: str
    deliveries: tuple[Delivery, ...]


def channels() -> list[str]:
    return sorted(each.name for each in EVENTS.iterdir() if each.is_dir())


def cases(channel: str) -> list[Case]:
    """All of a channel, by name."""
    return [case(channel, file.stem) for file in sorted((EVENTS / channel).glob("*.json"))]


def case(channel: str, name: str) -> Case:
    """One case, with fresh ids and the time of now. Raises NoSuchCase naming those that there are."""
    file = EVENTS / channel / f"{name}.json"
    if channel not in channels():
        raise NoSuchCase(f"There is no channel {channel!r}; there are {', '.join(channels())}.")
    if not file.is_file():
        known = ", ".join(sorted(each.stem for each in (EVENTS / channel).glob("*.json")))
        raise NoSuchCase(f"There is no case {name!r} of {channel}; there are {known}.")
    read = _filled(json.loads(file.read_text(encoding="utf-8")), _values())
    return Case(channel, name, read["describe"], tuple(_delivery(each) for each in read["deliveries"]))


def _delivery(read: dict[str, Any]) -> Delivery:
    return Delivery(
        after=float(read.get("after", 0)),
        method=read.get("method", "POST"),
        content_type=read.get("content_type", "application/json"),
        headers=read.get("headers", {}),
        query=read.get("query", {}),
        form=read.get("form"),
        json=read.get("json"),
        signed=read.get("signed", True),
    )


def _values() -> dict[str, Any]:
    """What stands in a case's file in double braces."""
    now = time.time()
    return {
        # 30 characters: with two of the file's own they are a Twilio SID's.
        "id": uuid.uuid4().hex[:30],
        "number": int(now * 1000) % 2**31,
        "now": int(now),
        "now_iso": datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _filled(value: Any, values: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(each, values) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    if not isinstance(value, str):
        return value
    for name, given in values.items():
        if value == f"{{{{{name}}}}}":
            return given
        value = value.replace(f"{{{{{name}}}}}", str(given))
    return value
