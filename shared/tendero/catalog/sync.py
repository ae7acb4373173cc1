"""One run of the catalogue sync: source → PostgreSQL → embedding tasks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from tendero.catalog import runs
from tendero.catalog.embedding import FanningOut, FanOut
from tendero.catalog.item import CatalogItem, Kind
from tendero.catalog.report import SyncReport
from tendero.catalog.source import Known, Page, Source, Walk
from tendero.catalog.store import State, Store, Written
from tendero.catalog.writer import Writer
from tendero.platform import logs
from tendero.platform.database import Database
from tendero.platform.errors import DatabaseError, SourceError, TenderoError
from tendero.platform.settings import Settings

# Items read so far, and how many the source announced (None where it did not).
Progress = Callable[[int, int | None], None]

_log = logs.logger("sync")
_MOST_ERRORS = 100
# What one run may deactivate because the source no longer has it, without being told that it may.
_MASS_SHARE = 0.2
_ALWAYS_ALLOWED = 10


def run_sync(
    database: Database,
    source: Source,
    *,
    settings: Settings,
    embeddings: FanningOut | None = None,
    full: bool = False,
    dry_run: bool = False,
    allow_mass_deactivation: bool = False,
    progress: Progress | None = None,
) -> SyncReport:
    """Brings the database up to what the source sells now, and says what was done.

    The first run reads everything, later ones what changed, unless `full` is set or the last full run is
    SYNC_FULL_HOURS ago. Without `embeddings` no vectors are asked for. Raises SourceError when the source
    cannot be read or trusted, DatabaseError when PostgreSQL fails; the next run then starts from where
    the last successful one began.
    """
    return _Run(database, source, settings, dry_run, progress).complete(
        full, allow_mass_deactivation, embeddings
    )


class _Run:
    """The state of one run while it goes on."""

    def __init__(
        self, database: Database, source: Source, settings: Settings, dry_run: bool, progress: Progress | None
    ) -> None:
        self._database = database
        self._source = source
        self._settings = settings
        self._dry_run = dry_run
        self._progress = progress
        self._store = Store(database, source.name, dry_run=dry_run)
        self._began = time.monotonic()
        self._mode = "full"
        self._run_id: int | None = None
        self._written = Written()
        self._processed = self._variations = 0
        self._expected: int | None = None
        self._embedded = FanOut(0)
        self._errors: list[str] = []
        self._left_out = 0

    def complete(self, full: bool, allow_mass: bool, embeddings: FanningOut | None) -> SyncReport:
        state = self._store.state()
        since = None if full else self._since(state)
        self._mode = "incremental" if since else "full"
        if not self._dry_run:
            self._run_id = runs.begin(self._database, self._source.name, self._mode)
        try:
            walk = self._source.walk(since, state.details.get("memory", {}))
            self._copy(walk, allow_mass)
            if not self._dry_run:
                self._store.tidy()
                self._embed(embeddings)
                self._store.remember(self._next_state(walk, state))
        except BaseException as error:
            self._fail(error)
            raise
        return self._succeed()

    def _since(self, state: State) -> datetime | None:
        if state.watermark is None:
            return None
        every, last = self._settings.sync_full_hours, state.details.get("full_at")
        if every and last and datetime.now(UTC) - datetime.fromisoformat(last) > timedelta(hours=every):
            return None
        return state.watermark - timedelta(minutes=self._settings.sync_overlap_minutes)

    def _next_state(self, walk: Walk, before: State) -> State:
        full_at = datetime.now(UTC).isoformat() if walk.full else before.details.get("full_at")
        return State(walk.watermark, {"memory": dict(walk.memory), "full_at": full_at})

    # Copying

    def _copy(self, walk: Walk, allow_mass: bool) -> None:
        known = self._store.active()
        rows = len(known.products) + len(known.variations)
        with Writer(self._store, self._settings.commit_batch_size) as writer:
            self._written = writer.written
            gone: set[str] = set()
            self._take(walk.pages(), known, gone, writer)
            self._mode = "full" if walk.full else "incremental"
            self._take(walk.verify(known), known, gone, writer)
        self._deactivate(gone, known, rows, allow_mass)

    def _take(self, pages: Iterable[Page], known: Known, gone: set[str], writer: Writer) -> None:
        """Writes the items of pages; `gone` gathers the ids, of those held as active, that have gone."""
        for page in pages:
            self._note(page.problems)
            for item in page.items:
                _correct(known, item)
                gone.discard(item.external_id)
            for external_id in page.gone:
                if _forget(known, external_id):
                    gone.add(external_id)
            writer.add(page.items)
            self._processed += len(page.items)
            self._variations += sum(item.kind is Kind.VARIATION for item in page.items)
            self._expected = page.expected if page.expected is not None else self._expected
            if self._progress is not None:
                self._progress(self._processed, self._expected)
        writer.finish()

    def _deactivate(self, gone: set[str], known: Known, rows: int, allow_mass: bool) -> None:
        lost = len(gone) + sum(parent in gone for parent in known.variations.values())
        allowed = max(_ALWAYS_ALLOWED, int(rows * _MASS_SHARE))
        if lost > allowed and not allow_mass:
            raise SourceError(
                f"{lost} of {rows} active products and variations are no longer in {self._source.name};"
                f" more than {allowed} are not deactivated without being told to. If the shop really"
                " removed them, run `tendero sync --yes` once."
            )
        self._written.deactivated += self._store.deactivate(gone)
        self._written.deactivated += self._store.deactivate_orphans()

    # Ending

    def _embed(self, embeddings: FanningOut | None) -> None:
        if embeddings is not None and self._run_id is not None:
            self._embedded = embeddings.fan_out(self._run_id)
            self._note(self._embedded.problems)

    def _note(self, problems: Iterable[str]) -> None:
        for problem in problems:
            if len(self._errors) >= _MOST_ERRORS:
                self._left_out += 1
            elif problem not in self._errors:
                self._errors.append(problem)

    def _fail(self, error: BaseException) -> None:
        reason = str(error) if isinstance(error, TenderoError) else f"{type(error).__name__}: {error}"
        self._errors.insert(0, reason)
        report = self._report()
        _log.error("sync failed", reason=reason, **_figures(report))
        if self._run_id is not None:
            # The database may be what failed.
            with suppress(DatabaseError):
                runs.end(self._database, report, succeeded=False)

    def _succeed(self) -> SyncReport:
        report = self._report()
        if self._run_id is not None:
            runs.end(self._database, report, succeeded=True)
        _log.info("sync succeeded", **_figures(report))
        return report

    def _report(self) -> SyncReport:
        more = (f"{self._left_out} more problems are not listed.",) if self._left_out else ()
        return SyncReport(
            source=self._source.name,
            mode=self._mode,
            dry_run=self._dry_run,
            run_id=self._run_id,
            processed=self._processed,
            inserted=self._written.inserted,
            updated=self._written.updated,
            unchanged=self._written.unchanged,
            deactivated=self._written.deactivated,
            embeddings=self._written.embeddable if self._dry_run else self._embedded.count,
            duration_seconds=round(time.monotonic() - self._began, 3),
            errors=(*self._errors, *more),
            variations=self._variations,
            embeddings_lacking=self._embedded.lacking,
            embeddings_refused=self._embedded.refused,
        )


def _correct(known: Known, item: CatalogItem) -> None:
    """Brings `known` up to an item about to be written: it may not be, in a dry run."""
    # The same id may have been the other kind before.
    _forget(known, item.external_id)
    if not item.is_active:
        return
    if item.kind is not Kind.VARIATION:
        known.products.add(item.external_id)
    elif item.parent_external_id:
        known.variations[item.external_id] = item.parent_external_id


def _forget(known: Known, external_id: str) -> bool:
    """Takes a row out of `known`; false when it was not in it. A product's variations stay."""
    if external_id in known.products:
        known.products.remove(external_id)
        return True
    return known.variations.pop(external_id, None) is not None


def _figures(report: SyncReport) -> dict[str, Any]:
    return {name: value for name, value in report.as_dict().items() if name != "errors"} | {
        "errors": len(report.errors)
    }
