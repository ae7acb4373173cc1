"""The vector leg at size: `python -m tests.benchmarks.vector_search [--products N] [--dimensions N]`.

Vectors are made up, but lie in clusters of clusters as those of a catalogue do. For filters that leave all,
a tenth and so on of the products: milliseconds of what `vector.nearest` does, of the exact scan alone and of
the index alone (where the two cross, `nearest` should change over), and how many of the ten that are truly
nearest are found. Asked by a role that row-level security holds for.
"""

from __future__ import annotations

import argparse
import statistics
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from tendero.catalog.embedder import Vector
from tendero.catalog.embedding import write_vectors
from tendero.catalog.search import ranking, vector
from tendero.catalog.search.filters import Filters, condition
from tendero.catalog.search.passing import Passing
from tendero.catalog.search.vector import Near
from tendero.catalog.search.vector_index import ensure_index, index_name
from tendero.platform.connect import database
from tendero.platform.database import Database, Transaction
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.benchmarks.bench_database import migrated

_MODEL = "benchmark"
_PRODUCTS = """
with made as (
    insert into products (source, external_id, kind, name, text_hash)
    select 'benchmark', n::text, 'product', 'P', 'hash' from generate_series(1, :rows::int) n returning id
), offered as (
    insert into search_offers (product_id, price_low, price_high, in_stock, on_sale, varied)
    select id, price, price, random() < 0.8, false, false
    from (select id, random() * 1000 as price from made) priced
)
insert into search_statistics (documents, total_length) values (:rows::int, :rows::int)
"""
_MEMORY = "alter system set maintenance_work_mem = '2GB'; select pg_reload_conf()"
_ROLE = "create role clerk login; grant select, update on all tables in schema public to clerk"
_OFFERS_CHANGED = """
with changed as (
    update products set price = 1, stock_quantity = 1, stock_status = 'instock'
    where id in (select id from products order by id limit 1000) returning id
)
update search_offers set price_low = price_low + 1, price_high = price_high + 1, in_stock = true
where product_id in (select id from changed)
"""
_LEFT = """
select count(*) as n from search_offers offer
where offer.shop_id = current_setting('tendero.shop_id') and {filters}
"""
# Prices are even from 0 to 1,000, and four in five are in stock.
_FILTERS = {
    "no filter": Filters(),
    "80 %, in stock": Filters(in_stock=True),
    "10 %, price": Filters(price_max=Decimal(100)),
    "5 %, price and stock": Filters(in_stock=True, price_min=Decimal(900), price_max=Decimal("962.5")),
    "3 %, price": Filters(price_min=Decimal(500), price_max=Decimal(530)),
    "1 %, price and stock": Filters(in_stock=True, price_min=Decimal(400), price_max=Decimal("412.5")),
    "0.1 %, price": Filters(price_min=Decimal(700), price_max=Decimal(701)),
}
_AT, _EF_SEARCH = 10, 200

