"""The whole search at size: `python -m tests.benchmarks.search_speed [--products N] [--keep FOLDER]`.

What customers get: `ProductSearch.search` with the local embedder, over a catalogue of its own making
(`--esci FOLDER`: over the products judged there, multiplied), asked by a role that row-level security holds
for, as on Cloud SQL, after one pass over the same questions. Written by the product's own Store and embedder;
the vector index is built when all vectors are in, which takes less than keeping it up as they come.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from unittest import mock

from tendero.catalog.embedders.local import LocalEmbedder
from tendero.catalog.item import CatalogItem, StockStatus
from tendero.catalog.models import Models
from tendero.catalog.search import facets, index
from tendero.catalog.search.result import SearchResult
from tendero.catalog.search.search import ProductSearch
from tendero.catalog.search.vector_index import ensure_index, index_name
from tendero.catalog.store import Store
from tendero.catalog.vectors import Vectors
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.benchmarks.bench_database import migrated
from tests.benchmarks.made_catalogue import (
    HIGHEST,
    LOWEST,
    SOURCE,
    Catalogue,
    JudgedCatalogue,
    MadeCatalogue,
    coloured,
    misspelt,
)

_BATCH = 1_000
_MEMORY = "alter system set maintenance_work_mem = '2GB'; select pg_reload_conf()"
_ROLE_HELD = Query.parse("role_held", "select from pg_roles where rolname = 'clerk'")
_ROLE = "create role clerk login; grant select on all tables in schema public to clerk"
_HELD = Query.parse("held", "select count(*) as n from search_offers")
_SIZES = Query.parse(
    "sizes",
    "select relname as name, pg_table_size(oid) / 1e6 as rows, pg_indexes_size(oid) / 1e6 as indexes,"
    " greatest(reltuples, 0)::bigint as count from pg_class"
    " where relkind = 'r' and (relname like 'search\\_%' or relname = 'product_embeddings') order by relname",
)
_SIZE = Query.parse("size", "select pg_relation_size(:name::regclass) / 1e6 as size")
_WRITES = Query.parse(
    "writes",
    "select relname as name, n_tup_ins + n_tup_upd + n_tup_del as writes from pg_stat_user_tables"
    " where relname = any(:tables)",
)
# A change of price or stock writes none of these, and so no index over them.
_UNTOUCHED = ["search_postings", "search_documents", "search_terms", "search_spellings", "product_embeddings"]
_STAGES = ("codes", "understand", "lexical", "embed", "vector", "order", "read", "filters", "total")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200, help="of each kind")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="load once, and search again in later runs"
    )
    parser.add_argument(
        "--esci", type=Path, metavar="FOLDER", help="products.ndjson.gz and judgments-dev.ndjson"
    )
    options = parser.parse_args()
    logs.silence()
    if options.esci and not options.esci.is_dir():
        print(f"{options.esci} is not there: skipped.")
        return
    made: Catalogue = JudgedCatalogue(options.esci) if options.esci else MadeCatalogue(options.products)
    with migrated(options.keep) as settings, _pool(settings) as owner:
        if owner.fetch(_HELD)[0]["n"] != options.products:
            _load(owner, made, options.products, settings)
        _sizes(owner)
        _update(settings, made, min(_BATCH, options.products))
        with _clerk(owner, settings) as clerk:
            _measure(ProductSearch(clerk, LocalEmbedder(), settings), made, options.queries)


def _load(owner: Database, made: Catalogue, products: int, settings: Settings) -> None:
    _each(owner, _MEMORY)
    words, filters = _Timed(index.update), _Timed(facets.update)
    store = Store(owner, SOURCE)
    began = time.perf_counter()
    numbers = iter(range(products))
    with (
        mock.patch("tendero.catalog.search.index.update", words),
        mock.patch("tendero.catalog.search.facets.update", filters),
    ):
        while batch := list(islice(numbers, _BATCH)):
            store.write([item for number in batch for item in made.product(number)])
            if batch[-1] + 1 in (_BATCH, 10 * _BATCH):
                # A sync does so at its end; by then autovacuum has, in a load as long as this.
                _each(owner, "analyze")
    written = time.perf_counter()
    embedder = LocalEmbedder()
    Vectors(owner, Models(embedder), settings).fan_out("benchmark")
    embedded = time.perf_counter()
    ensure_index(owner, embedder.model, embedder.dimensions, settings.hnsw_m, settings.hnsw_ef_construction)
    built = time.perf_counter()
    _each(owner, "vacuum analyze")
    print(
        f"{products} products written in {written - began:.0f} s, of which word index {words.seconds:.0f} s"
        f" and filters {filters.seconds:.0f} s; vectors {embedded - written:.0f} s, their index"
        f" {built - embedded:.0f} s (load {os.getloadavg()[0]:.1f})"
    )


def _sizes(owner: Database) -> None:
    embedder = LocalEmbedder()
    print(f"{'':20}{'rows':>12}{'table MB':>10}{'indexes MB':>12}")
    for row in owner.fetch(_SIZES):
        print(f"{row['name']:20}{row['count']:12}{row['rows']:10.1f}{row['indexes']:12.1f}")
    name = index_name(embedder.model, embedder.dimensions)
    print(f"vector index (HNSW) {owner.fetch(_SIZE, name=name)[0]['size']:34.1f}")


def _update(settings: Settings, made: Catalogue, products: int) -> None:
    """Changes prices and stock as a sync does. PostgreSQL tells a session's writes when it ends."""
    with _pool(settings) as before:
        writes = before.fetch(_WRITES, tables=_UNTOUCHED)
    # Other prices than those of the run before, where the database is kept.
    changed = [_repriced(made.product(number), time.time_ns() % 9_973) for number in range(products)]
    with _pool(settings) as pool:
        began = time.perf_counter()
        written = Store(pool, SOURCE).write([item for items in changed for item in items])
        took = time.perf_counter() - began
    with _pool(settings) as after:
        same = _settled(after) == sorted(map(str, writes))
    touched = "no posting and no vector written" if same else "POSTINGS OR VECTORS WRITTEN"
    print(
        f"prices and stock of {products} products changed ({written.updated} rows): {took:.2f} s, {touched}"
    )


