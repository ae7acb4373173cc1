"""A sync's report as a person reads it: what was done on stdout, what went wrong on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.cli.console import console

if TYPE_CHECKING:
    from tendero.catalog.report import SyncReport

_PROBLEMS_SHOWN = 10
_CHANGES_SHOWN = 20


def show(report: SyncReport, *, queued: bool) -> None:
    """`queued`: a queue makes the embeddings."""
    from rich.table import Table

    from tendero.catalog.connections import CONNECTIONS

    output = console()
    if report.mode == CONNECTIONS:
        output.print(
            f"{report.source} and the database answer. Nothing was read: TEST_CONNECTIONS_ONLY is set."
        )
        return
    mode = f"{report.mode} sync" + (", dry run: nothing was written" if report.dry_run else "")
    output.print(f"{report.source}: {mode}")
    table = Table.grid(padding=(0, 2))
    table.add_row("", f"{report.products:>7}", "products")
    table.add_row("", f"{report.variations:>7}", "variations")
    for name in ("inserted", "updated", "unchanged", "deactivated"):
        table.add_row("", f"{getattr(report, name):>7}", name)
    table.add_row("", f"{report.embeddings:>7}", f"embeddings{' queued' if queued else ''}")
    table.add_row("", f"{report.duration_seconds:>7.1f}", "seconds")
    output.print(table)
    for line in _changes(report):
        output.print(line)


def warn(report: SyncReport) -> None:
    output = console(stderr=True)
    for problem in report.errors[:_PROBLEMS_SHOWN]:
        output.print(f"  {problem}", style="yellow")
    if len(report.errors) > _PROBLEMS_SHOWN:
        output.print(f"  … and {len(report.errors) - _PROBLEMS_SHOWN} more (--json lists them)")
    lacking = f"{report.embeddings_lacking} products are found by their words only"
    if report.embeddings_refused:
        print(
            f"tendero: The catalogue is synced, its embeddings are refused: {lacking}. Mend that and run"
            " `tendero sync` again.",
            file=sys.stderr,
        )
    elif report.embeddings_lacking:
        print(
            f"The catalogue is synced, not all of its embeddings are made: {lacking} until the next"
            " `tendero sync` makes up for it.",
            file=sys.stderr,
        )


def _changes(report: SyncReport) -> Iterator[str]:
    from tendero.catalog.diff import MOST_CHANGES

    for change in report.changes[:_CHANGES_SHOWN]:
        yield f"  {change.change:<7}  {_line(change.external_id)}  {_line(change.name)}"
        for name, (before, after) in change.fields.items():
            yield f"             {name}: {_line(before)} → {_line(after)}"
    more = len(report.changes) - _CHANGES_SHOWN
    if more > 0 and len(report.changes) < MOST_CHANGES:
        yield f"  … and {more} more (--json lists them)"
    elif more > 0:
        yield f"  … and more (--json lists the first {MOST_CHANGES})"


def _line(value: str | None) -> str:
    if value is None:
        return "(none)"
    return " ".join(value.split()) or "(empty)"
