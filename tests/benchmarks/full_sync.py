"""A full sync against only downloading its pages: `python -m tests.benchmarks.full_sync [--source odoo]`.

A generated shop serves from a process of its own. The bare download asks for the same pages through the same
client with the same number at once, and decodes their JSON; the sync also cleans, writes and indexes them.
Vectors are not made: they are the work of the embed function. `--latency` is added to every answer: a real
WooCommerce needs about half a second for a page of 100, a real Odoo for a page of 500 variants 0.1 to 0.2 s
on the same machine, without load and without encryption.
"""

from __future__ import annotations

import argparse
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from infra.local.demo_odoo import SYNC
from tendero.catalog.odoo import walk
from tendero.catalog.odoo.census import Census, batches
from tendero.catalog.odoo.fields import Fields
from tendero.catalog.odoo.labels import Labels
from tendero.catalog.odoo.reader import Reader
from tendero.catalog.odoo.source import Odoo
from tendero.catalog.source import Source
from tendero.catalog.sync import run_sync
from tendero.catalog.woocommerce.listing import Listing
from tendero.catalog.woocommerce.mapping import PRODUCT_FIELDS, VARIATION_FIELDS
from tendero.catalog.woocommerce.shop import WooCommerce
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.benchmarks.bench_database import migrated

_EMPTY = Query.parse(
    "empty",
    "truncate products, sync_state, search_terms, search_statistics, search_postings, search_spellings,"
    " search_values cascade",
)
_STEPS = ("only downloading", "full sync, all new", "full sync, unchanged", "incremental, unchanged")
_GOAL = 1.25


def download_woocommerce(source: Any, settings: Settings) -> None:
    at_once = settings.woocommerce_concurrency
    with ThreadPoolExecutor(at_once) as pool:
        for path, fields in (("products", PRODUCT_FIELDS), ("variations", VARIATION_FIELDS)):
            for _ in Listing(source.client, path, {"_fields": fields}, pool=pool, ahead=at_once * 3):
                pass


def download_odoo(source: Any, _: Settings) -> None:
    client, census = source.client, Census()
    fields = Fields.of(client)
    for counting in (census.fill(client, fields, fields.identity), census.fill_bare(client, fields)):
        for _page in counting:
            pass
    reader = Reader(client, fields, Labels(client))
    for templates in batches(census.sizes(census.families), walk._PER_PAGE):
        reader.templates(templates)


def woocommerce_login(_: str) -> dict[str, str]:
    return {"WOOCOMMERCE_KEY": "ck_demo_tendero", "WOOCOMMERCE_SECRET": "cs_demo_tendero"}


def odoo_login(told: str) -> dict[str, str]:
    """With the key that the server tells at its start, so over JSON-2."""
    key = re.search(r"key (\S+)", told)
    assert key is not None
    parts = {"DB": "demo", "USERNAME": SYNC.login, "PASSWORD": key[1]}
    return {f"ODOO_PROD_{part}": value for part, value in parts.items()}


@dataclass(frozen=True)
class Kind:
    """A kind of source: what serves it, how to log in there, how to read it, and how to only download it."""

    module: str
    url: str
    login: Callable[[str], dict[str, str]]
    source: Callable[[Settings], Source]
    download: Callable[[Any, Settings], None]


_KINDS = {
    "woocommerce": Kind(
        "infra.local.demo_shop", "WOOCOMMERCE_URL", woocommerce_login, WooCommerce, download_woocommerce
    ),
    "odoo": Kind("infra.local.demo_odoo", "ODOO_PROD_URL", odoo_login, Odoo, download_odoo),
}


@contextmanager
def served(kind: Kind, products: int, latency: float) -> Iterator[dict[str, str]]:
    """Address and login of a generated shop."""
    command = [sys.executable, "-m", kind.module, "--port", "0"]
    options = ["--products", str(products), "--latency", str(latency)]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        yield {kind.url: next(word for word in told.split() if word.startswith("http")), **kind.login(told)}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def measured(kind: Kind, settings: Settings, rounds: int) -> list[list[float]]:
    """Seconds of each round's steps."""
    pool, source, found = database(settings), kind.source(settings), []

    def sync(**options: Any) -> int:
        report = run_sync(pool, source, settings=settings, **options)
        return report.inserted + report.updated + report.deactivated

    # The shop writes each JSON once and keeps it: nobody is to pay for that here.
    kind.download(source, settings)
    for _ in range(rounds):
        pool.execute(_EMPTY)
        moments = [time.perf_counter()]
        kind.download(source, settings)
        moments.append(time.perf_counter())
        assert sync(full=True)
        moments.append(time.perf_counter())
        assert not sync(full=True)
        moments.append(time.perf_counter())
        assert not sync()
        moments.append(time.perf_counter())
        found.append([after - before for before, after in pairwise(moments)])
    pool.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", choices=_KINDS, nargs="+", default=list(_KINDS))
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--latency", type=float, nargs="+", default=[0.3, 0.0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    logs.silence()
    for name in options.source:
        for latency in options.latency:
            kind = _KINDS[name]
            with served(kind, options.products, latency) as shop, migrated() as where:
                settings = Settings.load({"DATABASE_URL": where.database_url, **shop})
                rounds = measured(kind, settings, options.rounds)
            print(f"{name}: {options.products} products, {latency} s added to each answer, ", end="")
            print(f"median of {options.rounds} rounds")
            for step, taken in zip(_STEPS, zip(*rounds, strict=True), strict=True):
                ratio = statistics.median(one / alone[0] for one, alone in zip(taken, rounds, strict=True))
                goal = f" (goal: at most {_GOAL})" if step == _STEPS[1] else ""
                print(f"  {step:24}{statistics.median(taken):8.2f} s   ratio {ratio:.2f}{goal}")


if __name__ == "__main__":
    main()
