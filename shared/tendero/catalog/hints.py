"""Reads single products anew, because something hinted that they have changed."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from typing import Protocol, runtime_checkable
from uuid import uuid4

from tendero.catalog.embedding import FanningOut, FanOut
from tendero.catalog.item import Kind
from tendero.catalog.report import SyncReport
from tendero.catalog.same_sku import Rule
from tendero.catalog.source import Known, Page
from tendero.catalog.store import Store, Written
from tendero.platform import logs
from tendero.platform.database import Database

_log = logs.logger("hints")


@runtime_checkable
class Hinted(Protocol):
    """A source that can be asked for single products."""

    @property
    def name(self) -> str: ...

    def only(self, external_ids: Collection[str], known: Known) -> Iterator[Page]:
        """These products, and those of these variations, with all their variations.

        `known` is what the database holds of them: what is missing from the source is in a page's `gone`.
        Raises SourceError.
        """
        ...


def sync_only(
    database: Database,
    source: Hinted,
    external_ids: Collection[str],
    embeddings: FanningOut | None = None,
    *,
    rule: Rule | None = None,
) -> SyncReport:
    """Brings these products' rows up to what the source sells now; `rule` is that of `Store`.

    Leaves the record of runs and the watermark alone: the next run reads these changes once more. Raises
    SourceError, DatabaseError, or what the fan-out raises; it may be repeated at will.
    """
    began = time.monotonic()
    store = Store(database, source.name, rule=rule)
    written, gone, read, variations = Written(), set[str](), set[str](), set[str]()
    problems: list[str] = []
    for page in source.only(external_ids, store.active(external_ids)):
        if page.items:
            written += store.write(page.items)
        gone.update(page.gone)
        read.update(item.external_id for item in page.items)
        variations.update(item.external_id for item in page.items if item.kind is Kind.VARIATION)
        problems += page.problems
    if gone - read or written.deactivated:
        written += store.deactivate(gone - read)
    outcome = FanOut(0)
    if embeddings and read:
        outcome = embeddings.fan_out(f"hint-{uuid4().hex[:8]}", store.ids(read))
    report = SyncReport(
        source=source.name,
        mode="incremental",
        dry_run=False,
        run_id=None,
        processed=len(read),
        inserted=written.inserted,
        updated=written.updated,
        unchanged=written.unchanged,
        deactivated=written.deactivated,
        embeddings=outcome.count,
        duration_seconds=round(time.monotonic() - began, 3),
        errors=(*problems, *outcome.problems),
        variations=len(variations),
        embeddings_lacking=outcome.lacking,
        embeddings_refused=outcome.refused,
    )
    figures = {"processed", "inserted", "updated", "deactivated", "embeddings"}
    shown = {name: value for name, value in report.as_dict().items() if name in figures}
    _log.info("products read anew", ids=sorted(external_ids), gone=sorted(gone - read), **shown)
    return report
