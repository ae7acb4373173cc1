"""Prints the demo as a person reads it."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from rich.console import Console
from rich.text import Text

from infra.local.demo.chats import Heard
from infra.local.demo.questions import Question
from infra.local.demo.turn import Turn
from infra.local.state import State
from tendero.assistant.reply import EngineName

# Narrow enough for a README, wide enough for a product's line.
_WIDTH = 96


class Transcript:
    """Writes each step as soon as it is done. `model` is named beside the engine that asks it."""

    def __init__(self, model: str, console: Console | None = None) -> None:
        self._engines = {str(EngineName.OPENAI): f"{EngineName.OPENAI} ({model})"}
        self._console = console or Console(highlight=False, emoji=False)

    def step(self, text: str) -> None:
        self._line(text, "bold")

    def sync(self, report: Mapping[str, Any], embedded: int, fan_out_seconds: float) -> None:
        """The figures of the sync function's report, and how long its embedding tasks took afterwards."""
        for name in ("products", "variations", "inserted", "updated", "unchanged", "deactivated"):
            self._line(f"{report[name]:>8}  {name}")
        self._line(f"{report['duration_seconds']:>8.1f}  seconds")
        self._line(
            f"{embedded:>8}  products that are shown, embedded by queued tasks, {fan_out_seconds:.1f} s after"
            " the sync"
        )
        for problem in report["errors"]:
            self._line(f"    {problem}", "yellow")
        self._line()

    def turn(self, question: Question, turn: Turn) -> None:
        """One question and its answer."""
        self._bubble("Customer", question.text, "cyan", f"{question.language}, {question.about}")
        told = f"{turn.outcome}, by {self._engine(turn)}, {turn.milliseconds:.0f} ms"
        self._bubble("Tendero", turn.text, "green", told)
        self._line()

    def chat(self, texts: Sequence[str], heard: Heard) -> None:
        """What a customer wrote on a channel that is answered later, and everything that was sent for it."""
        for text in texts:
            self._bubble("Customer", text, "cyan", "")
        for number, text in enumerate(heard.texts):
            note = f"{heard.milliseconds / 1000:.1f} s later" if number == 0 else ""
            self._bubble("Tendero", text, "green", note)
        self._line()

    def note(self, text: str) -> None:
        self._line(f"  {text}", "dim")
        self._line()

    def sold(self, sku: str, left: int) -> None:
        """Between the sync and the next question, the shop sold some."""
        self.note(f"(Meanwhile the shop sells over the counter: {left} left of {sku}.)")

    def times(self, turns: Sequence[Turn]) -> None:
        spent = sorted(turn.milliseconds for turn in turns)
        engines = ", ".join(sorted({self._engine(turn) for turn in turns}))
        self.step(
            f"{len(turns)} questions answered by {engines}: median {statistics.median(spent):.0f} ms,"
            f" slowest {spent[-1]:.0f} ms (Dialogflow waits 5000 ms)."
        )
        self._line()

    def next_steps(self, state: State, command: str) -> None:
        """Where everything is, and what to try."""
        self._line()
        self.step("Everything stays up until Ctrl-C:")
        for name, place in {**state.urls, "logs": str(state.folder / "logs")}.items():
            self._line(f"  {name:<9}  {place}")
        self._line()
        self.step("Try in another terminal:")
        for command_line in (
            ".venv/bin/tendero ask '¿Tenéis botas de montaña?'",
            ".venv/bin/tendero search 'mochila' --in-stock",
            ".venv/bin/tendero doctor",
            ".venv/bin/tendero trigger twilio burst --wait 10",
            command,
        ):
            self._line(f"  {command_line}")

    def _engine(self, turn: Turn) -> str:
        return self._engines.get(turn.engine, turn.engine)

    def _line(self, text: str = "", style: str = "") -> None:
        self._console.print(Text(text, style=style), soft_wrap=True)

    def _bubble(self, who: str, text: str, style: str, note: str) -> None:
        head = Text(f"  {who:<9} {note}".rstrip(), style="dim")
        head.stylize(f"bold {style}", 0, len(who) + 2)
        self._console.print(head)
        for line in text.splitlines():
            # Addresses stay whole, to be clicked.
            for row in wrap(line, _WIDTH - 4, break_long_words=False, break_on_hyphens=False):
                self._line(f"    {row}")
