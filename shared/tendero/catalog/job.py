"""Builds the parts of a sync run from settings, runs it, and closes them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing

from tendero.catalog import hints, runs
from tendero.catalog.connections import check
from tendero.catalog.hints import Hinted
from tendero.catalog.models import Models
from tendero.catalog.report import SyncReport
from tendero.catalog.same_sku import Rule
from tendero.catalog.sources import source
from tendero.catalog.sync import Progress, run_sync
from tendero.catalog.vectors import Vectors
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import BadRequest
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.tasks import CloudTasksQueue

_log = logs.logger("sync")
# The longest that Cloud Tasks waits for an answer.
_MOST_DISPATCH_SECONDS = 1800


def sync(
    settings: Settings,
    secrets: Secrets,
    source_name: str,
    *,
    full: bool = False,
    dry_run: bool = False,
    allow_mass_deactivation: bool = False,
    until: Deadline | None = None,
    progress: Progress | None = None,
) -> SyncReport:
    """`run_sync` for one source by its name. `settings` have their secrets filled in.

    FORCE_FULL_SYNC makes it full; with TEST_CONNECTIONS_ONLY it is `connections.check` instead. A run that
    lays its work down because of `until` has queued its own continuation where SYNC_URL is set; else the next
    run goes on with it. Raises what `run_sync` does, BadRequest for an unknown source, SettingsError for
    missing settings, TaskError or ServiceUnavailable for a queue that does not take the continuation.
    """
    wanted = source(source_name, settings)
    pool = database(settings)
    try:
        if settings.test_connections_only:
            return check(pool, wanted)
        report = run_sync(
            pool,
            wanted,
            settings=settings,
            embeddings=vectors(settings, secrets, pool),
            full=full or settings.force_full_sync,
            dry_run=dry_run,
            allow_mass_deactivation=allow_mass_deactivation,
            until=until,
            progress=progress,
        )
    finally:
        pool.close()
    if not report.finished:
        _continue_later(settings, report)
    return report


def waits(settings: Settings, source_name: str, run_id: int) -> bool:
    """Whether this run of the source still has to be continued. Raises DatabaseError."""
    with closing(database(settings, size=1)) as pool:
        return runs.waits(pool, source_name, run_id)


def _continue_later(settings: Settings, report: SyncReport) -> None:
    if not settings.sync_url:
        _log.warning(
            "a sync waits for the next run to go on with it: set SYNC_URL",
            source=report.source,
            run_id=report.run_id,
        )
        return
    queue = CloudTasksQueue(settings, settings.sync_queue, dispatch_deadline_seconds=_MOST_DISPATCH_SECONDS)
    queue.enqueue(
        settings.sync_url,
        {"source": report.source, "continue": report.run_id},
        name=f"sync-{settings.shop_id}-{report.run_id}-{report.continuations}",
    )


def sync_only(
    settings: Settings, secrets: Secrets, source_name: str, external_ids: Collection[str]
) -> SyncReport:
    """`hints.sync_only` for one source by its name. `settings` have their secrets filled in.

    With TEST_CONNECTIONS_ONLY it is `connections.check` instead. Raises what `hints.sync_only` does,
    BadRequest for a source that has no single products, SettingsError for missing settings.
    """
    wanted = source(source_name, settings)
    if not isinstance(wanted, Hinted):
        raise BadRequest(f"Single products of {source_name} cannot be read: leave out `ids`.")
    pool = database(settings)
    try:
        if settings.test_connections_only:
            return check(pool, source(source_name, settings))
        return hints.sync_only(
            pool, wanted, external_ids, vectors(settings, secrets, pool), rule=Rule.of(settings)
        )
    finally:
        pool.close()


def vectors(settings: Settings, secrets: Secrets, pool: Database) -> Vectors:
    """The vectors of the models that the shop uses, with the queue that these settings name."""
    return Vectors(
        pool, models(settings, secrets), settings, lambda: CloudTasksQueue(settings, settings.embed_queue)
    )


def models(settings: Settings, secrets: Secrets) -> Models:
    """The models that the shop uses, the configured one among them."""
    from tendero.catalog.embedders.choose import by_name, embedder

    return Models(embedder(settings, secrets), by_name(settings, secrets))
