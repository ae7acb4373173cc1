"""Product webhooks: told late, one at a time, never twice, and switched off after seven failures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from infra.local.demo_shop import render
from infra.local.demo_shop.records import Item

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop

TOPICS = tuple(f"product.{event}" for event in ("created", "updated", "deleted", "restored"))
TIMEOUT_SECONDS = 60
FAILURES_ALLOWED = 5


@dataclass
class Webhook:
    """A subscription. `failures` counts consecutive ones; setting it active again does not reset it."""

    id: int
    name: str
    topic: str
    delivery_url: str
    secret: str
    created: datetime
    modified: datetime
    status: str = "active"
    failures: int = 0


class Webhooks:
    """The subscriptions and the queue of what is still to be told.

    Several changes of one product before the queue runs give one delivery, whose body is made when it is
    sent. Only loopback addresses are ever called.
    """

    def __init__(self, shop: Shop, delay: float) -> None:
        self.delay = delay
        self.subscribed: dict[int, Webhook] = {}
        self._shop = shop
        self._waiting: dict[tuple[int, int], Item] = {}
        self._wake = threading.Condition()
        self._worker: threading.Thread | None = None
        self._last_id = 0

    def add(self, name: str, topic: str, delivery_url: str, secret: str) -> Webhook:
        """Subscribes and pings the receiver at once, whatever it answers."""
        self._last_id += 1
        now = self._shop.now()
        hook = Webhook(self._last_id, name, topic, delivery_url, secret, now, now)
        self.subscribed[hook.id] = hook
        self._post(
            hook, f"webhook_id={hook.id}".encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        return hook

    def happened(self, event: str, item: Item) -> None:
        """Notes an event of a product or variation for every active webhook of that topic."""
        topic = f"product.{event}"
        hooks = [h for h in self.subscribed.values() if h.topic == topic and h.status == "active"]
        if not hooks:
            return
        with self._wake:
            for hook in hooks:
                self._waiting[hook.id, item.id] = item
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, name="demo-shop-webhooks", daemon=True)
                self._worker.start()
            self._wake.notify()

    def deliver_now(self) -> int:
        """Sends all that waits, in order, and gives how many were sent."""
        sent = 0
        while True:
            with self._wake:
                if not self._waiting:
                    return sent
                (hook_id, item_id), item = next(iter(self._waiting.items()))
                del self._waiting[hook_id, item_id]
            hook = self.subscribed.get(hook_id)
            if hook is not None and hook.status == "active":
                self._deliver(hook, item)
                sent += 1

    def _run(self) -> None:
        while not self._shop.stopping.is_set():
            with self._wake:
                self._wake.wait_for(lambda: bool(self._waiting) or self._shop.stopping.is_set())
            if not self._shop.stopping.wait(self.delay):
                self.deliver_now()

    def stop(self) -> None:
        """Ends the worker; what still waits is dropped."""
        with self._wake:
            self._wake.notify_all()
        if self._worker is not None:
            self._worker.join(timeout=5)
            self._worker = None

    def _deliver(self, hook: Webhook, item: Item) -> None:
        event = hook.topic.partition(".")[2]
        with self._shop.lock:
            gone = event == "deleted" or item.id not in self._shop.items
            body = render.to_bytes({"id": item.id}) if gone else self._shop.json(item)
            second = f"{hook.id}{int(self._shop.now().timestamp())}"
        digest = hmac.new(hook.secret.encode(), body, hashlib.sha256).digest()
        # Not unique on a real store either: a hash of the webhook's id and the current second.
        delivery_id = hashlib.md5(second.encode(), usedforsecurity=False).hexdigest()
        good = self._post(
            hook,
            body,
            {
                "Content-Type": "application/json",
                "X-WC-Webhook-Source": f"{self._shop.base_url}/",
                "X-WC-Webhook-Topic": hook.topic,
                "X-WC-Webhook-Resource": "product",
                "X-WC-Webhook-Event": event,
                "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
                "X-WC-Webhook-ID": str(hook.id),
                "X-WC-Webhook-Delivery-ID": delivery_id,
                "Connection": "close",
            },
        )
        if good:
            hook.failures = 0
        elif hook.failures > FAILURES_ALLOWED:
            hook.status = "disabled"
        else:
            hook.failures += 1

    def _post(self, hook: Webhook, body: bytes, headers: dict[str, str]) -> bool:
        if not is_loopback(hook.delivery_url):
            return False
        agent = f"WooCommerce/{self._shop.version} Hookshot (WordPress/7.0.4)"
        with requests.Session() as session:
            # A proxy from the environment must not see what is meant for this machine.
            session.trust_env = False
            return self._accepted(session, hook.delivery_url, body, {"User-Agent": agent, **headers})

    @staticmethod
    def _accepted(session: requests.Session, url: str, body: bytes, headers: dict[str, str]) -> bool:
        try:
            answer = session.post(
                url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException:
            return False
        return 200 <= answer.status_code < 303


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
