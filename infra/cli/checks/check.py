"""The outcome of looking at one thing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """`warn`: it works, with less than it could. `fail`: customers or syncs are affected."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's report: what was seen and, unless all is well, what to do."""

    name: str
    level: Level
    seen: str
    fix: str = ""


def ok(name: str, seen: str) -> Check:
    return Check(name, Level.OK, seen)


def warn(name: str, seen: str, fix: str) -> Check:
    return Check(name, Level.WARN, seen, fix)


def fail(name: str, seen: str, fix: str = "") -> Check:
    """Without `fix` where the message that was seen says what to do."""
    return Check(name, Level.FAIL, seen, fix)
