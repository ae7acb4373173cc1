"""The record of sync runs: one row for each, failed ones with the reason."""

from __future__ import annotations

from tendero.catalog import copy
from tendero.catalog.report import SyncReport
from tendero.platform.database import Database
from tendero.platform.sql import load

_SQL = load(__file__)


def begin(database: Database, source: str, mode: str) -> int:
    """Opens the row of a run; its id. A run of the same source that never ended is closed as failed."""
    with database.transaction() as transaction:
        transaction.execute(_SQL["close_interrupted"], source=source)
        row = transaction.one(_SQL["begin"], source=source, mode=mode)
    assert row is not None
    return int(row["id"])


def end(database: Database, report: SyncReport, *, succeeded: bool) -> None:
    database.execute(
        _SQL["end"],
        run_id=report.run_id,
        mode=report.mode,
        status="succeeded" if succeeded else "failed",
        processed=report.processed,
        inserted=report.inserted,
        updated=report.updated,
        unchanged=report.unchanged,
        deactivated=report.deactivated,
        embeddings=report.embeddings,
        errors=copy.as_json(report.errors),
    )
