"""The door for WooCommerce's product webhooks: each is a hint to read one product anew; many together are one
to run the sync.

What a delivery says is not believed: it may be late, and a deletion may be of a page or an order. The next
sync finds whatever a hint has missed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Request, Response

from tendero.channels.rush import Rush
from tendero.channels.workers import Workers
from tendero.platform.deadline import Deadline
from tendero.platform.errors import BadRequest, DeadlineExceeded, SecretError, TenderoError
from tendero.platform.incoming import read_body, reply_json
from tendero.platform.logs import logger
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.tasks import CloudTasksQueue, TaskQueue

_log = logger("woocommerce")
_PING = re.compile(rb"webhook_id=\d{1,19}")
_MOST_BYTES = 5_000_000
# A shop delivers one at a time: while it waits for an answer, everything behind waits, too.
_DEADLINE_SECONDS = 5.0
_MOST_HINTS = 200
# Hints for one product within this time become one read, at the end of it: none tells of a later change.
_BURST_SECONDS = 3
# More products than these within a span of time are a mass edit: one run over what changed, at its end, asks
# the shop for a page where single reads would ask for each product.
_MOST_ALONE = 10
_SPAN_SECONDS = 15
_LARGEST_ID = 2**63 - 1


class WooCommerceHook:
    """Turns deliveries into tasks for the function `sync`. `queue` is asked for at the first one.

    Deliveries are answered 200 whatever becomes of them, once the signature is right: a shop never repeats
    one, and switches the webhook off after seven failures in a row.
    """

    def __init__(
        self, settings: Settings, secrets: Secrets, queue: Callable[[], TaskQueue] | None = None
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._make_queue = queue or (lambda: CloudTasksQueue(settings, settings.sync_queue))
        self._queue: TaskQueue | None = None
        self._workers = Workers(_MOST_HINTS)
        self._rush = Rush(_MOST_ALONE, _SPAN_SECONDS)

    def __call__(self, request: Request) -> Response:
        """Raises BadRequest, with 401 for a wrong signature."""
        body = read_body(request, _MOST_BYTES)
        if _PING.fullmatch(body.strip()) and request.mimetype == "application/x-www-form-urlencoded":
            # Sent when the webhook is made: unsigned, about no product.
            return reply_json({"status": "ignored", "reason": "ping"})
        deadline = Deadline(_DEADLINE_SECONDS)
        try:
            secret = self._workers.run(
                lambda: self._secrets.get("woocommerce_webhook_secret").strip(), deadline
            )
        except (SecretError, DeadlineExceeded) as error:
            _log.error("the webhooks' secret cannot be read", reason=str(error))
            return reply_json({"error": "The webhooks' secret cannot be read now."}, 503)
        if not secret:
            return reply_json(
                {"error": "Set WOOCOMMERCE_WEBHOOK_SECRET to the secret of the shop's webhooks."}, 503
            )
        if not _is_signed(request, body, secret):
            raise BadRequest("The header X-WC-Webhook-Signature is missing or wrong.", status=401)
        return self._take(request.headers.get("X-WC-Webhook-Topic", ""), body, deadline)

    def _take(self, topic: str, body: bytes, deadline: Deadline) -> Response:
        if not topic.startswith("product."):
            return reply_json({"status": "ignored", "reason": "not about a product"})
        product_id = _product_id(body)
        if product_id is None:
            _log.warning("a webhook names no product", topic=topic)
            return reply_json({"status": "ignored", "reason": "no product id"})
        if not self._settings.sync_url:
            _log.info("hint left to the next sync: SYNC_URL is not set", topic=topic, product=product_id)
            return reply_json({"status": "ignored", "reason": "left to the next sync"})
        try:
            new = self._workers.run(partial(self._enqueue, product_id), deadline)
        except TenderoError as error:
            _log.error("hint left to the next sync", topic=topic, product=product_id, reason=str(error))
            return reply_json({"status": "ignored", "reason": "left to the next sync"})
        _log.info("hint taken", topic=topic, product=product_id, new=new)
        return reply_json({"status": "queued" if new else "queued before"})

    def _enqueue(self, product_id: int) -> bool:
        if self._queue is None:
            self._queue = self._make_queue()
        now = time.time()
        span = self._rush.span(product_id, now)
        # The delivery's id is of no use for a name: deliveries of the same second share it.
        if span is not None:
            order: dict[str, Any] = {"source": "woocommerce"}
            name, end = f"changes-{span}", (span + 1) * _SPAN_SECONDS
        else:
            burst = int(now // _BURST_SECONDS)
            order = {"source": "woocommerce", "ids": [product_id]}
            name, end = f"{product_id}-{burst}", (burst + 1) * _BURST_SECONDS
        name = f"woocommerce-{self._settings.shop_id}-{name}"
        return self._queue.enqueue(self._settings.sync_url, order, name=name, delay_seconds=end - now)


def _is_signed(request: Request, body: bytes, secret: str) -> bool:
    """Source: WC_Webhook::generate_signature, base64 of HMAC-SHA256 over the body as it was sent."""
    expected = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    sent = request.headers.get("X-WC-Webhook-Signature", "")
    # WSGI hands headers over as Latin-1, whatever bytes they hold.
    return hmac.compare_digest(sent.encode("latin-1", "replace"), expected)


def _product_id(body: bytes) -> int | None:
    """The product to read; a variation's is the one it belongs to: a burst over its siblings is one."""
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    wanted: Any = said.get("id")
    if said.get("type") == "variation" and _is_id(said.get("parent_id")):
        wanted = said["parent_id"]
    return wanted if _is_id(wanted) else None


def _is_id(value: object) -> bool:
    return type(value) is int and 0 < value <= _LARGEST_ID
