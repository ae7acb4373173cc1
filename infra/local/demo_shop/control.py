"""`/_control`: the failure switches over HTTP, for a shop that runs in a process of its own."""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from infra.local.demo_shop.faults import KINDS
from infra.local.demo_shop.replies import Reply, json_reply

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop


def answer(shop: Shop, request: Request) -> Reply:
    """GET tells the state. POST takes {"fault": kind, "times": n, …} | {"clear": true} | {"latency": s}
    | {"deliver": true} | {"run_queue": true}, several at once if wanted. Only loopback may ask."""
    if not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:
        return json_reply({"error": "only for this machine"}, 403)
    if request.method == "POST":
        try:
            _obey(shop, json.loads(request.get_data()))
        except (ValueError, TypeError, AttributeError) as e:
            return json_reply({"error": f"{e}", "faults": KINDS}, 400)
    return json_reply(
        {
            "version": shop.version,
            "products": sum(1 for item in shop.items.values() if not item.is_variation),
            "variations": sum(1 for item in shop.items.values() if item.is_variation),
            "requests": len(shop.requests),
            "latency": shop.latency,
            "faults": shop.faults.describe(),
        }
    )


def _obey(shop: Shop, order: dict[str, Any]) -> None:
    order = dict(order)
    if order.pop("clear", False):
        shop.faults.clear()
        shop.latency = 0.0
    if "latency" in order:
        shop.latency = float(order.pop("latency"))
    if order.pop("run_queue", False):
        shop.run_queue()
    if order.pop("deliver", False):
        shop.webhooks.deliver_now()
    kind = order.pop("fault", None)
    if kind is not None:
        shop.faults.add(kind, order.pop("times", 1), **order)
    elif order:
        raise ValueError(f"unknown order: {', '.join(order)}")
