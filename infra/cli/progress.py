"""How far a sync is, on stderr: a bar for a person, a line now and then for a log."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tendero.catalog.report import Figures

Show = Callable[[Figures], None]
Clock = Callable[[], float]

# A run that ends sooner leaves no line in a log.
_BETWEEN_LINES = 5.0
# Of the last so many seconds is the rate: a source slows down and recovers.
_PACE_SECONDS = 30.0


@contextmanager
def progress(source: str, stream: Console, clock: Clock = time.monotonic) -> Iterator[Show]:
    """What a sync of this source calls with its figures while it goes on."""
    if not stream.is_terminal:
        yield _lines(source, stream, clock)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[status]}"),
    )
    pace = Pace(clock)
    with Progress(*columns, console=stream, transient=True) as bar:
        task = bar.add_task(source, total=None, status="")
        # A catalogue that grows meanwhile sends more than it announced.
        yield lambda figures: bar.update(
            task,
            completed=figures.read,
            total=None if figures.expected is None else max(figures.expected, figures.read),
            status=_status(figures, pace),
        )


class Pace:
    """How fast a run reads. One that was taken up again begins with what it had read before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def rate(self, read: int) -> float:
        """Items per second lately, now that so many are read; 0 where that is not known yet."""
        now = self._clock()
        self._seen.append((now, read))
        while now - self._seen[0][0] > _PACE_SECONDS and len(self._seen) > 2:
            self._seen.popleft()
        then, before = self._seen[0]
        return (read - before) / (now - then) if now > then else 0.0


def _lines(source: str, stream: Console, clock: Clock) -> Show:
    pace = Pace(clock)
    told = clock()

    def show(figures: Figures) -> None:
        nonlocal told
        status = _status(figures, pace)
        if clock() - told >= _BETWEEN_LINES:
            told = clock()
            announced = f" of {figures.expected}" if figures.expected else ""
            stream.print(f"{source}: {figures.read}{announced} read, {status}")

    return show


def _status(figures: Figures, pace: Pace) -> str:
    rate = pace.rate(figures.read)
    parts = [f"{rate:.0f}/s"] if rate else []
    if rate and figures.expected and figures.expected > figures.read:
        parts.append(f"{timedelta(seconds=round((figures.expected - figures.read) / rate))} left")
    return ", ".join(
        [
            *parts,
            f"{figures.inserted} new",
            f"{figures.updated} changed",
            f"{figures.unchanged} same",
            f"{figures.deactivated} gone",
        ]
    )
