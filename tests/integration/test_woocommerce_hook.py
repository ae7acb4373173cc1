"""The door for the shop's webhooks: who is let in, what is ignored, what becomes a task."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from flask import Flask, Response
from hypothesis import given
from hypothesis import strategies as st

from tendero.channels.rush import Rush
from tendero.channels.woocommerce import WooCommerceHook
from tendero.platform.errors import ServiceUnavailable
from tendero.platform.incoming import answer
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tests.integration.test_catalog_embedding import RecordingQueue

_app = Flask(__name__)
SECRET = "sésamo"
FORM = "application/x-www-form-urlencoded"


class Hook:
    """The door, with a queue that keeps its tasks."""

    def __init__(self, queue: Any = None, **settings: Any) -> None:
        given = {"woocommerce_webhook_secret": SECRET, "sync_url": "http://sync.example", **settings}
        self.queue = queue or RecordingQueue()
        chosen = Settings(**given)
        self.door = WooCommerceHook(chosen, Secrets(chosen, environment={}), lambda: self.queue)

    def post(self, body: bytes, topic: str = "product.updated", **headers: str) -> Response:
        type_ = headers.pop("type_", "application/json")
        sent = {"X-WC-Webhook-Topic": topic, "X-WC-Webhook-Signature": signature(body), **headers}
        with _app.test_request_context(
            "/woocommerce", method="POST", data=body, headers=sent, content_type=type_
        ) as context:
            return answer(self.door)(context.request)

    def told(self, value: Any, **more: str) -> list[list[int]]:
        """The ids of the tasks after a signed delivery of this value."""
        assert self.post(json.dumps(value).encode(), **more).status_code == 200
        return [task["ids"] for task in self.queue.tasks.values()]


def signature(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def test_a_signed_delivery_becomes_a_task_for_its_product() -> None:
    hook = Hook()
    assert hook.told({"id": 63, "name": "Basket", "price": "1"}) == [[63]]
    (task,) = hook.queue.tasks.values()
    assert task == {"source": "woocommerce", "ids": [63]}


def test_a_burst_over_one_product_is_one_task_whatever_the_delivery_ids() -> None:
    hook = Hook()
    for number in range(20):
        hook.told({"id": 63}, **{"X-WC-Webhook-Delivery-ID": f"{number}"})
    # A burst may reach over the edge of two spans of time.
    assert len(hook.queue.tasks) <= 2


def test_deliveries_that_share_an_id_are_all_heard() -> None:
    hook = Hook()
    for product in (1, 2, 3):
        hook.told({"id": product}, **{"X-WC-Webhook-Delivery-ID": "the same"})
    assert sorted(task["ids"][0] for task in hook.queue.tasks.values()) == [1, 2, 3]


def test_a_mass_edit_is_a_few_reads_and_then_a_run_over_what_changed() -> None:
    hook = Hook()
    for product in range(1, 501):
        # A variable product tells of itself and of its variations.
        hook.post(json.dumps({"id": product}).encode())
        hook.post(json.dumps({"id": 1000 + product, "type": "variation", "parent_id": product}).encode())
    tasks = list(hook.queue.tasks.values())
    runs = [task for task in tasks if "ids" not in task]
    spans = len(runs)
    # However slowly they came: ten reads in a span, of which each may reach over the edge of a burst.
    assert 1 <= spans <= len(tasks) <= 25 * (spans + 1)
    assert all(task == {"source": "woocommerce"} for task in runs)


def test_the_first_products_of_a_mass_edit_are_read_at_once() -> None:
    rush = Rush(2, 15)
    assert [rush.span(product, 30.0) for product in (7, 8, 7, 9, 8, 9)] == [None, None, None, 2, None, 2]
    assert rush.span(9, 45.0) is None


def test_a_variation_stands_for_its_product() -> None:
    assert Hook().told({"id": 1001, "type": "variation", "parent_id": 1000}) == [[1000]]


def test_a_deletion_is_a_hint_like_any_other() -> None:
    assert Hook().told({"id": 2427}, topic="product.deleted") == [[2427]]


def test_the_unsigned_ping_is_answered_and_ignored() -> None:
    hook = Hook()
    answered = hook.post(b"webhook_id=2", topic="", type_=FORM, **{"X-WC-Webhook-Signature": ""})
    assert answered.status_code == 200
    assert hook.queue.tasks == {}


@pytest.mark.parametrize("topic", ["order.created", "coupon.updated", "action.woocommerce_add_to_cart", ""])
def test_other_topics_are_ignored(topic: str) -> None:
    assert Hook().told({"id": 63}, topic=topic) == []


@pytest.mark.parametrize("sent", ["", "x", "ñ", signature(b'{"id":64}'), signature(b'{"id":63}', "other")])
def test_a_wrong_signature_is_refused(sent: str) -> None:
    hook = Hook()
    answered = hook.post(b'{"id":63}', **{"X-WC-Webhook-Signature": sent})
    assert answered.status_code == 401
    assert hook.queue.tasks == {}


def test_a_form_that_is_no_ping_needs_a_signature() -> None:
    answered = Hook().post(b"webhook_id=2&id=3", type_=FORM, **{"X-WC-Webhook-Signature": ""})
    assert answered.status_code == 401


def test_without_a_secret_nothing_is_taken() -> None:
    hook = Hook(woocommerce_webhook_secret="")
    answered = hook.post(b'{"id":63}', **{"X-WC-Webhook-Signature": signature(b'{"id":63}', "")})
    assert answered.status_code == 503
    assert "WOOCOMMERCE_WEBHOOK_SECRET" in answered.get_data(as_text=True)
    assert hook.queue.tasks == {}


def test_without_the_sync_functions_address_a_hint_is_left_to_the_next_sync(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert Hook(sync_url="").told({"id": 63}) == []
    assert "SYNC_URL is not set" in capfd.readouterr().err


def test_a_queue_that_fails_costs_the_shop_no_webhook(capfd: pytest.CaptureFixture[str]) -> None:
    class Down(RecordingQueue):
        def enqueue(self, *_: Any, **__: Any) -> bool:
            raise ServiceUnavailable("Cloud Tasks is down.")

    assert Hook(Down()).told({"id": 63}) == []
    assert "Cloud Tasks is down." in capfd.readouterr().err


def test_a_body_beyond_all_reason_is_refused() -> None:
    assert Hook().post(b"x" * 5_000_001).status_code == 413


@given(st.one_of(st.binary(max_size=200), st.recursive(st.integers() | st.text(), st.lists).map(str)))
def test_whatever_is_signed_is_answered(body: bytes | str) -> None:
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "replace")
    assert Hook().post(raw).status_code == 200


@given(
    st.dictionaries(
        st.sampled_from(["id", "type", "parent_id", "name"]), st.integers() | st.text() | st.none()
    )
)
def test_only_positive_whole_numbers_are_ids(said: dict[str, Any]) -> None:
    for (found,) in Hook().told(said):
        assert 0 < found < 2**63
