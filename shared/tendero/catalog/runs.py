"""The record of sync runs: one row for each, from which a run that was cut off is taken up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from tendero.catalog import copy
from tendero.catalog.item import CatalogItem, Kind
from tendero.catalog.store import Written
from tendero.platform.database import Database, Row, Transaction
from tendero.platform.errors import RunTakenOver, SyncUnderWay
from tendero.platform.sql import load

_SQL = load(__file__)


class Portion(NamedTuple):
    """What is written and recorded together: items of one page of the source, its mark, the ids of its rows
    that have to be hidden when the run has seen everything, and what could not be read of it."""

    items: tuple[CatalogItem, ...]
    mark: Mapping[str, Any] | None
    hidden: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(slots=True)
class Run:
    """A run that this process works on.

    `since` and `memory` are what the source was asked with, `marks` the pages that came before it was cut
    off, `hidden` the ids on them that have to be deactivated. `held` rows were active when it began, `age`
    seconds ago. `written`, `processed` and `variations` are the figures of its former parts.
    """

    id: int
    since: datetime | None
    memory: Mapping[str, Any]
    held: int
    holder: str
    continuations: int = 0
    watermark: datetime | None = None
    age: float = 0.0
    written: Written = field(default_factory=Written)
    processed: int = 0
    variations: int = 0
    errors: list[str] = field(default_factory=list)
    marks: list[Mapping[str, Any]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)

    def record(
        self,
        transaction: Transaction,
        written: Written,
        *,
        mode: str,
        watermark: datetime | None = None,
        portions: Sequence[Portion] = (),
    ) -> None:
        """Counts what the transaction writes, and keeps its pages' marks. Raises RunTakenOver."""
        items = [item for portion in portions for item in portion.items]
        mine = transaction.one(
            _SQL["record"],
            run_id=self.id,
            holder=self.holder,
            mode=mode,
            watermark=watermark,
            processed=len(items),
            variations=sum(item.kind is Kind.VARIATION for item in items),
            inserted=written.inserted,
            updated=written.updated,
            unchanged=written.unchanged,
            deactivated=written.deactivated,
            problems=copy.as_json([each for portion in portions for each in portion.problems]),
        )
        if mine is None:
            raise self._lost()
        pages = [
            {"mark": portion.mark, "hidden": portion.hidden}
            for portion in portions
            if portion.mark is not None
        ]
        if pages:
            transaction.execute(_SQL["add_pages"], run_id=self.id, pages=copy.as_json(pages))

    def lay_down(self, database: Database, mode: str) -> None:
        """Lets go of the run for another process to take up. Raises RunTakenOver."""
        if not database.fetch(_SQL["lay_down"], run_id=self.id, holder=self.holder, mode=mode):
            raise self._lost()

    def end(
        self, transaction: Transaction, *, mode: str, succeeded: bool, embeddings: int, errors: Sequence[str]
    ) -> None:
        """Closes the row; a run that failed keeps its pages for the next one. Raises RunTakenOver."""
        mine = transaction.one(
            _SQL["end"],
            run_id=self.id,
            holder=self.holder,
            mode=mode,
            status="succeeded" if succeeded else "failed",
            embeddings=embeddings,
            errors=copy.as_json(errors),
        )
        if mine is None:
            raise self._lost()
        if succeeded:
            transaction.execute(_SQL["forget_own_pages"], run_id=self.id)

    def _lost(self) -> RunTakenOver:
        return RunTakenOver(f"Another process has taken run {self.id} over; this one writes nothing more.")


def begin(
    database: Database,
    source: str,
    since: datetime | None,
    memory: Mapping[str, Any],
    *,
    alone: bool,
    anew: bool = False,
) -> Run:
    """Takes up the last run where it was cut off or failed within a day, else begins a new one.

    `alone` tells that no other process holds the source. `since` is None for a run over everything, which
    goes on only with a run over everything; `anew` leaves one that failed alone. Raises SyncUnderWay.
    """
    with database.transaction() as transaction:
        last = transaction.one(_SQL["last"], source=source)
        if not alone and not (last is not None and last["status"] == "running" and last["forsaken"]):
            raise SyncUnderWay(_under_way(source, last))
        failed = last is not None and last["status"] == "failed"
        run = _next(transaction, source, since, memory, None if anew and failed else last)
        transaction.execute(_SQL["forget_pages"], source=source, run_id=run.id)
    for page in database.fetch(_SQL["pages"], run_id=run.id):
        run.marks.append(page["mark"])
        run.hidden.update(page["hidden"])
    return run


def waits(database: Database, source: str, run_id: int) -> bool:
    """Whether this run of the source was laid down, and nobody has taken it up since."""
    return bool(database.fetch(_SQL["waiting"], source=source, run_id=run_id)[0]["waiting"])


def _next(
    transaction: Transaction,
    source: str,
    since: datetime | None,
    memory: Mapping[str, Any],
    last: Row | None,
) -> Run:
    holder = uuid4().hex
    usable = last is not None and last["recent"] and (last["since"] is None or since is not None)
    if last is not None and last["status"] == "running":
        if usable:
            transaction.execute(_SQL["take_over"], run_id=last["id"], holder=holder)
            return _of_row(last, holder)
        transaction.execute(_SQL["close_interrupted"], run_id=last["id"])
    elif last is not None and usable and last["status"] == "failed" and last["has_pages"]:
        row = transaction.one(_SQL["begin_after"], run_id=last["id"], holder=holder)
        assert row is not None
        transaction.execute(_SQL["inherit"], run_id=row["id"], failed_id=last["id"])
        return Run(
            row["id"],
            last["since"],
            last["memory"],
            last["held"],
            holder,
            continuations=last["continuations"] + 1,
            watermark=last["watermark"],
        )
    row = transaction.one(
        _SQL["begin"],
        source=source,
        mode="full" if since is None else "incremental",
        holder=holder,
        since=since,
        memory=copy.as_json(memory),
    )
    assert row is not None
    return Run(row["id"], since, memory, row["held"], holder)


def _of_row(row: Row, holder: str) -> Run:
    return Run(
        row["id"],
        row["since"],
        row["memory"],
        row["held"],
        holder,
        continuations=row["continuations"] + 1,
        watermark=row["watermark"],
        age=row["age"],
        written=Written(row["inserted"], row["updated"], row["unchanged"], row["deactivated"]),
        processed=row["processed"],
        variations=row["variations"],
        errors=list(row["errors"]),
    )


def _under_way(source: str, last: Row | None) -> str:
    if last is None or last["status"] != "running":
        return f"Another sync of {source} has just begun. Wait until it has ended."
    return (
        f"A sync of {source} is under way since {last['started_at']:%Y-%m-%d %H:%M} UTC and has read"
        f" {last['processed']} items so far. Wait until it has ended."
    )
