"""Quantities of products: computed from quants and moves, never stored, never dated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.field import Field, number
from infra.local.demo_odoo.release import Release
from infra.local.demo_odoo.table import Row

_OPEN = ("confirmed", "assigned")
_LABELS = {
    "qty_available": "Quantity On Hand",
    "free_qty": "Free To Use Quantity",
    "virtual_available": "Forecasted Quantity",
    "incoming_qty": "Incoming",
    "outgoing_qty": "Outgoing",
}


def stock_fields(release: Release) -> dict[str, Field]:
    """The quantities of product.product. Reading one takes the right to read stock.move."""
    return {
        name: number(
            label, digits=(16, 2), compute=_reader(name), needs="stock.move",
            writable=name == "qty_available" and release.major >= 19,
        )
        for name, label in _LABELS.items()
    }  # fmt: skip


def template_stock_fields() -> dict[str, Field]:
    def total(name: str) -> Callable[[Env, Row], float]:
        one = _reader(name)
        return lambda env, row: sum(
            one(env, variant) for variant in env.table("product.product").by("product_tmpl_id", row["id"])
        )

    return {
        name: number(label, digits=(16, 2), compute=total(name), needs="stock.move")
        for name, label in _LABELS.items()
        if name != "free_qty"
    }


def _reader(name: str) -> Callable[[Env, Row], float]:
    return lambda env, row: quantities(env, row["id"])[name]


def quantities(env: Env, product_id: int) -> dict[str, float]:
    """On hand, free, forecast, incoming and outgoing, in the places that the context means."""
    places = locations(env)
    quants = [q for q in env.table("stock.quant").by("product_id", product_id) if q["location_id"] in places]
    moves = [m for m in env.table("stock.move").by("product_id", product_id) if m["state"] in _OPEN]
    on_hand = float(sum(q["quantity"] for q in quants))
    reserved = float(sum(q["reserved_quantity"] for q in quants))
    coming = _crossing(moves, places, into=True)
    going = _crossing(moves, places, into=False)
    return {
        "qty_available": on_hand,
        "free_qty": on_hand - reserved,
        "virtual_available": on_hand + coming - going,
        "incoming_qty": coming,
        "outgoing_qty": going,
    }


def _crossing(moves: list[Row], places: set[int], *, into: bool) -> float:
    return float(
        sum(
            move["product_uom_qty"]
            for move in moves
            if (move["location_dest_id"] in places) is into and (move["location_id"] in places) is not into
        )
    )


def locations(env: Env) -> set[int]:
    """The internal locations that quantities are counted in: those of the companies of the call, narrowed by
    `warehouse_id`, `warehouse` or `location` in the context."""
    warehouses = _ids(env.context.get("warehouse_id") or env.context.get("warehouse"))
    named = _ids(env.context.get("location"))
    return {
        row["id"]
        for row in env.table("stock.location").rows.values()
        if row["usage"] == "internal"
        and row["company_id"] in env.companies
        and (not warehouses or row["warehouse_id"] in warehouses)
        and (not named or row["id"] in named)
    }


def _ids(value: Any) -> set[int]:
    if not value:
        return set()
    return set(value) if isinstance(value, list | tuple) else {value}
