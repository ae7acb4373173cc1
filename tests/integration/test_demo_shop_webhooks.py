"""Webhooks: pinged, told once, signed, never retried, switched off after seven failures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from infra.local.demo_shop import Shop
from tests.integration.demo_shop_client import Client, serving

SCARF, SHIRT, SHIRT_S = 1160, 1000, 1001


class Receiver:
    """Records what is delivered and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.arrived = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.status)
                self.end_headers()
                if body.startswith(b"{"):
                    receiver.arrived.set()

            def log_message(self, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got if body.startswith(b"{")]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.stop()


@pytest.fixture
def shop() -> Iterator[Client]:
    # The worker never runs by itself in these tests: deliveries happen when a test says so.
    with serving(Shop(webhook_delay=3600)) as client:
        yield client


def _subscribe(shop: Client, receiver: Receiver, topic: str = "product.updated") -> int:
    body = {"name": "t", "topic": topic, "delivery_url": receiver.url, "secret": "sésamo"}
    answer = shop("POST", "/webhooks", json=body)
    assert answer.status_code == 201
    assert "secret" not in answer.json()
    return int(answer.json()["id"])


def _deliver(shop: Client) -> int:
    return shop.server.shop.webhooks.deliver_now()


def test_creation_pings_with_an_unsigned_form(shop: Client, receiver: Receiver) -> None:
    receiver.status = 500
    hook = _subscribe(shop, receiver)
    headers, body = receiver.got[0]
    assert body == f"webhook_id={hook}".encode()
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert not [name for name in headers if name.lower().startswith("x-wc")]
    assert shop.get(f"/webhooks/{hook}").json()["status"] == "active"


def test_a_change_is_told_signed_with_the_whole_product(shop: Client, receiver: Receiver) -> None:
    hook = _subscribe(shop, receiver)
    shop("PUT", f"/products/{SCARF}", json={"regular_price": "33"})
    assert _deliver(shop) == 1
    headers, body = receiver.got[-1]
    expected = base64.b64encode(hmac.new("sésamo".encode(), body, hashlib.sha256).digest()).decode()
    assert headers["X-WC-Webhook-Signature"] == expected
    assert headers["X-WC-Webhook-Topic"] == "product.updated"
    assert headers["X-WC-Webhook-Resource"] == "product"
    assert headers["X-WC-Webhook-Event"] == "updated"
    assert headers["X-WC-Webhook-ID"] == str(hook)
    assert headers["X-WC-Webhook-Source"] == f"{shop.server.base_url}/"
    assert "Hookshot" in headers["User-Agent"]
    assert b"\\/" in body
    assert (json.loads(body)["id"], json.loads(body)["price"]) == (SCARF, "33")


def test_several_changes_before_the_run_are_one_delivery(shop: Client, receiver: Receiver) -> None:
    _subscribe(shop, receiver)
    for price in ("1", "2", "3"):
        shop("PUT", f"/products/{SCARF}", json={"regular_price": price})
    assert _deliver(shop) == 1
    assert receiver.bodies()[0]["price"] == "3"


def test_a_variation_is_told_and_its_parent_is_not(shop: Client, receiver: Receiver) -> None:
    _subscribe(shop, receiver)
    shop("PUT", f"/products/{SHIRT}/variations/{SHIRT_S}", json={"stock_quantity": 2})
    _deliver(shop)
    (body,) = receiver.bodies()
    assert (body["id"], body["type"], body["parent_id"]) == (SHIRT_S, "variation", SHIRT)


def test_a_delete_tells_only_the_id_and_a_forced_one_nothing(shop: Client, receiver: Receiver) -> None:
    _subscribe(shop, receiver, "product.deleted")
    shop("DELETE", f"/products/{SCARF}")
    shop("DELETE", "/products/1040?force=true")
    _deliver(shop)
    assert receiver.bodies() == [{"id": SCARF}]


def test_trash_by_put_is_an_update(shop: Client, receiver: Receiver) -> None:
    _subscribe(shop, receiver)
    _subscribe(shop, receiver, "product.deleted")
    shop("PUT", f"/products/{SCARF}", json={"status": "trash"})
    assert _deliver(shop) == 1
    assert receiver.bodies()[0]["status"] == "trash"


def test_a_trashed_variable_product_tells_its_variations_first(shop: Client, receiver: Receiver) -> None:
    _subscribe(shop, receiver, "product.deleted")
    shop("DELETE", f"/products/{SHIRT}")
    _deliver(shop)
    told = [body["id"] for body in receiver.bodies()]
    assert told[-1] == SHIRT
    assert len(told) == 7


def test_silent_writes_are_not_told(shop: Client, receiver: Receiver) -> None:
    _subscribe(shop, receiver)
    shop.server.shop.write_silently(SCARF, stock_quantity=0)
    assert _deliver(shop) == 0


def test_the_seventh_failure_disables_and_activating_does_not_forgive(
    shop: Client, receiver: Receiver
) -> None:
    hook = _subscribe(shop, receiver)
    receiver.status = 500

    def change() -> str:
        shop("PUT", f"/products/{SCARF}", json={})
        _deliver(shop)
        return str(shop.get(f"/webhooks/{hook}").json()["status"])

    assert [change() for _ in range(7)] == ["active"] * 6 + ["disabled"]
    shop("PUT", f"/webhooks/{hook}", json={"status": "active"})
    assert change() == "disabled"
    shop("PUT", f"/webhooks/{hook}", json={"status": "active"})
    receiver.status = 200
    assert change() == "active"
    receiver.status = 500
    assert change() == "active"


def test_the_worker_delivers_by_itself(receiver: Receiver) -> None:
    with serving(Shop(webhook_delay=0.01)) as shop:
        _subscribe(shop, receiver, "product.created")
        shop("POST", "/products", json={"name": "Recién llegado"})
        assert receiver.arrived.wait(20)
    assert receiver.bodies()[0]["name"] == "Recién llegado"


def test_only_this_machine_is_ever_called(shop: Client) -> None:
    body = {"topic": "product.updated", "delivery_url": "http://192.0.2.1/hook", "secret": "s"}
    assert shop("POST", "/webhooks", json=body).status_code == 201


def test_webhooks_are_listed_checked_and_deleted_by_force(shop: Client, receiver: Receiver) -> None:
    hook = _subscribe(shop, receiver)
    assert shop.ids("/webhooks", status="active") == [hook]
    assert shop("POST", "/webhooks", json={"topic": "x", "delivery_url": receiver.url}).status_code == 400
    assert (
        shop("POST", "/webhooks", json={"topic": "product.updated", "delivery_url": "x"}).status_code == 400
    )
    assert shop("DELETE", f"/webhooks/{hook}").status_code == 501
    assert shop("DELETE", f"/webhooks/{hook}?force=true").status_code == 200
    assert shop.get(f"/webhooks/{hook}").status_code == 404
