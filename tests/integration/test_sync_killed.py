"""Syncs that are killed anywhere: what comes out in the end is what an undisturbed one brings."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.local import demo_odoo
from infra.local.demo_shop.server import Server as ShopServer
from infra.local.demo_shop.shop import Shop
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.integration.odoo_sync import environment as odoo_environment

ROOT = Path(__file__).resolve().parents[2]
# Of the requests that an undisturbed sync makes. Those that follow make fewer, and are killed later on.
SHARES = (0.2, 0.4, 0.6)
CATALOGUE = Query.parse(
    "catalogue",
    "select jsonb_object_agg(external_id, to_jsonb(p) - 'id' - 'created_at' - 'updated_at') as told"
    " from products p",
)
WORDS = Query.parse(
    "words",
    "select p.external_id, t.term, d.length, w.names, w.labels, w.texts from search_documents d"
    " cross join unnest(d.terms, d.names, d.labels, d.texts) as w(term, names, labels, texts)"
    " join products p on p.id = d.product_id join search_terms t on t.id = w.term order by 1, 2",
)
COUNTS = Query.parse(
    "counts", "select term, documents, named from search_terms where documents > 0 order by term"
)
TOTALS = Query.parse(
    "totals", "select documents, round(total_length::numeric, 2) as length from search_statistics"
)
VECTORS = Query.parse(
    "vectors",
    "select p.external_id, e.model, e.text_hash, e.embedding::text as vector from product_embeddings e"
    " join products p on p.id = e.product_id order by 1, 2",
)
RUNS = Query.parse("runs", "select * from sync_runs order by id")
PAGES = Query.parse("pages", "select count(*) as n from sync_pages")
EMPTY = Query.parse(
    "empty",
    "truncate products, sync_state, sync_runs, search_terms, search_postings, search_spellings,"
    " search_statistics, search_values cascade",
)


def catalogue(db: Database) -> dict[str, Any]:
    """Everything that a sync leaves behind, under names that do not depend on the order of writing."""
    return {query.name: db.fetch(query) for query in (CATALOGUE, WORDS, COUNTS, TOTALS, VECTORS)}


def start(variables: Mapping[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "infra.cli", "sync", "--json"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(variables: Mapping[str, str]) -> None:
    """A sync that nobody disturbs."""
    process = start(variables)
    told = process.communicate(timeout=120)
    assert process.returncode == 0, told


def run_killed(variables: Mapping[str, str], asked: Callable[[], int], most: int, moment: float) -> None:
    """A sync that is killed a moment after its source was asked `most` times more."""
    end = time.monotonic() + 60
    before = asked()
    process = start(variables)
    while process.poll() is None and asked() - before < most:
        assert time.monotonic() < end
        time.sleep(0.002)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)


def disturb(
    db: Database,
    variables: Mapping[str, str],
    asked: Callable[[], int],
    change: Callable[[int], None] = lambda kill: None,
) -> dict[str, Any]:
    """What an undisturbed sync leaves behind. Then kills syncs early, in the middle and late in their work,
    and lets a last one be.

    `change` is called after each kill.
    """
    before = asked()
    run(variables)
    requests, expected = asked() - before, catalogue(db)
    db.execute(EMPTY)
    chance = random.Random()
    for kill, share in enumerate(SHARES):
        run_killed(variables, asked, int(requests * share), chance.uniform(0, 0.15))
        change(kill)
    run(variables)
    last = db.fetch(RUNS)[-1]
    assert (last["status"], last["continuations"] > 0) == ("succeeded", True)
    return expected


@pytest.fixture
def shop() -> Iterator[ShopServer]:
    with ShopServer(shop=Shop.generated(450, latency=0.05)) as server:
        yield server


@pytest.fixture
def shop_variables(shop: ShopServer, database_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "EMBEDDER": "local",
        "EMBED_URL": "",
        "WOOCOMMERCE_URL": shop.base_url,
        "WOOCOMMERCE_KEY": "ck_demo_tendero",
        "WOOCOMMERCE_SECRET": "cs_demo_tendero",
        "WOOCOMMERCE_CONCURRENCY": "1",
        "COMMIT_BATCH_SIZE": "50",
        "SOURCES": "woocommerce",
    }


def test_a_killed_woocommerce_sync_ends_like_an_undisturbed_one(
    db: Database, shop: ShopServer, shop_variables: dict[str, str]
) -> None:
    expected = disturb(db, shop_variables, lambda: len(shop.shop.requests))
    assert catalogue(db) == expected
    assert db.fetch(PAGES)[0]["n"] == 0


def test_a_shop_that_changes_between_kills_arrives_as_it_is_in_the_end(
    db: Database, shop: ShopServer, shop_variables: dict[str, str]
) -> None:
    simple = [item.id for item in shop.shop.items.values() if item.type == "simple"]

    def change(kill: int) -> None:
        shop.shop.update(simple[kill], {"name": f"Renamed {kill}", "regular_price": "3.21", "sale_price": ""})
        shop.shop.delete(simple[100 + kill])
        shop.shop.trash(simple[200 + kill])
        shop.shop.create({"name": f"New {kill}", "regular_price": "5"})

    disturb(db, shop_variables, lambda: len(shop.shop.requests), change)
    found = catalogue(db)
    db.execute(EMPTY)
    run(shop_variables)
    expected = catalogue(db)
    # What was deleted on the way stays as a row that is not on sale, as after any sync.
    for told in (found, expected):
        rows = told["catalogue"][0]["told"]
        told["catalogue"] = {key: row for key, row in rows.items() if row["is_active"]}
        told["vectors"] = [row for row in told["vectors"] if row["external_id"] in told["catalogue"]]
    assert found == expected


def test_a_killed_odoo_sync_ends_like_an_undisturbed_one(db: Database, database_url: str) -> None:
    with demo_odoo.Server(odoo=demo_odoo.Odoo.generated(300)) as server:
        variables = odoo_environment(
            server,
            DATABASE_URL=database_url,
            EMBEDDER="local",
            EMBED_URL="",
            SOURCES="odoo",
            COMMIT_BATCH_SIZE="50",
        )
        expected = disturb(db, variables, lambda: len(server.odoo.requests))
        assert catalogue(db) == expected