Ask = Callable[[Transaction, Vector, Passing], list[Near]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--queries", type=int, default=100)
    options = parser.parse_args()
    with migrated() as settings:
        pool = database(settings)
        try:
            _load(pool, options.products, options.dimensions, settings)
            _update(pool, options.dimensions)
        finally:
            pool.close()
        clerk = Settings.load({"DATABASE_URL": settings.database_url.replace("//postgres", "//clerk")})
        pool = database(clerk)
        try:
            _measure(pool, list(_clustered(options.queries, options.dimensions, chance=2)))
        finally:
            pool.close()


def _load(pool: Database, products: int, dimensions: int, settings: Settings) -> None:
    """Fills the tables as a source would have them, and builds the index over all vectors."""
    _each(pool, _MEMORY)
    pool.execute(Query.parse("products", _PRODUCTS), rows=products)
    began = time.perf_counter()
    rows: list[tuple[dict[str, Any], Vector]] = []
    for number, each in enumerate(_clustered(products, dimensions, chance=1), start=1):
        rows.append(({"id": number, "text_hash": "hash"}, each))
        if len(rows) == 1_000 or number == products:
            write_vectors(pool, _MODEL, rows)
            rows = []
    written = time.perf_counter()
    ensure_index(pool, _MODEL, dimensions, settings.hnsw_m, settings.hnsw_ef_construction)
    built = time.perf_counter()
    _each(pool, "vacuum analyze products; vacuum analyze search_offers; vacuum analyze product_embeddings")
    _each(pool, _ROLE)
    size = pool.fetch(
        Query.parse("size", "select pg_relation_size(:name::regclass) / 1e6 as size"),
        name=index_name(_MODEL, dimensions),
    )[0]["size"]
    print(
        f"{products} vectors of {dimensions} numbers: {written - began:.0f} s to write,"
        f" {built - written:.0f} s to index (m {settings.hnsw_m}, ef_construction"
        f" {settings.hnsw_ef_construction}), index {size:.0f} MB"
    )


def _update(pool: Database, dimensions: int) -> None:
    """Replaces vectors with the index in place; then prices and stock, which must leave the vectors alone."""
    changed = list(_clustered(1_000, dimensions, chance=3))
    began = time.perf_counter()
    write_vectors(pool, _MODEL, [({"id": n, "text_hash": "hash"}, each) for n, each in enumerate(changed, 1)])
    print(f"{len(changed)} vectors replaced: {time.perf_counter() - began:.1f} s")
    versions = Query.parse(
        "versions",
        "select count(*), md5(string_agg(ctid::text || xmin::text, ',' order by product_id)) as them"
        " from product_embeddings",
    )
    before = pool.fetch(versions)
    began = time.perf_counter()
    pool.execute(Query.parse("prices", _OFFERS_CHANGED))
    took = time.perf_counter() - began
    touched = "no vector touched" if pool.fetch(versions) == before else "VECTORS TOUCHED"
    print(f"1000 prices and stocks changed: {took:.2f} s, {touched}")


def _measure(pool: Database, queries: Sequence[Vector]) -> None:
    legs = "".join(f"{leg + ' p50':>13} {'p95':>5}" for leg in ("nearest", "exact", "index"))
    print(f"{'':24}{'left':>8}{legs}  recall@{_AT} of nearest")
    for name, filters in _FILTERS.items():
        met = Passing(condition(filters))
        with pool.transaction() as transaction:
            query = Query.parse("left", _LEFT).filled(filters=met.condition.sql)
            left = transaction.fetch(query, **met.condition.parameters)[0]["n"]
        truth, exact = _timed(pool, _exact, queries, met)
        found, chosen = _timed(pool, _nearest, queries, met)
        _, index = _timed(pool, _indexed, queries, met)
        shares = [
            len({*one[:_AT]} & {*two[:_AT]}) / len(two[:_AT]) for one, two in zip(found, truth, strict=True)
        ]
        figures = "".join(f"{_at(each, 0.5):13.1f} {_at(each, 0.95):5.1f}" for each in (chosen, exact, index))
        print(f"{name:24}{left:>8}{figures}  {statistics.mean(shares):.3f}", flush=True)


def _timed(
    pool: Database, ask: Ask, queries: Sequence[Vector], met: Passing
) -> tuple[list[list[int]], list[float]]:
    """What was found for each query, and the milliseconds."""
    found, times = [], []
    with pool.transaction() as transaction:
        # Sets the transaction up for all three.
        _nearest(transaction, queries[0], met)
        for each in queries:
            began = time.perf_counter()
            near = ask(transaction, each, met)
            times.append((time.perf_counter() - began) * 1000)
            found.append([one.product_id for one in near])
    return found, sorted(times)


def _nearest(transaction: Transaction, each: Vector, met: Passing) -> list[Near]:
    """What a search does, which counts anew for each question."""
    most = ranking.NEIGHBOURS_FILTERED if met.condition else ranking.NEIGHBOURS
    counted = Passing(met.condition)
    return vector.nearest(transaction, each, _MODEL, counted, most=most, ef_search=_EF_SEARCH)


def _exact(transaction: Transaction, each: Vector, met: Passing) -> list[Near]:
    ids = Passing(met.condition).ids(transaction)
    return vector.exact(transaction, each, _MODEL, ids, most=ranking.NEIGHBOURS)


def _indexed(transaction: Transaction, each: Vector, met: Passing) -> list[Near]:
    passed = met.passed(transaction)
    reach = vector.reach(passed, ranking.NEIGHBOURS_FILTERED, _EF_SEARCH)
    return vector.indexed(
        transaction,
        each,
        _MODEL,
        met.condition,
        most=ranking.NEIGHBOURS_FILTERED,
        ef_search=reach,
        passed_over=passed.documents,
    )


def _clustered(count: int, dimensions: int, chance: int) -> Iterator[Vector]:
    """Unit vectors around 6,000 centres around 300 others, uneven in size, in 48 directions and some noise.

    The centres are the same whatever the `chance`.
    """
    import numpy

    fixed, free = numpy.random.default_rng(0), numpy.random.default_rng(chance)
    topics = fixed.normal(size=(300, 48))
    centres = topics[fixed.integers(0, 300, 6_000)] + 0.7 * fixed.normal(size=(6_000, 48))
    sizes = numpy.arange(1, 6_001) ** -0.6
    directions = fixed.normal(size=(48, dimensions)) / 7 * numpy.arange(1, 49)[:, None] ** -0.3
    for start in range(0, count, 10_000):
        some = min(10_000, count - start)
        near = centres[free.choice(6_000, some, p=sizes / sizes.sum())] + 0.6 * free.normal(size=(some, 48))
        made = near @ directions + 0.12 * free.normal(size=(some, dimensions))
        made /= numpy.linalg.norm(made, axis=1, keepdims=True)
        yield from (array("f", each.tobytes()) for each in made.astype(numpy.float32))


def _each(pool: Database, statements: str) -> None:
    with pool.session() as session:
        for statement in statements.split(";"):
            session.execute(Query.parse("statement", statement))


def _at(times: Sequence[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


if __name__ == "__main__":
    main()
