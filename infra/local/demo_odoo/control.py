"""`/_control`: the failure switches over HTTP, for an Odoo that runs in a process of its own."""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from infra.local.demo_odoo.faults import KINDS
from infra.local.demo_odoo.replies import Reply, json_reply

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo


def answer(odoo: Odoo, request: Request) -> Reply:
    """GET tells the state. POST takes {"fault": kind, "times": n, …} | {"clear": true} | {"latency": s} |
    {"stock": {"<product id>": quantity}}, several at once if wanted. Only loopback may ask."""
    if not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:
        return json_reply({"error": "only for this machine"}, 403)
    if request.method == "POST":
        try:
            _obey(odoo, json.loads(request.get_data()))
        except (ValueError, TypeError, AttributeError) as e:
            return json_reply({"error": f"{e}", "faults": KINDS}, 400)
    return json_reply(
        {
            "version": odoo.release.version,
            "database": odoo.database,
            "products": len(odoo.table("product.product").rows),
            "requests": len(odoo.requests),
            "latency": odoo.latency,
            "faults": odoo.faults.describe(),
        }
    )


def _obey(odoo: Odoo, order: dict[str, Any]) -> None:
    order = dict(order)
    if order.pop("clear", False):
        odoo.faults.clear()
        odoo.latency = 0.0
    if "latency" in order:
        odoo.latency = float(order.pop("latency"))
    for product_id, quantity in order.pop("stock", {}).items():
        odoo.set_stock(int(product_id), float(quantity))
    kind = order.pop("fault", None)
    if kind is not None:
        odoo.faults.add(kind, order.pop("times", 1), **order)
    elif order:
        raise ValueError(f"unknown order: {', '.join(order)}")
