"""Asks for products by id: to read what a list passed over, and to be sure that something has gone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from tendero.catalog.woocommerce.client import Client
from tendero.catalog.woocommerce.listing import RawPage, usable
from tendero.catalog.woocommerce.reader import Reader
from tendero.catalog.woocommerce.refusals import PageFailed, Refused

_PER_PAGE = 100


def existing(reader: Reader, ids: Collection[int], **params: Any) -> Iterator[RawPage]:
    """Those of the products that the shop lists, in any status but trash."""
    ordered = sorted(ids)
    parts = (ordered[start : start + _PER_PAGE] for start in range(0, len(ordered), _PER_PAGE))
    for _, page in reader.each(lambda part: _listed(reader.client, part, params), parts):
        yield page


def gone(reader: Reader, ids: Collection[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of products that customers cannot see any more, and in words what could not be told.

    Each is asked for by itself: 404, the trash or any status but published are what makes it gone.
    """
    states = list(reader.each(lambda one: _doubt(reader.client, one), sorted(ids)))
    return (
        tuple(str(one) for one, doubt in states if not doubt),
        tuple(doubt for _, doubt in states if doubt),
    )


def unlisted(client: Client, ids: Collection[int]) -> tuple[set[int], tuple[str, ...]]:
    """What ids are that no list of products shows: the parents of those that are variations, and the ids of
    products that have gone.

    An id that is nothing to the shop's API, such as that of a page or an order, counts as gone.
    """
    parents: set[int] = set()
    lost: list[str] = []
    for one in sorted(ids):
        try:
            raw = client.one(f"products/{one}", attempts=2, _fields="id,parent_id,type,status").body
        except Refused as error:
            if error.status != 404 or not error.code.endswith("invalid_id"):
                raise
            lost.append(str(one))
            continue
        parent = raw.get("parent_id")
        if raw.get("type") == "variation" and type(parent) is int and parent > 0:
            parents.add(parent)
        elif raw.get("status") != "publish":
            lost.append(str(one))
    return parents, tuple(lost)


def _listed(client: Client, ids: list[int], params: dict[str, Any]) -> RawPage:
    try:
        # Repeated parameters would count only once: WordPress wants one list.
        answer = client.rows(
            "products", include=",".join(map(str, ids)), status="any", per_page=_PER_PAGE, **params
        )
    except PageFailed as error:
        if len(ids) == 1:
            return RawPage([], problems=[f"Product {ids[0]} was left out: {error}"])
        half = len(ids) // 2
        one, other = _listed(client, ids[:half], params), _listed(client, ids[half:], params)
        return RawPage(one.rows + other.rows, problems=one.problems + other.problems)
    wanted = set(ids)
    return RawPage([raw for raw in usable(answer.body) if raw["id"] in wanted])


def _doubt(client: Client, product_id: int) -> str:
    """Why a product that no list shows may not be called gone; empty when it may."""
    try:
        raw = client.one(f"products/{product_id}", attempts=2, _fields="id,status").body
    except Refused as error:
        if error.status == 404 and error.code.endswith("invalid_id"):
            return ""
        raise
    except PageFailed as error:
        return f"Product {product_id} cannot be read: {error}"
    return "" if raw.get("status") != "publish" else f"Product {product_id} is published but in no list."
