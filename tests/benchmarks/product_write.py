"""Writing products in bulk against row by row: `python -m tests.benchmarks.product_write [--rows N]`.

Both write the same generated products, all new, through the same driver: binary COPY into staging and one
statement, as `tendero.catalog.store` does, against pg8000's own cursor with one `INSERT … ON CONFLICT` per
row, in one transaction. The bulk write is measured with the word index, as a sync does it, and without it,
which is what the rows alone are to be compared with.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from unittest import mock

from tendero.catalog.item import CatalogItem
from tendero.catalog.store import _COLUMNS, Store, _row
from tendero.platform import connect
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.benchmarks.bench_database import migrated

_BATCH = 500
_SOURCE = "benchmark"
_NAMES = (*(name for name, _ in _COLUMNS), "text_for_embedding", "text_hash", "last_update")
_INSERT = (
    f"insert into products (source, {', '.join(_NAMES)})"
    f" values (%s, {', '.join(['%s'] * len(_NAMES))})"
    " on conflict (shop_id, source, external_id) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name != "external_id")
)
_EMPTY = Query.parse(
    "empty",
    "truncate products, search_terms, search_statistics, search_postings, search_spellings, search_values"
    " cascade",
)


def products(count: int) -> list[CatalogItem]:
    return [
        CatalogItem(
            source=_SOURCE,
            external_id=str(number),
            name=f"Cesta plegable de algodón {number}",
            sku=f"SIN-{number:06d}",
            description=f"Para el jardín y la terraza. Mide {number % 90} cm, de mimbre y corcho. " * 4,
            categories=("Hogar", "Jardín"),
            tags=("regalo",),
            attributes={"Color": ["Negro", "Verde"]},
            currency="EUR",
            price=Decimal(number % 500) + Decimal("0.95"),
            stock_quantity=Decimal(number % 60),
        )
        for number in range(count)
    ]


def in_bulk(database: Database, items: list[CatalogItem]) -> None:
    store = Store(database, _SOURCE)
    for start in range(0, len(items), _BATCH):
        store.write(items[start : start + _BATCH])


def without_words(database: Database, items: list[CatalogItem]) -> None:
    with mock.patch("tendero.catalog.search.index.update"):
        in_bulk(database, items)


def row_by_row(connection: Any, items: list[CatalogItem]) -> None:
    cursor = connection.cursor()
    for item in items:
        values = dict(zip(_NAMES, _row(item), strict=True))
        values["attributes"] = json.dumps(values["attributes"])
        for name in ("categories", "tags"):
            values[name] = list(values[name])
        cursor.execute(_INSERT, (_SOURCE, *values.values()))
    connection.commit()


def measured(settings: Settings, count: int, rounds: int) -> list[tuple[float, ...]]:
    """Seconds of each round: row by row, in bulk, in bulk with the word index."""
    database, connection = connect.database(settings), connect.opener(settings)()
    items = products(count)

    def seconds(write: Callable[[Any, list[CatalogItem]], None], to: Any) -> float:
        database.execute(_EMPTY)
        began = time.perf_counter()
        write(to, items)
        return time.perf_counter() - began

    try:
        connection.cursor().execute("set tendero.shop_id = 'default'")
        connection.commit()
        # Side by side, so that a slow moment of the machine meets all.
        ways = ((row_by_row, connection), (without_words, database), (in_bulk, database))
        return [tuple(seconds(write, to) for write, to in ways) for _ in range(rounds)]
    finally:
        connection.close()
        database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with migrated() as settings:
        rounds = measured(settings, options.rows, options.rounds)
    slow, fast, indexed = (statistics.median(each) for each in zip(*rounds, strict=True))
    print(f"{options.rows} new products, median of {options.rounds} rounds")
    for way, taken in (("row by row", slow), ("binary COPY", fast), ("… and word index", indexed)):
        print(f"  {way:17}{taken:8.2f} s {options.rows / taken:10.0f} rows/s")
    print(f"  ratio            {statistics.median(a / b for a, b, _ in rounds):8.1f}")


if __name__ == "__main__":
    main()
