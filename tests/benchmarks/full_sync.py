"""A full sync against only downloading its pages: `python -m tests.benchmarks.full_sync [--products N]`.

A generated shop serves from a process of its own. The bare download asks for the same pages through the same
client with the same number at once, and decodes their JSON; the sync also cleans, writes and indexes them.
Vectors are not made: they are the work of the embed function. `--latency` is added to every answer; a real
WooCommerce needs about half a second for such a page.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from tendero.catalog.sync import run_sync
from tendero.catalog.woocommerce.client import Client
from tendero.catalog.woocommerce.listing import Listing
from tendero.catalog.woocommerce.mapping import PRODUCT_FIELDS, VARIATION_FIELDS
from tendero.catalog.woocommerce.shop import WooCommerce
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.benchmarks.bench_database import migrated

_EMPTY = Query.parse("empty", "truncate products, sync_state, search_terms, search_statistics cascade")


@contextmanager
def shop(products: int, latency: float) -> Iterator[str]:
    """The URL of a generated shop."""
    command = [sys.executable, "-m", "infra.local.demo_shop", "--port", "0"]
    options = ["--products", str(products), "--latency", str(latency)]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield next(word for word in process.stdout.readline().split() if word.startswith("http"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def download(client: Client, settings: Settings) -> int:
    """Every page, decoded and thrown away; the number of rows."""
    rows, at_once = 0, settings.woocommerce_concurrency
    with ThreadPoolExecutor(at_once) as pool:
        for path, fields in (("products", PRODUCT_FIELDS), ("variations", VARIATION_FIELDS)):
            listing = Listing(client, path, {"_fields": fields}, pool=pool, ahead=at_once * 3)
            rows += sum(len(page.rows) for page in listing)
    return rows


def measured(settings: Settings, rounds: int) -> list[tuple[float, float, float]]:
    """Seconds of each round: the download, a first sync, a full sync that finds nothing changed."""
    pool, source, found = database(settings), WooCommerce(settings), []
    # The shop writes each JSON once and keeps it: nobody is to pay for that here.
    rows = download(source.client, settings)
    for _ in range(rounds):
        pool.execute(_EMPTY)
        moments = [time.perf_counter()]
        download(source.client, settings)
        moments.append(time.perf_counter())
        assert run_sync(pool, source, settings=settings, full=True).inserted == rows
        moments.append(time.perf_counter())
        assert run_sync(pool, source, settings=settings, full=True).unchanged == rows
        moments.append(time.perf_counter())
        found.append((moments[1] - moments[0], moments[2] - moments[1], moments[3] - moments[2]))
    pool.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--latency", type=float, default=0.3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    logs.silence()
    with shop(options.products, options.latency) as url, migrated() as where:
        keys = {"WOOCOMMERCE_KEY": "ck_demo_tendero", "WOOCOMMERCE_SECRET": "cs_demo_tendero"}
        settings = Settings.load({"DATABASE_URL": where.database_url, "WOOCOMMERCE_URL": url, **keys})
        rounds = measured(settings, options.rounds)
    bare, first, again = (statistics.median(each) for each in zip(*rounds, strict=True))
    ratio = statistics.median(sync / alone for alone, sync, _ in rounds)
    print(f"{options.products} products and their variations, {options.latency} s added to each answer,")
    print(f"{settings.woocommerce_concurrency} pages at once, median of {options.rounds} rounds")
    print(f"  only downloading      {bare:8.2f} s")
    print(f"  full sync, all new    {first:8.2f} s   ratio {ratio:.2f} (goal: at most 1.25)")
    print(f"  full sync, unchanged  {again:8.2f} s")


if __name__ == "__main__":
    main()
