"""Writes catalogue items: binary COPY into a staging table, then one statement that touches what differs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tendero.catalog import copy, diff
from tendero.catalog.diff import Change
from tendero.catalog.item import CatalogItem, Kind
from tendero.catalog.same_sku import Rule
from tendero.catalog.search import facets, index
from tendero.catalog.source import Known, Offer
from tendero.catalog.text import text_for_embedding, text_hash
from tendero.catalog.twins import Settled, settle
from tendero.platform.database import Database, Row, Transaction
from tendero.platform.sql import load

_SQL = load(__file__)

# In the order of staged_products. What is not a field of CatalogItem follows from it.
_COLUMNS: tuple[tuple[str, copy.Encode], ...] = (
    ("external_id", copy.text),
    ("kind", copy.text),
    ("parent_external_id", copy.text),
    ("sku", copy.text),
    ("barcode", copy.text),
    ("name", copy.text),
    ("short_description", copy.text),
    ("description", copy.text),
    ("category_id", copy.bigint),
    ("category_name", copy.text),
    ("categories", copy.text_array),
    ("brand", copy.text),
    ("tags", copy.text_array),
    ("attributes", copy.jsonb),
    ("is_active", copy.boolean),
    ("currency", copy.text),
    ("price", copy.text),
    ("list_price", copy.text),
    ("sale_price", copy.text),
    ("standard_price", copy.text),
    ("stock_status", copy.text),
    ("stock_quantity", copy.text),
    ("product_type", copy.text),
    ("weight", copy.text),
    ("volume", copy.text),
    ("sale_ok", copy.boolean),
    ("purchase_ok", copy.boolean),
    ("uom_id", copy.bigint),
    ("uom_name", copy.text),
    ("company_id", copy.bigint),
    ("url", copy.text),
    ("image_url", copy.text),
)
_ENCODERS = (*(encode for _, encode in _COLUMNS), copy.text, copy.text, copy.timestamptz)


@dataclass(slots=True)
class Written:
    """What became of some items. `embeddable` counts those whose text wants a new vector. `changes` is what a
    dry run would have written, the first of it."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deactivated: int = 0
    embeddable: int = 0
    changes: list[Change] = field(default_factory=list)

    def __iadd__(self, other: Written) -> Written:
        self.inserted += other.inserted
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.deactivated += other.deactivated
        self.embeddable += other.embeddable
        self.changes = diff.joined(self.changes, other.changes)
        return self


# Called within the transaction of a write with what it wrote.
Record = Callable[[Transaction, Written], None]


@dataclass(slots=True)
class State:
    """What is remembered of the last successful run: the source's clock, and notes as JSON."""

    watermark: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)


class Store:
    """The rows of one source. With `dry_run` every transaction is rolled back, after counting.

    `rule` says how they go together with the rows of the shop's other sources; None leaves them apart.
    """

    def __init__(
        self, database: Database, source: str, *, rule: Rule | None = None, dry_run: bool = False
    ) -> None:
        self._database = database
        self._source = source
        self._rule = rule
        self._dry_run = dry_run

    def write(self, items: Sequence[CatalogItem], record: Record | None = None) -> Written:
        """Inserts and updates, in one transaction; of items with the same id the last counts."""
        latest = {item.external_id: item for item in items}
        written = Written()
        with suppress(_Undone), self._database.transaction() as transaction:
            transaction.execute(_SQL["stage"])
            transaction.copy(_SQL["copy_staged"], copy.rows(_ENCODERS, map(_row, latest.values())))
            transaction.fetch(_SQL["one_writer"])
            changes = diff.changes(transaction, self._source) if self._dry_run else []
            rows = transaction.fetch(_SQL["upsert"], source=self._source)
            written = _counted(rows, len(items), changes)
            reindexed = [row["id"] for row in rows if row["reindex"]]
            self._finish(transaction, [row["id"] for row in rows], reindexed, written, record)
        return written

    def deactivate(self, external_ids: Collection[str], record: Record | None = None) -> Written:
        """Hides products (with their variations) and variations, and variations without an active product."""
        written = Written()
        with suppress(_Undone), self._database.transaction() as transaction:
            transaction.fetch(_SQL["one_writer"])
            parameters = {"source": self._source, "external_ids": sorted(external_ids)}
            rows = transaction.fetch(_SQL["deactivate"], **parameters) if external_ids else []
            rows += transaction.fetch(_SQL["deactivate_orphans"], source=self._source)
            ids = [row["id"] for row in rows]
            changes = diff.gone(transaction, ids) if self._dry_run else []
            written = Written(deactivated=len(rows), changes=changes)
            self._finish(transaction, ids, ids, written, record)
        return written

    def active(self, external_ids: Collection[str] | None = None) -> Known:
        """All that is active; or these products and those of these variations, with all their variations."""
        known = Known(offers=self._offers)
        if external_ids is None:
            rows = self._database.fetch(_SQL["active"], source=self._source)
        else:
            rows = self._database.fetch(
                _SQL["active_of"], source=self._source, external_ids=sorted(external_ids)
            )
        for row in rows:
            if row["kind"] == Kind.VARIATION:
                known.variations[row["external_id"]] = row["parent_external_id"]
            else:
                known.products.add(row["external_id"])
        return known

    def ids(self, external_ids: Collection[str]) -> list[int]:
        """The rows' own ids."""
        rows = self._database.fetch(_SQL["ids"], source=self._source, external_ids=sorted(external_ids))
        return [row["id"] for row in rows]

    def state(self) -> State:
        rows = self._database.fetch(_SQL["state"], source=self._source)
        return State(rows[0]["watermark"], rows[0]["details"]) if rows else State()

    def remember(self, transaction: Transaction, state: State) -> None:
        """Records a success: the last thing that a run does."""
        transaction.execute(
            _SQL["remember"],
            source=self._source,
            watermark=state.watermark,
            details=copy.as_json(state.details),
        )

    def tidy(self) -> None:
        """After the last write of a run: drops what the search index no longer needs."""
        with self._database.transaction() as transaction:
            index.refresh_statistics(transaction)

    def _offers(self) -> dict[str, Offer]:
        rows = self._database.fetch(_SQL["offers"], source=self._source)
        return {
            row["external_id"]: Offer(row["price"], row["stock_status"], row["stock_quantity"])
            for row in rows
        }

    def _finish(
        self,
        transaction: Transaction,
        touched: list[int],
        reindexed: list[int],
        written: Written,
        record: Record | None,
    ) -> None:
        if self._dry_run:
            raise _Undone
        settled = settle(transaction, touched, self._rule) if self._rule else Settled([], [])
        indexed = list(dict.fromkeys((*reindexed, *settled.turned)))
        index.update(transaction, indexed)
        facets.update(transaction, [*touched, *settled.written], indexed)
        if record is not None:
            record(transaction, written)


class _Undone(Exception):
    """Raised to roll a dry run's transaction back."""


def _counted(rows: Sequence[Row], items: int, changes: list[Change]) -> Written:
    inserted = sum(row["inserted"] for row in rows)
    deactivated = sum(row["deactivated"] for row in rows)
    return Written(
        inserted=inserted,
        updated=len(rows) - inserted - deactivated,
        unchanged=items - len(rows),
        deactivated=deactivated,
        embeddable=sum(row["embeddable"] for row in rows),
        changes=changes,
    )


def _row(item: CatalogItem) -> list[Any]:
    text = text_for_embedding(item)
    return [*(getattr(item, name) for name, _ in _COLUMNS), text, text_hash(text), item.last_update]
