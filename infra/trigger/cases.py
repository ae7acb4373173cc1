"""The sample events, one file per case in the folder of its channel, as the requests that they are."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from infra import samples
from tendero.platform.errors import TenderoError


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
    return sorted(each.name for each in samples.FOLDER.iterdir() if each.is_dir())


def cases(channel: str) -> list[Case]:
    """All of a channel, by name. Raises NoSuchCase naming the channels that there are."""
    if channel not in channels():
        raise NoSuchCase(f"There is no channel {channel!r}; there are {', '.join(channels())}.")
    return [case(channel, name) for name in samples.cases(channel)]


def case(channel: str, name: str, **places: str) -> Case:
    """One case, with ids that nobody has used and the time of now; `places` are those of its platform's own.

    Raises NoSuchCase naming those that there are.
    """
    known = samples.cases(channel)
    if name not in known:
        some = f"there are {', '.join(known)}" if known else f"channels are {', '.join(channels())}"
        raise NoSuchCase(f"There is no case {name!r} of {channel}; {some}.")
    now = time.time()
    read = samples.sample(channel, name, int(now * 100), now, **places)
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
