"""The routes of categories, tags, brands and attributes (reading only)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.demo_shop import params
from infra.local.demo_shop.errors import ApiError, no_route
from infra.local.demo_shop.records import AttributeKind, Term, plain, slugify
from infra.local.demo_shop.render import to_bytes
from infra.local.demo_shop.replies import Call, Reply, json_reply, page_of

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop

# Route name → (attribute of the shop that holds the terms, field of an item that names them).
_HELD = {
    "categories": ("categories", "category_ids"),
    "tags": ("tags", "tag_ids"),
    "brands": ("brands", "brand_ids"),
}


def term_list(shop: Shop, call: Call, kind: str) -> Reply:
    terms = _terms(shop, kind)
    args = call.args(params.TERMS)
    counts = _counts(shop, kind)
    rows = [term for term in terms.values() if _wanted(shop, term, kind, args, counts)]
    keys: dict[str, Any] = {
        "id": lambda t: t.id,
        "slug": lambda t: t.slug,
        "count": lambda t: counts.get(t.id, 0),
    }
    rows.sort(key=keys.get(args.get("orderby", "name"), lambda t: plain(t.name)))
    if args.get("order") == "desc":
        rows.reverse()
    fields = call.fields()
    return page_of(call, shop.base_url, rows, args, lambda t: to_bytes(_term(shop, kind, t, counts, fields)))


def term(shop: Shop, call: Call, kind: str, term_id: int) -> Reply:
    found = _terms(shop, kind).get(term_id)
    if found is None:
        raise ApiError("woocommerce_rest_term_invalid", "Resource does not exist.", 404)
    return json_reply(_term(shop, kind, found, _counts(shop, kind), ()))


def attribute_list(shop: Shop, call: Call) -> Reply:
    """All of them on one page, as the real route has no paging."""
    return json_reply([_attribute(shop, kind) for kind in shop.attributes.values()])


def attribute_terms(shop: Shop, call: Call, attribute_id: int) -> Reply:
    for kind in shop.attributes.values():
        if kind.id == attribute_id:
            return _attribute_page(shop, call, kind)
    raise ApiError("woocommerce_rest_taxonomy_invalid", "Resource does not exist.", 404)


def _attribute_page(shop: Shop, call: Call, kind: AttributeKind) -> Reply:
    held = [
        option
        for item in shop.items.values()
        for a in item.attributes
        if a.id == kind.id
        for option in a.options
    ]
    rows = [
        {"id": kind.id * 1000 + n, "name": name, "slug": slugify(name), "description": "", "menu_order": 0,
         "count": held.count(name)}
        for n, name in enumerate(sorted(set(held), key=plain), start=1)
    ]  # fmt: skip
    return page_of(call, shop.base_url, rows, call.args(params.TERMS), to_bytes)


def _terms(shop: Shop, kind: str) -> dict[int, Term]:
    if kind == "brands" and not shop.has_brands:
        raise no_route()
    terms: dict[int, Term] = getattr(shop, _HELD[kind][0])
    return terms


def _counts(shop: Shop, kind: str) -> dict[int, int]:
    """Published products of each term, and of a category those of its children too."""
    terms, field = getattr(shop, _HELD[kind][0]), _HELD[kind][1]
    counts: dict[int, int] = {}
    for item in shop.items.values():
        if item.status != "publish" or item.is_variation:
            continue
        reached: set[int] = set()
        for term_id in getattr(item, field):
            while term_id and term_id not in reached:
                reached.add(term_id)
                term_id = terms[term_id].parent if term_id in terms else 0
        for term_id in reached:
            counts[term_id] = counts.get(term_id, 0) + 1
    return counts


def _wanted(shop: Shop, term: Term, kind: str, args: dict[str, Any], counts: dict[int, int]) -> bool:
    product = shop.items.get(args["product"]) if "product" in args else None
    return (
        ("parent" not in args or term.parent == args["parent"])
        and (not args.get("include") or term.id in args["include"])
        and (not args.get("exclude") or term.id not in args["exclude"])
        and (not args.get("slug") or term.slug == args["slug"])
        and (not args.get("search") or plain(args["search"]) in plain(term.name))
        and (not args.get("hide_empty") or counts.get(term.id, 0) > 0)
        and (product is None or term.id in getattr(product, _HELD[kind][1]))
    )


def _term(
    shop: Shop, kind: str, term: Term, counts: dict[int, int], fields: tuple[str, ...]
) -> dict[str, Any]:
    body: dict[str, Any] = {"id": term.id, "name": term.name, "slug": term.slug}
    if kind != "tags":
        body["parent"] = term.parent
    body["description"] = term.description
    if kind != "tags":
        body |= {"display": "default", "image": None, "menu_order": 0}
    body["count"] = counts.get(term.id, 0)
    collection = f"{shop.api_url}/products/{kind}"
    body["_links"] = {"self": [{"href": f"{collection}/{term.id}"}], "collection": [{"href": collection}]}
    return {name: value for name, value in body.items() if name in fields} if fields else body


def _attribute(shop: Shop, kind: AttributeKind) -> dict[str, Any]:
    collection = f"{shop.api_url}/products/attributes"
    return {
        "id": kind.id,
        "name": kind.name,
        "slug": kind.slug,
        "type": "select",
        "order_by": "menu_order",
        "has_archives": False,
        "_links": {"self": [{"href": f"{collection}/{kind.id}"}], "collection": [{"href": collection}]},
    }
