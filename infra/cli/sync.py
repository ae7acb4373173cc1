"""`tendero sync`: the catalogues from the shop into the database."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.cli.console import console
from infra.cli.environment import EnvFile, Json, connected
from infra.cli.failure import failure
from infra.cli.report import show, warn

if TYPE_CHECKING:
    from infra.cli.progress import Show
    from tendero.catalog.report import SyncReport


def sync(
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source", metavar="NAME", help="Only this catalogue; may be repeated, or be a list (`a,b`)."
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Deactivate products even when more than a fifth have gone.")
    ] = False,
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Bring the database up to what the shop sells now: every catalogue in turn that is set.

    One that fails does not keep the others from being synced.

    With --json: the report of the run; of several catalogues {"success": true, "sources": [report, …]}, with
    {"source": "…", "error": "…"} for one that failed. With --dry-run, a report lists under "changes" what
    would be new, changed (each field with its values before and after) or gone, up to 1,000 products; where
    "changes_cut" is true there may be more.

    Exit status 0: all is synced. Embeddings that failed for now are told on stderr; the next sync makes up
    for them. Exit status 1: a catalogue could not be synced, or the embeddings are refused because of the
    key, the settings or money.
    """
    from infra.cli.library import opened
    from tendero.catalog import job
    from tendero.catalog.sources import configured

    names = _named(source)
    with opened(connected(env_file)) as library:
        run = partial(
            job.sync,
            library.settings,
            library.secrets,
            full=full,
            dry_run=dry_run,
            allow_mass_deactivation=yes,
        )
        runs = _Runs(run, queued=bool(library.settings.embed_url) and not dry_run, as_json=as_json)
        names = names or configured(library.settings)
        went_well = [runs.run(name) if len(names) == 1 else runs.attempt(name) for name in names]
    succeeded = all(went_well)
    if as_json:
        told = runs.told[0] if len(names) == 1 else {"success": succeeded, "sources": runs.told}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    if not succeeded:
        raise typer.Exit(1)


class _Runs:
    """Syncs one catalogue after another, and tells each; in JSON not before the end, out of `told`."""

    def __init__(self, run: Callable[..., SyncReport], *, queued: bool, as_json: bool) -> None:
        self._run = run
        self._queued = queued
        self._as_json = as_json
        self.told: list[dict[str, Any]] = []

    def run(self, name: str) -> bool:
        """Whether all went well. Raises what `job.sync` does."""
        with self._progress(name) as progress:
            report = self._run(name, progress=progress)
        self.told.append(report.as_dict())
        if not self._as_json:
            show(report, queued=self._queued)
            warn(report)
        return not report.embeddings_refused

    def attempt(self, name: str) -> bool:
        """The same; what it raises is told."""
        try:
            return self.run(name)
        except Exception as error:
            reason = failure(error)
        self.told.append({"source": name, "error": reason})
        if not self._as_json:
            print(f"tendero: {name}: {reason}", file=sys.stderr)
        return False

    def _progress(self, name: str) -> AbstractContextManager[Show | None]:
        if self._as_json:
            return nullcontext()
        from infra.cli.progress import progress

        return progress(name, console(stderr=True))


def _named(given: list[str] | None) -> tuple[str, ...]:
    """The sources that the options name; none for no option."""
    from tendero.catalog.sources import SOURCES

    names = dict.fromkeys(name.strip() for each in given or () for name in each.split(","))
    for name in names:
        if name not in SOURCES:
            raise typer.BadParameter(f"{name!r} is none of {', '.join(SOURCES)}.", param_hint="--source")
    return tuple(names)
