"""One run of the catalogue sync: source → PostgreSQL → embedding tasks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from tendero.catalog import runs
from tendero.catalog.embedding import FanningOut, FanOut
from tendero.catalog.item import Kind
from tendero.catalog.lease import lease
from tendero.catalog.losses import Losses
from tendero.catalog.report import Figures, SyncReport
from tendero.catalog.runs import Portion, Run
from tendero.catalog.same_sku import Rule
from tendero.catalog.source import Known, Page, Source, Walk
from tendero.catalog.store import State, Store, Written
from tendero.catalog.writer import Writer
from tendero.platform import logs
from tendero.platform.database import Database, Transaction
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseError, RunTakenOver, SourceError, TenderoError
from tendero.platform.settings import Settings

Progress = Callable[[Figures], None]

_log = logs.logger("sync")
_MOST_ERRORS = 100


def run_sync(
    database: Database,
    source: Source,
    *,
    settings: Settings,
    embeddings: FanningOut | None = None,
    full: bool = False,
    dry_run: bool = False,
    allow_mass_deactivation: bool = False,
    until: Deadline | None = None,
    progress: Progress | None = None,
) -> SyncReport:
    """Brings the database up to what the source sells now, and says what was done.

    The first run reads everything, later ones what changed, unless `full` is set or the last full run is
    SYNC_FULL_HOURS ago. Without `embeddings` no vectors are asked for. A run that was cut off, wherever, is
    taken up again by the next one; `until` makes it lay its work down by itself after the page at which the
    time is up.

    Raises SyncUnderWay while another process syncs this source, SourceError when the source cannot be read
    or trusted, DatabaseError when PostgreSQL fails.
    """
    sync = _Sync(database, source, settings, dry_run, until, progress)
    if dry_run:
        return sync.complete(full, allow_mass_deactivation, None, alone=True)
    with lease(database, source.name) as alone:
        return sync.complete(full, allow_mass_deactivation, embeddings, alone=alone)


class _TimeUp(Exception):
    """Raised at the end of a page, when everything read so far is written."""


class _Sync:
    """The state of one run while this process works on it."""

    def __init__(
        self,
        database: Database,
        source: Source,
        settings: Settings,
        dry_run: bool,
        until: Deadline | None,
        progress: Progress | None,
    ) -> None:
        self._database = database
        self._source = source
        self._settings = settings
        self._dry_run = dry_run
        self._until = until
        self._progress = progress
        self._store = Store(database, source.name, rule=Rule.of(settings), dry_run=dry_run)
        self._began = time.monotonic()
        self._mode = "full"
        self._run: Run | None = None
        self._walk: Walk | None = None
        self._marked = 0
        self._catching_up = False
        self._written = Written()
        self._processed = self._variations = 0
        self._expected: int | None = None
        self._embedded = FanOut(0)
        self._errors: list[str] = []
        self._left_out = 0

    def complete(
        self, full: bool, allow_mass: bool, embeddings: FanningOut | None, *, alone: bool
    ) -> SyncReport:
        state = self._store.state()
        since = None if full else self._since(state)
        memory = state.details.get("memory", {})
        if not self._dry_run:
            self._run = runs.begin(self._database, self._source.name, since, memory, alone=alone, anew=full)
            since, memory = self._go_on_with(self._run)
        try:
            reached = self._copy(since, memory, allow_mass)
            if self._run is not None:
                self._store.tidy()
                self._embed(self._run, embeddings)
                return self._succeed(self._run, reached, state)
        except _TimeUp:
            return self._lay_down()
        except BaseException as error:
            self._fail(error)
            raise
        return self._report()

    def _go_on_with(self, run: Run) -> tuple[datetime | None, Any]:
        self._written += run.written
        self._processed, self._variations = run.processed, run.variations
        self._errors += run.errors
        self._began -= run.age
        if run.continuations:
            _log.info("a sync goes on", run_id=run.id, source=self._source.name, pages=len(run.marks))
        return run.since, run.memory

    def _since(self, state: State) -> datetime | None:
        if state.watermark is None:
            return None
        every, last = self._settings.sync_full_hours, state.details.get("full_at")
        if every and last and datetime.now(UTC) - datetime.fromisoformat(last) > timedelta(hours=every):
            return None
        return self._before(state.watermark)

    def _before(self, watermark: datetime) -> datetime:
        return watermark - timedelta(minutes=self._settings.sync_overlap_minutes)

    # Copying

    def _copy(self, since: datetime | None, memory: Any, allow_mass: bool) -> State:
        """Walks over the source and settles what has gone; where the next run begins."""
        run = self._run
        self._mode = "full" if since is None else "incremental"
        known = self._store.active()
        held = max(run.held if run else 0, len(known.products) + len(known.variations))
        losses = Losses(known, run.hidden if run else set())
        walk = self._source.walk(since, memory, run.marks if run else ())
        with Writer(self._write, self._settings.commit_batch_size, self._written) as writer:
            self._written = writer.written
            self._pass(walk, known, losses, writer)
            self._mode = "full" if walk.full else "incremental"
            reached = self._catch_up(walk, known, losses, writer)
        if not allow_mass:
            share = self._settings.sync_most_gone_percent / 100
            losses.check(self._source.name, held, share, empty=walk.full and not self._processed)
        self._written += self._store.deactivate(losses.external_ids, self._record())
        return reached

    def _pass(self, walk: Walk, known: Known, losses: Losses, writer: Writer) -> None:
        self._walk = walk
        self._take(walk.pages(), losses, writer)
        self._take(walk.verify(known), losses, writer)

    def _catch_up(self, walk: Walk, known: Known, losses: Losses, writer: Writer) -> State:
        """After a run that was cut off: what changed on its early pages since they were read."""
        began = self._run.watermark if self._run is not None and self._run.continuations else None
        if began is None:
            return State(walk.watermark, dict(walk.memory))
        reached = State(began, dict(walk.memory))
        later = self._source.walk(self._before(began), walk.memory)
        self._catching_up = True
        try:
            self._pass(later, known, losses, writer)
        except _TimeUp:
            # The next run reads these changes: it begins where this one began.
            return reached
        return State(later.watermark, dict(later.memory))

    def _take(self, pages: Iterable[Page], losses: Losses, writer: Writer) -> None:
        for page in pages:
            problems = self._note(page.problems)
            items, hidden = losses.take(page)
            self._processed += len(items)
            self._variations += sum(item.kind is Kind.VARIATION for item in items)
            # Marks are those of one walk.
            mark = None if self._catching_up else page.mark
            self._marked += mark is not None
            writer.add(Portion(items, mark, hidden, problems))
            self._expected = page.expected if page.expected is not None else self._expected
            if self._progress is not None:
                self._progress(self._figures())
            if self._until is not None and self._until.expired:
                writer.finish()
                raise _TimeUp
        writer.finish()
        if self._progress is not None:
            self._progress(self._figures())

    def _write(self, portions: list[Portion]) -> Written:
        items = [item for portion in portions for item in portion.items]
        return self._store.write(items, self._record(portions))

    def _record(self, portions: Iterable[Portion] = ()) -> Callable[[Transaction, Written], None] | None:
        run, walk, mode = self._run, self._walk, self._mode
        if run is None:
            return None

        def record(transaction: Transaction, written: Written) -> None:
            watermark = walk.watermark if walk else None
            run.record(transaction, written, mode=mode, watermark=watermark, portions=tuple(portions))

        return record

    # Ending

    def _embed(self, run: Run, embeddings: FanningOut | None) -> None:
        if embeddings is not None:
            self._embedded = embeddings.fan_out(run.id)
            self._note(self._embedded.problems)

    def _note(self, problems: Iterable[str]) -> tuple[str, ...]:
        """Keeps what is worth telling; gives what is new of it."""
        new = []
        for problem in problems:
            if len(self._errors) >= _MOST_ERRORS:
                self._left_out += 1
            elif problem not in self._errors:
                self._errors.append(problem)
                new.append(problem)
        return tuple(new)

    def _succeed(self, run: Run, reached: State, before: State) -> SyncReport:
        full_at = datetime.now(UTC).isoformat() if self._mode == "full" else before.details.get("full_at")
        state = State(reached.watermark, {"memory": reached.details, "full_at": full_at})
        report = self._report()
        with self._database.transaction() as transaction:
            self._end(transaction, run, report, succeeded=True)
            self._store.remember(transaction, state)
        _log.info("sync succeeded", **_figures(report))
        return report

    def _lay_down(self) -> SyncReport:
        assert self._run is not None
        if not self._marked:
            error = SourceError(
                f"The time for one part of a sync of {self._source.name} is up before a page was read. Raise"
                " SYNC_TIME_LIMIT_SECONDS, and the function's own time limit above it."
            )
            self._fail(error)
            raise error
        self._run.lay_down(self._database, self._mode)
        report = self._report(finished=False)
        _log.info("sync lays its work down: its time is up", **_figures(report))
        return report

    def _fail(self, error: BaseException) -> None:
        self._errors.insert(0, reason := _reason(error))
        report = self._report()
        _log.error("sync failed", reason=reason, **_figures(report))
        if self._run is not None and not isinstance(error, RunTakenOver):
            # The database may be what failed.
            with suppress(DatabaseError, RunTakenOver), self._database.transaction() as transaction:
                self._end(transaction, self._run, report, succeeded=False)

    def _end(self, transaction: Transaction, run: Run, report: SyncReport, *, succeeded: bool) -> None:
        run.end(
            transaction,
            mode=report.mode,
            succeeded=succeeded,
            embeddings=report.embeddings,
            errors=report.errors,
        )

    def _figures(self) -> Figures:
        done = self._written
        return Figures(
            self._processed, self._expected, done.inserted, done.updated, done.unchanged, done.deactivated
        )

    def _report(self, *, finished: bool = True) -> SyncReport:
        more = (f"{self._left_out} more problems are not listed.",) if self._left_out else ()
        return SyncReport(
            source=self._source.name,
            mode=self._mode,
            dry_run=self._dry_run,
            run_id=self._run.id if self._run else None,
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
            continuations=self._run.continuations if self._run else 0,
            changes=tuple(self._written.changes),
            finished=finished,
        )


def _reason(error: BaseException) -> str:
    if isinstance(error, TenderoError):
        return str(error)
    if isinstance(error, Exception):
        return f"{type(error).__name__}: {error}"
    return "The run was interrupted."


def _figures(report: SyncReport) -> dict[str, Any]:
    told = report.as_dict() | {"errors": len(report.errors)}
    return {name: value for name, value in told.items() if name != "changes"}
