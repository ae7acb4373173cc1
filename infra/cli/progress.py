"""How far a sync is, on stderr: a bar for a person, a line now and then for a log."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from tendero.catalog.report import Figures

Show = Callable[[Figures], None]
Clock = Callable[[], float]

# A run that ends sooner leaves no line in a log.
_BETWEEN_LINES = 5.0
# The rate is that of the last so many seconds: a source slows down and recovers.
_PACE_SECONDS = 30.0


@contextmanager
def progress(source: str, stream: Console, clock: Clock = time.monotonic) -> Iterator[Show]:
    """What a sync of this source calls with its figures while it goes on."""
    pace = Pace(clock)
    if not stream.is_terminal:
        yield _lines(source, stream, clock, pace)
        return
    with _Bar(source, stream) as bar:
        yield lambda figures: bar.show(figures, pace)


class _Bar(Progress):
    """Below the bar stands what became of the rows."""

    def __init__(self, source: str, stream: Console) -> None:
        self._counts = ""
        super().__init__(
            # Turns while embeddings are made, too, when everything is read already.
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}"),
            console=stream,
            transient=True,
        )
        self._task = self.add_task(source, total=None, pace="")

    def show(self, figures: Figures, pace: Pace) -> None:
        # A catalogue that grows meanwhile sends more than it announced.
        total = None if figures.expected is None else max(figures.expected, figures.read)
        self._counts = _counts(figures)
        self.update(self._task, completed=figures.read, total=total, pace=pace.told(figures))

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        yield Text(f"  {self._counts}")


class Pace:
    """How fast a run reads. One that was taken up again begins with what it had read before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def told(self, figures: Figures) -> str:
        """Items per second and the time left, as far as they are known."""
        rate = self._rate(figures.read)
        if not rate:
            return ""
        left = (figures.expected or 0) - figures.read
        return f"{rate:.0f}/s" + (f", {timedelta(seconds=round(left / rate))} left" if left > 0 else "")

    def _rate(self, read: int) -> float:
        now = self._clock()
        self._seen.append((now, read))
        while now - self._seen[0][0] > _PACE_SECONDS and len(self._seen) > 2:
            self._seen.popleft()
        then, before = self._seen[0]
        return (read - before) / (now - then) if now > then else 0.0


def _lines(source: str, stream: Console, clock: Clock, pace: Pace) -> Show:
    told = clock()

    def show(figures: Figures) -> None:
        nonlocal told
        speed = pace.told(figures)
        if clock() - told >= _BETWEEN_LINES:
            told = clock()
            announced = f" of {figures.expected}" if figures.expected else ""
            parts = [f"{figures.read}{announced} read", speed, _counts(figures)]
            stream.print(f"{source}: {', '.join(filter(None, parts))}")

    return show


def _counts(figures: Figures) -> str:
    return (
        f"{figures.inserted} new, {figures.updated} changed, {figures.unchanged} same,"
        f" {figures.deactivated} gone"
    )