def _settled(pool: Database) -> list[str]:
    time.sleep(1)
    return sorted(map(str, pool.fetch(_WRITES, tables=_UNTOUCHED)))


def _repriced(items: Sequence[CatalogItem], cents: int) -> list[CatalogItem]:
    changed = []
    for each in items:
        price = (each.price or Decimal(0)) + Decimal(cents + 1) / 1000
        status = (
            StockStatus.OUT_OF_STOCK if each.stock_status is StockStatus.IN_STOCK else StockStatus.IN_STOCK
        )
        changed.append(replace(each, price=price, list_price=price, sale_price=None, stock_status=status))
    return changed


def _questions(made: Catalogue, count: int) -> dict[str, list[str]]:
    chance = random.Random(7)

    def several(one: Callable[[], str]) -> list[str]:
        return [one() for _ in range(count)]

    def priced() -> str:
        # One in a hundred is between these.
        low = LOWEST * (HIGHEST / LOWEST) ** chance.uniform(0.5, 0.9)
        return f"{made.question(chance)} entre {low:.2f} y {low * (HIGHEST / LOWEST) ** 0.01:.2f}"

    return {
        "no filter": several(lambda: made.question(chance)),
        "stock and price": several(
            lambda: f"{made.question(chance)} en stock menos de {chance.choice((20, 50, 100, 200))}"
        ),
        "colour and size": several(lambda: coloured(chance)),
        "1 %, price": several(priced),
        "common words": several(lambda: made.common(chance)),
        "… stock and price": several(lambda: f"{made.common(chance)} en stock menos de 50"),
        "typos": several(lambda: misspelt(chance, made.question(chance))),
        "filters alone": several(lambda: f"¿qué tienen en oferta por menos de {chance.randrange(10, 300)}?"),
    }


def _measure(search: ProductSearch, made: Catalogue, count: int) -> None:
    questions = _questions(made, count)
    columns = "".join(f"{name:>13} {'p95':>6}" for name in ("alone p50", "4 at once p50"))
    print(f"{'milliseconds':20}{columns}{'hits':>7}{'sure':>6}{'relaxed':>9}{'corrected':>11}")
    stages = {}
    for name, asked in questions.items():
        for each in asked:
            search.search(each)
        alone = [_timed(search, each) for each in asked]
        with ThreadPoolExecutor(4) as threads:
            at_once = list(threads.map(lambda each: _timed(search, each), asked))
        results = [result for result, _ in alone]
        stages[name] = results
        figures = "".join(
            f"{_at(times, 0.5):13.1f} {_at(times, 0.95):6.1f}"
            for times in ([taken for _, taken in way] for way in (alone, at_once))
        )
        shares = (
            statistics.mean(map(bool, found))
            for found in zip(
                *((each.confident, each.relaxed, each.corrected) for each in results), strict=True
            )
        )
        sure, relaxed, corrected = shares
        hits = statistics.mean(len(each.hits) for each in results)
        print(f"{name:20}{figures}{hits:7.1f}{sure:6.2f}{relaxed:9.2f}{corrected:11.2f}", flush=True)
    _print_stages(stages)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _print_stages(found: dict[str, list[SearchResult]]) -> None:
    print(f"{'p50 / p95 of stages':20}" + "".join(f"{stage:>14}" for stage in _STAGES))
    for name, results in found.items():
        cells = []
        for stage in _STAGES:
            times = [each.milliseconds.get(stage, 0.0) for each in results]
            cells.append(f"{_at(times, 0.5):.1f} / {_at(times, 0.95):.1f}")
        print(f"{name:20}" + "".join(f"{cell:>14}" for cell in cells))


def _timed(search: ProductSearch, question: str) -> tuple[SearchResult, float]:
    began = time.perf_counter()
    result = search.search(question)
    return result, (time.perf_counter() - began) * 1000


def _at(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


class _Timed:
    """A function, with the seconds spent in it."""

    def __init__(self, function: Callable[..., None]) -> None:
        self._function = function
        self.seconds = 0.0

    def __call__(self, *arguments: Any) -> None:
        began = time.perf_counter()
        self._function(*arguments)
        self.seconds += time.perf_counter() - began


@contextmanager
def _clerk(owner: Database, settings: Settings) -> Iterator[Database]:
    """A pool of the role that row-level security holds for."""
    if not owner.fetch(_ROLE_HELD):
        _each(owner, _ROLE)
    login = settings.database_url.replace("//postgres", "//clerk")
    with _pool(Settings.load({"DATABASE_URL": login})) as pool:
        yield pool


@contextmanager
def _pool(settings: Settings) -> Iterator[Database]:
    pool = database(settings)
    try:
        yield pool
    finally:
        pool.close()


def _each(pool: Database, statements: str) -> None:
    with pool.session() as session:
        for statement in statements.split(";"):
            session.execute(Query.parse("statement", statement))


if __name__ == "__main__":
    main()
