"""Prints the demo as a person reads it."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from infra.local.demo.questions import Question
from infra.local.demo.turn import Turn
from infra.local.state import State

# Narrow enough for a README, wide enough for a product's line.
_WIDTH = 100


class Transcript:
    """Writes each step as soon as it is done."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, width=min(_WIDTH, Console().width))

    def step(self, text: str) -> None:
        self._console.print(Text(text, style="bold"))

    def sync(self, report: Mapping[str, Any], embedded: int, fan_out_seconds: float) -> None:
        """The figures of the sync function's report, and how long its embedding tasks took afterwards."""
        table = Table.grid(padding=(0, 2))
        for name in ("processed", "inserted", "updated", "unchanged", "deactivated"):
            table.add_row("", f"{report[name]:>6}", name)
        table.add_row("", f"{report['duration_seconds']:>6.1f}", "seconds")
        table.add_row(
            "", f"{embedded:>6}", f"products embedded by queued tasks, {fan_out_seconds:.1f} s after the sync"
        )
        self._console.print(table)
        for problem in report["errors"]:
            self._console.print(Text(f"    {problem}", style="yellow"))
        self._console.print()

    def turn(self, question: Question, turn: Turn) -> None:
        """One question and its answer."""
        self._bubble("Customer", question.text, "cyan", f"{question.language}, {question.about}")
        told = f"{turn.outcome}, by {turn.engine}, {turn.milliseconds:.0f} ms"
        self._bubble("Tendero", turn.text, "green", told)
        self._console.print()

    def times(self, turns: Sequence[Turn]) -> None:
        spent = sorted(turn.milliseconds for turn in turns)
        engines = ", ".join(sorted({turn.engine for turn in turns}))
        self._console.print(
            f"{len(turns)} questions answered by {engines}: median {statistics.median(spent):.0f} ms,"
            f" slowest {spent[-1]:.0f} ms. Dialogflow waits 5000 ms."
        )

    def next_steps(self, state: State, command: str) -> None:
        """Where everything is, and what to try."""
        self._console.print()
        self.step("Everything stays up until Ctrl-C:")
        table = Table.grid(padding=(0, 2))
        for name, url in state.urls.items():
            table.add_row("", name, url)
        table.add_row("", "logs", str(state.folder / "logs"))
        self._console.print(table)
        self._console.print()
        self.step("Try in another terminal:")
        lines = (
            ".venv/bin/tendero ask '¿Tenéis botas de montaña?'",
            ".venv/bin/tendero search 'lámpara de pie' --in-stock",
            ".venv/bin/tendero doctor",
            command,
        )
        for line in lines:
            # Lines to copy must not be broken.
            self._console.print(f"  {line}", soft_wrap=True)

    def _bubble(self, who: str, text: str, style: str, note: str) -> None:
        head = Text(f"  {who:<9}", style=f"bold {style}")
        head.append(f" {note}", style="dim")
        self._console.print(head)
        self._console.print(Padding(Text(text), (0, 0, 0, 4)))
