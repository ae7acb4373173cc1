"""Which items a list request means, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from infra.local.demo_shop import prices, render
from infra.local.demo_shop.records import Item, plain

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop

Test = Callable[[Item], bool]

_PAGING = ("page", "per_page", "offset")
# A walk over a large shop asks for the same list a hundred times.
_KEPT = 8


def select(
    shop: Shop, args: dict[str, Any], parent_id: int | None = None, kind: str = "product"
) -> list[Item]:
    """Every item that the parameters ask for, sorted. `kind` is "product" or "variation"."""
    asked = sorted((name, repr(value)) for name, value in args.items() if name not in _PAGING)
    key = (shop.revision, parent_id, kind, tuple(asked))
    held = shop.selections.get(key)
    if held is not None:
        return held
    tests = _tests(shop, args, kind)
    pool = shop.items.values() if parent_id is None else shop.variations_of_id(parent_id)
    found = _sorted(shop, [item for item in pool if all(test(item) for test in tests)], args)
    # The clock alone starts and ends a sale, so such a list is never kept.
    if "on_sale" not in args:
        while len(shop.selections) >= _KEPT:
            shop.selections.pop(next(iter(shop.selections)))
        shop.selections[key] = found
    return found


def _tests(shop: Shop, args: dict[str, Any], kind: str) -> list[Test]:
    either = kind == "product" and bool(args.get("sku") or args.get("global_unique_id"))
    tests: list[Test] = []
    if not either:
        tests.append(lambda item: item.is_variation == (kind == "variation"))
    tests.append(_status_test(shop, args))
    for name, make in _FILTERS.items():
        if args.get(name) not in (None, "", []):
            tests.append(make(shop, args[name]))
    return tests


def _status_test(shop: Shop, args: dict[str, Any]) -> Test:
    wanted = [args.get("status", "any")]
    if shop.is_modern and args.get("include_status"):
        wanted = args["include_status"]
    unwanted = args.get("exclude_status", []) if shop.is_modern else []

    def test(item: Item) -> bool:
        listed = item.status in wanted or ("any" in wanted and item.status != "trash")
        return listed and item.status not in unwanted

    return test


def _one_of_ids(shop: Shop, ids: list[int]) -> Test:
    wanted = set(ids)
    return lambda item: item.id in wanted


def _in_terms(field: str, tree: str) -> Callable[[Shop, list[int]], Test]:
    def make(shop: Shop, ids: list[int]) -> Test:
        wanted, known = set(ids), getattr(shop, tree)
        while True:
            below = {term.id for term in known.values() if term.parent in wanted} - wanted
            if not below:
                return lambda item: bool(wanted.intersection(getattr(item, field)))
            wanted |= below

    return make


def _search(shop: Shop, text: str) -> Test:
    wanted = plain(text).split()

    def test(item: Item) -> bool:
        body = plain(f"{item.name} {item.description} {item.short_description}")
        return all(word in body for word in wanted)

    return test


def _sku_list(shop: Shop, text: str) -> Test:
    wanted = {part.strip().lower() for part in text.split(",")}
    return lambda item: bool(item.sku) and item.sku.lower() in wanted


def _code_list(shop: Shop, text: str) -> Test:
    wanted = {part.strip() for part in text.split(",")}
    return lambda item: item.global_unique_id in wanted


def _price_bound(shop: Shop, text: str, *, low: bool) -> Test:
    bound = prices.amount(text) or Decimal(0)

    def test(item: Item) -> bool:
        price = prices.amount(prices.shown(shop, item))
        return price is not None and (price >= bound if low else price <= bound)

    return test


# A filter whose argument is False still filters; only absent and empty ones are left out above.
_FILTERS: dict[str, Callable[[Shop, Any], Test]] = {
    "include": _one_of_ids,
    "exclude": lambda shop, ids: lambda item: item.id not in ids,
    "parent": lambda shop, ids: lambda item: item.parent_id in ids,
    "parent_exclude": lambda shop, ids: lambda item: item.parent_id not in ids,
    "slug": lambda shop, text: lambda item: item.slug in text.split(","),
    "type": lambda shop, kind: lambda item: item.type == kind,
    "category": _in_terms("category_ids", "categories"),
    "tag": _in_terms("tag_ids", "tags"),
    "brand": _in_terms("brand_ids", "brands"),
    "sku": _sku_list,
    "search_sku": lambda shop, text: lambda item: text.lower() in item.sku.lower(),
    "global_unique_id": _code_list,
    "search": _search,
    "featured": lambda shop, flag: lambda item: item.featured == flag,
    "virtual": lambda shop, flag: lambda item: item.virtual == flag,
    "on_sale": lambda shop, flag: lambda item: prices.on_sale(shop, item) == flag,
    "stock_status": lambda shop, status: lambda item: render.stock_status(shop, item) == status,
    "min_price": lambda shop, text: _price_bound(shop, text, low=True),
    "max_price": lambda shop, text: _price_bound(shop, text, low=False),
    "after": lambda shop, bound: lambda item: item.created > bound,
    "before": lambda shop, bound: lambda item: item.created < bound,
    "modified_after": lambda shop, bound: lambda item: item.modified > bound,
    "modified_before": lambda shop, bound: lambda item: item.modified < bound,
}


def _sorted(shop: Shop, found: list[Item], args: dict[str, Any]) -> list[Item]:
    order_by = args.get("orderby", "date")
    if order_by == "include" and args.get("include"):
        place = {item_id: n for n, item_id in enumerate(args["include"])}
        return sorted(found, key=lambda item: place.get(item.id, len(place)))
    keys: dict[str, Callable[[Item], Any]] = {
        "date": lambda item: item.created,
        "modified": lambda item: item.modified,
        "title": lambda item: plain(item.name),
        "slug": lambda item: item.slug,
        "price": lambda item: prices.amount(prices.shown(shop, item)) or Decimal(0),
        "menu_order": lambda item: item.menu_order,
    }
    first = keys.get(order_by, _alike)
    return sorted(found, key=lambda item: (first(item), item.id), reverse=args.get("order", "desc") == "desc")


def _alike(item: Item) -> int:
    return 0
