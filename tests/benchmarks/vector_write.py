"""Writing vectors in bulk against row by row: `python -m tests.benchmarks.vector_write [--rows N]`.

Both write the same 1536-dimensional vectors, through the same driver, into an empty table without index on
the vectors: binary COPY into staging and one statement, as `tendero.catalog.embedding` does, against
pg8000's own cursor with one `INSERT … ON CONFLICT` per row and the vector as text, in one transaction.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from array import array
from collections.abc import Callable
from typing import Any

from tendero.catalog.embedder import Vector
from tendero.catalog.embedding import write_vectors
from tendero.platform import connect
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.benchmarks.bench_database import migrated

_DIMENSIONS = 1536
_BATCH = 1000
_MODEL = "benchmark"
_PRODUCTS = Query.parse(
    "products",
    "insert into products (source, external_id, kind, name, text_hash)"
    " select 'benchmark', n::text, 'product', 'P', 'hash' from generate_series(1, :rows::int) n returning id",
)
_INSERT = (
    "insert into product_embeddings (product_id, model, text_hash, embedding)"
    " values (%s, %s, %s, cast(cast(%s as text) as halfvec)) on conflict (product_id, model)"
    " do update set text_hash = excluded.text_hash, embedding = excluded.embedding, created_at = now()"
)
_EMPTY = Query.parse("empty", "truncate product_embeddings")

Vectors = list[tuple[dict[str, Any], Vector]]


def in_bulk(database: Database, vectors: Vectors) -> None:
    for start in range(0, len(vectors), _BATCH):
        write_vectors(database, _MODEL, vectors[start : start + _BATCH])


def row_by_row(connection: Any, vectors: Vectors) -> None:
    cursor = connection.cursor()
    for row, vector in vectors:
        cursor.execute(_INSERT, (row["id"], _MODEL, row["text_hash"], str(vector.tolist())))
    connection.commit()


def seconds(write: Callable[[Any, Vectors], None], to: Any, database: Database, vectors: Vectors) -> float:
    database.execute(_EMPTY)
    began = time.perf_counter()
    write(to, vectors)
    return time.perf_counter() - began


def measured(settings: Settings, count: int, rounds: int) -> list[tuple[float, float]]:
    """Seconds of each round: row by row, in bulk."""
    chance = random.Random(1)
    database, connection = connect.database(settings), connect.opener(settings)()
    try:
        connection.cursor().execute("set tendero.shop_id = 'default'")
        connection.commit()
        ids = [row["id"] for row in database.fetch(_PRODUCTS, rows=count)]
        vectors: Vectors = [
            (
                {"id": each, "text_hash": "hash"},
                array("f", (chance.uniform(-1, 1) for _ in range(_DIMENSIONS))),
            )
            for each in ids
        ]
        # Side by side, so that a slow moment of the machine meets both.
        return [
            (
                seconds(row_by_row, connection, database, vectors),
                seconds(in_bulk, database, database, vectors),
            )
            for _ in range(rounds)
        ]
    finally:
        connection.close()
        database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with migrated() as settings:
        rounds = measured(settings, options.rows, options.rounds)
    slow, fast = (statistics.median(each) for each in zip(*rounds, strict=True))
    print(f"{options.rows} vectors of {_DIMENSIONS} numbers, median of {options.rounds} rounds")
    print(f"  row by row   {slow:8.2f} s {options.rows / slow:10.0f} rows/s")
    print(f"  binary COPY  {fast:8.2f} s {options.rows / fast:10.0f} rows/s")
    print(f"  ratio        {statistics.median(a / b for a, b in rounds):8.1f} (goal: at least 20)")


if __name__ == "__main__":
    main()
