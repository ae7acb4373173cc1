"""`tendero sync`: the catalogue from the shop into the database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.console import console
from infra.cli.environment import EnvFile, Json, connected

if TYPE_CHECKING:
    from tendero.catalog.report import SyncReport
    from tendero.catalog.sync import Progress
    from tendero.platform.settings import Settings

_PROBLEMS_SHOWN = 10


def sync(
    source: Annotated[str, typer.Option("--source", help="Which catalogue.")] = "woocommerce",
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done; write nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Deactivate products even when more than a fifth have gone.")
    ] = False,
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Bring the database up to what the shop sells now.

    Exit status 0: the catalogue is synced. Embeddings that failed for now are told on stderr; the next sync
    makes up for them. Exit status 1: the sync failed, or the embeddings are refused because of the key, the
    settings or money.
    """
    from infra.cli.library import opened
    from tendero.catalog import job

    with opened(connected(env_file)) as library, _progress(shown=not as_json) as progress:
        report = job.sync(
            library.settings,
            library.secrets,
            source,
            full=full,
            dry_run=dry_run,
            allow_mass_deactivation=yes,
            progress=progress,
        )
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        _show(report, library.settings)
        _warn(report)
    if report.embeddings_refused:
        raise typer.Exit(1)


@contextmanager
def _progress(*, shown: bool) -> Iterator[Progress | None]:
    """A bar on stderr where a person looks on."""
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Syncing", total=None)
        yield lambda done, expected: bar.update(task, completed=done, total=expected)


def _show(report: SyncReport, settings: Settings) -> None:
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
    queued = bool(settings.embed_url) and not report.dry_run
    table.add_row("", f"{report.embeddings:>7}", f"embeddings{' queued' if queued else ''}")
    table.add_row("", f"{report.duration_seconds:>7.1f}", "seconds")
    output.print(table)


def _warn(report: SyncReport) -> None:
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
