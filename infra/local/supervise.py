"""Keeps a stack up until told to end: watches its parts, reloads them, and keeps the shop's sync schedule."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from infra.build import ROOT, SOURCES, BuildError, build
from infra.local.process import ProcessDied
from infra.local.schedule import Schedule
from infra.local.stack import Options, Stack
from infra.local.state import State
from tendero.platform.settings import Settings

_WATCHED = (ROOT / "shared", ROOT / "functions")
_SWEEP_SECONDS = 5 * 60
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def supervise(
    options: Options, ready: Callable[[State], str | None], *, reload: bool = False, fresh: bool = False
) -> None:
    """Starts the stack, calls `ready` when it serves, and returns after SIGINT, SIGTERM or SIGHUP.

    `ready` gives the status to tell from then on; None stops the stack at once. `fresh` begins with an empty
    database.

    With `reload`, the functions are built and started anew whenever a source file changes. Everything is
    stopped in the end. Raises what `Stack.start` and `ready` raise, and ProcessDied when a part ends early.
    """
    stack = Stack(options)
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    try:
        state = stack.start(fresh=fresh)
        status = ready(state)
        if status is None:
            return
        stack.tell(status)
        schedules = _schedules(state, Settings.load(options.user))
        for changed in _changes() if reload else _ticks():
            for schedule in schedules:
                schedule.tick()
            if changed:
                _reload(stack)
            # A function that does not start is a mistake being edited: the next change gets another chance.
            stack.check(except_for=SOURCES if reload else ())
    except KeyboardInterrupt:
        return
    finally:
        # A second Ctrl-C must not leave half of it running.
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        stack.stop()


def _schedules(state: State, settings: Settings) -> tuple[Schedule, ...]:
    return (
        Schedule(state.urls["sync"], settings.sync_interval_minutes * 60, {}),
        Schedule(state.urls["reply"], _SWEEP_SECONDS, {"sweep": True}),
    )


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _ticks() -> Iterator[bool]:
    while True:
        time.sleep(0.5)
        yield False


def _changes() -> Iterator[bool]:
    from watchfiles import PythonFilter, watch

    chosen = PythonFilter(extra_extensions=(".sql", ".txt", ".json"))
    for changes in watch(*_WATCHED, watch_filter=chosen, rust_timeout=1000, yield_on_timeout=True):
        for _, path in sorted(changes):
            _say(f"changed: {Path(path).relative_to(ROOT)}")
        yield bool(changes)


def _reload(stack: Stack) -> None:
    began = time.monotonic()
    for name, folder in SOURCES.items():
        try:
            build(folder)
            stack.restart(name)
        except (BuildError, ProcessDied) as error:
            _say(str(error))
    _say(f"reloaded in {time.monotonic() - began:.1f} s")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
