"""A change in the shop reaches the database by webhook, queue and function, without a sync run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.demo_shop.server import Server as ShopServer
from infra.local.demo_shop.shop import Shop
from infra.local.tasks_server.server import Server as TasksServer
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.acceptance.served import Served, served
from tests.acceptance.test_sync_and_embed import until
from tests.integration.demo_shop_client import Client

SCARF, SHIRT, SHIRT_S = 1160, 1000, 1001
SECRET = "ws_demo"
QUEUE = "projects/demo/locations/here/queues/sync"
ROW = Query.parse("row", "select * from products where external_id = :id")
RUNS = Query.parse("runs", "select count(*) as n from sync_runs")


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[tuple[Client, Served]]:
    """A synced shop that tells the webhook function of every change at once, and that function."""
    with ExitStack() as stack:
        server = stack.enter_context(ShopServer(shop=Shop(webhook_delay=0.01)))
        tasks = stack.enter_context(TasksServer(queues=[QUEUE]))
        settings = {
            "DATABASE_URL": database_url,
            "EMBEDDER": "local",
            "WOOCOMMERCE_URL": server.base_url,
            "WOOCOMMERCE_KEY": "ck_demo_tendero",
            "WOOCOMMERCE_SECRET": "cs_demo_tendero",
            "WOOCOMMERCE_WEBHOOK_SECRET": SECRET,
            "GCP_PROJECT_ID": "demo",
            "TASKS_LOCATION": "here",
            "SYNC_QUEUE": "sync",
            "CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{tasks.port}",
        }
        sync = stack.enter_context(served("sync", tmp_path, **settings))
        webhook = stack.enter_context(served("webhook", tmp_path, **settings, SYNC_URL=sync.url))
        assert requests.post(sync.url, timeout=60).status_code == 200
        client = Client(server)
        for event in ("created", "updated", "deleted"):
            hook = {
                "topic": f"product.{event}",
                "delivery_url": f"{webhook.url}/woocommerce",
                "secret": SECRET,
            }
            assert client("POST", "/webhooks", json=hook).status_code == 201
        yield client, webhook
        client.session.close()


def row(db: Database, external_id: int) -> dict[str, Any]:
    rows = db.fetch(ROW, id=str(external_id))
    return rows[0] if rows else {"is_active": False}


def test_what_changes_in_the_shop_changes_here_without_a_run(
    shop: tuple[Client, Served], db: Database
) -> None:
    client, webhook = shop
    client("PUT", f"/products/{SCARF}", json={"regular_price": "33"})
    client("PUT", f"/products/{SHIRT}/variations/{SHIRT_S}", json={"manage_stock": True, "stock_quantity": 2})
    client("DELETE", "/products/1040")
    new = client("POST", "/products", json={"name": "Recién llegado", "regular_price": "5"}).json()["id"]
    until(lambda: row(db, SCARF)["list_price"] == 33)
    until(lambda: row(db, SHIRT_S)["stock_quantity"] == 2)
    until(lambda: not row(db, 1040)["is_active"])
    until(lambda: bool(row(db, new)["is_active"]))
    assert db.fetch(RUNS) == [{"n": 1}]
    states = {hook["status"] for hook in client.get("/webhooks").json()}
    assert states == {"active"}
    assert "request failed" not in webhook.log


def test_a_stranger_changes_nothing(shop: tuple[Client, Served], db: Database) -> None:
    _, webhook = shop
    answer = requests.post(
        f"{webhook.url}/woocommerce",
        json={"id": SCARF},
        headers={"X-WC-Webhook-Topic": "product.deleted"},
        timeout=30,
    )
    assert answer.status_code == 401
    assert requests.get(f"{webhook.url}/woocommerce", timeout=30).status_code == 405
    assert row(db, SCARF)["is_active"]
