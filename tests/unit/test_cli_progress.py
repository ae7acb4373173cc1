"""How far a sync is, as a person and as a log are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO

import pytest
from rich.console import Console

from infra.cli.progress import progress
from tendero.catalog.report import Figures


@dataclass
class Watched:
    """A stream, and a clock that only a test moves."""

    terminal: bool
    moment: float = 0.0
    stream: StringIO = field(default_factory=StringIO)

    def console(self) -> Console:
        return Console(file=self.stream, force_terminal=self.terminal, width=80, soft_wrap=True)

    def clock(self) -> float:
        return self.moment


def figures(read: int, expected: int | None = None) -> Figures:
    return Figures(read, expected, inserted=read - 6, updated=3, unchanged=2, deactivated=1)


def test_a_log_gets_a_line_every_few_seconds() -> None:
    log = Watched(terminal=False)
    with progress("odoo", log.console(), log.clock) as show:
        for second in range(13):
            log.moment = float(second)
            show(figures(1000 + 100 * second, 10000))
    assert log.stream.getvalue().splitlines() == [
        "odoo: 1500 of 10000 read, 100/s, 0:01:25 left, 1494 new, 3 changed, 2 same, 1 gone",
        "odoo: 2000 of 10000 read, 100/s, 0:01:20 left, 1994 new, 3 changed, 2 same, 1 gone",
    ]


def test_a_short_run_leaves_no_line_in_a_log() -> None:
    log = Watched(terminal=False)
    with progress("odoo", log.console(), log.clock) as show:
        log.moment = 4.9
        show(figures(100))
    assert log.stream.getvalue() == ""


def test_a_source_that_announces_nothing_has_no_end_in_sight() -> None:
    log = Watched(terminal=False)
    with progress("odoo", log.console(), log.clock) as show:
        show(figures(100))
        log.moment = 10.0
        show(figures(150))
    assert log.stream.getvalue() == "odoo: 150 read, 5/s, 144 new, 3 changed, 2 same, 1 gone\n"


def test_the_rate_is_that_of_the_last_half_minute() -> None:
    log = Watched(terminal=False)
    with progress("odoo", log.console(), log.clock) as show:
        show(figures(10))
        for second in range(100, 150, 10):
            log.moment = float(second)
            show(figures(10000 + 7 * second))
    assert ", 7/s, " in log.stream.getvalue().splitlines()[-1]


@pytest.mark.parametrize(
    ("announced", "shown"), [(400, "200/400"), (150, "200/200"), (0, "200/200"), (None, "200/?")]
)
def test_a_person_sees_a_bar_with_the_counts(announced: int | None, shown: str) -> None:
    terminal = Watched(terminal=True)
    with progress("odoo", terminal.console(), terminal.clock) as show:
        show(figures(100, announced))
        terminal.moment = 2.0
        show(figures(200, announced))
    drawn = terminal.stream.getvalue()
    assert shown in drawn
    assert "50/s" in drawn
    assert "194 new, 3 changed, 2 same, 1 gone" in drawn
    assert ("0:00:04 left" in drawn) == (announced == 400)
