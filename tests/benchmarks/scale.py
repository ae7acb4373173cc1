"""A large shop loaded and embedded in one run: `python -m tests.benchmarks.scale [--products N]`.

A generated shop serves from a process of its own; this one does what `tendero sync` does without a queue: one
`run_sync` with the local embedder, into a new database with the word index and the HNSW index in place.
Memory is this process's resident memory, sampled all along: with a flat run, its second half needs no more
than its first. The shop has as many variations as products; vectors are of products.
"""

from __future__ import annotations

import argparse
import resource
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from infra.migrations.prepare import prepare
from tendero.catalog.embedders.local import LocalEmbedder
from tendero.catalog.embedding import FanOut
from tendero.catalog.models import Models
from tendero.catalog.report import SyncReport
from tendero.catalog.sync import run_sync
from tendero.catalog.vectors import Vectors
from tendero.catalog.woocommerce.shop import WooCommerce
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.benchmarks.bench_database import migrated
from tests.benchmarks.full_sync import _KINDS, served

_MEGABYTE = 1 << 20
_SAMPLE_SECONDS = 0.2
_SIZE = Query.parse("size", "select pg_database_size(current_database()) as bytes")


@dataclass
class Memory:
    """Samples of this process's resident memory: (moment, bytes)."""

    samples: list[tuple[float, int]] = field(default_factory=list)

    @contextmanager
    def watched(self) -> Iterator[None]:
        ended, process = threading.Event(), psutil.Process()

        def sample() -> None:
            while not ended.wait(_SAMPLE_SECONDS):
                self.samples.append((time.monotonic(), process.memory_info().rss))

        thread = threading.Thread(target=sample, daemon=True)
        thread.start()
        yield
        ended.set()
        thread.join()

    def peaks(self, begin: float, end: float, parts: int = 4) -> list[int]:
        """The largest sample of each part of this time, in megabytes."""
        length = (end - begin) / parts
        found = []
        for part in range(parts):
            first, last = begin + part * length, begin + (part + 1) * length
            found.append(max((size for at, size in self.samples if first <= at <= last), default=0))
        return [size // _MEGABYTE for size in found]


@dataclass
class Timed:
    """Embeddings, with the moment at which everything was loaded and their turn came."""

    vectors: Vectors
    began: float = 0.0

    def fan_out(self, run_id: int | str, product_ids: Sequence[int] | None = None) -> FanOut:
        self.began = time.monotonic()
        return self.vectors.fan_out(run_id, product_ids)


def measured(settings: Settings, memory: Memory) -> tuple[SyncReport, tuple[float, float, float], int]:
    """The run, when it began, embedded and ended, and the database's size in bytes."""
    pool = database(settings)
    timed = Timed(Vectors(pool, Models(LocalEmbedder()), settings))
    with memory.watched():
        began = time.monotonic()
        report = run_sync(pool, WooCommerce(settings), settings=settings, embeddings=timed, full=True)
        ended = time.monotonic()
    size = int(pool.fetch(_SIZE)[0]["bytes"])
    pool.close()
    return report, (began, timed.began, ended), size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    options = parser.parse_args()
    logs.silence()
    memory = Memory()
    with served(_KINDS["woocommerce"], options.products, 0.0) as login, migrated() as where:
        settings = Settings.load({"DATABASE_URL": where.database_url, "EMBEDDER": "local", **login})
        prepare(settings)
        report, (began, loaded, ended), size = measured(settings, memory)
    assert (report.products, report.embeddings, report.errors) == (options.products, options.products, ())
    loading, embedding = loaded - began, ended - loaded
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{report.products} products with {report.variations} variations, in one run")
    print(f"  loaded     {loading:8.1f} s {report.inserted / loading:8.0f} rows/s, word index included")
    print(f"  embedded   {embedding:8.1f} s {report.embeddings / embedding:8.0f} products/s, HNSW included")
    print(f"  peak resident memory  {peak} MB")
    print(f"    quarters of loading   {memory.peaks(began, loaded)} MB")
    print(f"    quarters of embedding {memory.peaks(loaded, ended)} MB")
    print(f"  database  {size // _MEGABYTE} MB")


if __name__ == "__main__":
    main()
