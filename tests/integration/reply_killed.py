"""A process that kills itself with SIGKILL at the n-th step of working off an event.

Steps are before and after all that leaves the process: a transaction's begin and commit, thinking, a call to
the platform. The objects handed to the worker are wrapped for that; the worker itself knows nothing of it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What a worker imports late: processes that are forked share it.
import dbutils.pooled_db  # noqa: F401
import pg8000.dbapi  # noqa: F401
import structlog.processors  # noqa: F401

from tendero.channels.desk import Times
from tendero.platform.connect import database
from tendero.platform.database import Database, Transaction
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings
from tests.integration.reply_bench import Bench, Engine, Platform

NEVER = 10**6
# The leases of the dead end soon.
TIMES = Times(lease=0.5, call=0.3, database=10.0, patience=0.2)
PIECES = 2


class Fuse:
    """Counts steps, and ends the process at one of them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.steps = 0

    def step(self, *_: Any) -> None:
        self.steps += 1
        if self.steps == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class FusedDatabase:
    """A database with a step before each transaction, before its commit, and after it."""

    def __init__(self, db: Database, fuse: Fuse) -> None:
        self._db, self._fuse = db, fuse

    @contextmanager
    def transaction(self, deadline: Deadline | None = None) -> Iterator[Transaction]:
        self._fuse.step()
        with self._db.transaction(deadline) as transaction:
            yield transaction
            self._fuse.step()
        self._fuse.step()


class FusedEngine(Engine):
    fuse: Fuse

    def think(self, *asked: Any) -> Any:
        self.fuse.step()
        thought = super().think(*asked)
        self.fuse.step()
        return thought


def bench(url: str, file: Path, at: int = NEVER) -> tuple[Bench, Fuse]:
    """Everything with a fuse in it."""
    fuse = Fuse(at)
    fused: Any = FusedDatabase(database(Settings.load({"DATABASE_URL": url})), fuse)
    engine = FusedEngine(pieces=PIECES)
    engine.fuse = fuse
    platform = Platform(file, before=fuse.step, after=fuse.step)
    return Bench(fused, platform, engine, times=TIMES), fuse


def conversation(number: int) -> str:
    """The conversation of the process that dies at this step."""
    return f"c{number}"


def deliver(url: str, file: Path, number: int, at: int) -> int:
    """One delivery of a conversation's first message; the steps that it took."""
    made, fuse = bench(url, file, at)
    made.say("hi", 1, id=f"first-{number}", conversation=conversation(number))
    return fuse.steps


def main(url: str, file: Path, plan: list[str]) -> None:
    """Delivers to each conversation of the plan (`number:step`) in a process of its own, which dies there."""
    children = []
    for each in plan:
        number, at = map(int, each.split(":"))
        child = os.fork()
        if child == 0:
            deliver(url, file, number, at)
            os._exit(0)
        children.append(child)
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(*ends)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
