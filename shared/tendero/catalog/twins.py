"""Keeps what two sources of a shop both sell shown once, as rows come, change and go."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tendero.catalog.same_sku import Listing, Price, Rule, Standing, Stock, standings
from tendero.platform.database import Row, Transaction
from tendero.platform.sql import load

_SQL = load(__file__)
# Bounds the memory: with every row come those that it has to do with.
_BATCH = 1_000


class Settled(NamedTuple):
    """Ids of the rows written, and of those among them that came to be hidden, or to be shown again."""

    written: list[int]
    turned: list[int]


def settle(transaction: Transaction, product_ids: Sequence[int], rule: Rule) -> Settled:
    """Settles which rows are shown, and with whose price and stock, after these were written or deactivated.

    Rows of an earlier rule are all settled anew, also when no ids are given. One short query where a shop has
    one source. Writes only what differs. Raises DatabaseError.
    """
    state = transaction.fetch(_SQL["state"])[0]
    if state["several"] and state["rule"] == str(rule):
        return _settled(transaction, product_ids, rule)
    # The rows of the other source may have been deleted.
    if state["several"] or state["rule"] is not None:
        return settle_all(transaction, rule)
    return Settled([], [])


def settle_all(transaction: Transaction, rule: Rule) -> Settled:
    """The same for all rows, whatever rule they were settled by."""
    ids = [row["id"] for row in transaction.fetch(_SQL["concerned"])]
    settled = _settled(transaction, ids, rule)
    transaction.execute(_SQL["remember"], rule=str(rule))
    transaction.execute(_SQL["forget"])
    return settled


def _settled(transaction: Transaction, ids: Sequence[int], rule: Rule) -> Settled:
    written: dict[int, None] = {}
    turned: dict[int, None] = {}
    done: set[int] = set()
    left = deque(ids)
    while batch := _next(left, done):
        held = _related(transaction, batch)
        done |= held.keys()
        found = standings((each.listing for each in held.values()), rule)
        different = {key: held[key].standing for key in sorted(found) if found[key] != held[key].standing}
        if different:
            transaction.execute(_SQL["write"], **_columns((key, found[key]) for key in different))
        for key, before in different.items():
            written[key] = None
            if (before.shown_as is None) != (found[key].shown_as is None):
                turned[key] = None
    return Settled(list(written), list(turned))


def _next(ids: deque[int], done: set[int]) -> list[int]:
    """As many of the ids, taken off them, as are settled at once; what came with others is done."""
    batch: list[int] = []
    while ids and len(batch) < _BATCH:
        key = ids.popleft()
        if key not in done:
            batch.append(key)
    return batch


class _Held(NamedTuple):
    """A row, and how it stands until now."""

    listing: Listing
    standing: Standing


def _related(transaction: Transaction, ids: Sequence[int]) -> dict[int, _Held]:
    """These rows and all that have to do with them, directly or through others, now or until now."""
    held: dict[int, _Held] = {}
    skus: set[str] = set()
    families: set[tuple[str, str]] = set()
    rows = transaction.fetch(_SQL["by_ids"], ids=list(ids))
    while rows:
        new = {row["id"]: _held(row) for row in rows}
        held |= new
        new_skus = {sku for each in new.values() for sku in _skus(each)} - skus
        new_families = {family for each in new.values() for family in _families(each)} - families
        if not (new_skus or new_families):
            break
        skus |= new_skus
        families |= new_families
        rows = transaction.fetch(
            _SQL["related"],
            skus=sorted(new_skus),
            sources=[source for source, _ in sorted(new_families)],
            external_ids=[external_id for _, external_id in sorted(new_families)],
            held=list(held),
        )
    return held


def _skus(held: _Held) -> Iterator[str]:
    yield from (sku for sku in (held.listing.sku, held.standing.sku) if sku)


def _families(held: _Held) -> Iterator[tuple[str, str]]:
    row = held.listing
    ids = (row.external_id, row.parent, held.standing.parent)
    yield from ((row.source, external_id) for external_id in ids if external_id is not None)


def _held(row: Row) -> _Held:
    listing = Listing(
        row["id"],
        row["source"],
        row["external_id"],
        row["kind"] == "variation",
        row["parent_external_id"],
        row["is_active"],
        row["sku_key"],
        Price(row["currency"], row["price"], row["list_price"], row["sale_price"]),
        Stock(row["stock_status"], row["stock_quantity"]),
    )
    price = Price(row["other_currency"], row["other_price"], row["other_list_price"], row["other_sale_price"])
    stock = row["other_stock_status"] and Stock(row["other_stock_status"], row["other_stock_quantity"])
    standing = Standing(
        row["shown_as"],
        row["price_of"],
        row["stock_of"],
        None if price.price is None else price,
        stock or None,
        row["settled_sku"],
        row["settled_parent"],
    )
    return _Held(listing, standing)


def _columns(stands: Iterable[tuple[int, Standing]]) -> dict[str, list[Any]]:
    """The new standings as one array per column."""
    names = ("ids", "shown_as", "price_of", "stock_of", "skus", "parents", *Price._fields, *Stock._fields)
    rows = [
        (
            *(key, each.shown_as, each.price_of, each.stock_of, each.sku, each.parent),
            *(each.price or (None,) * len(Price._fields)),
            *(each.stock or (None,) * len(Stock._fields)),
        )
        for key, each in stands
    ]
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
