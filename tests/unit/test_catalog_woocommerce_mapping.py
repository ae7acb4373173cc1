"""WooCommerce's rows as catalogue items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.item import Kind, StockStatus
from tendero.catalog.woocommerce.mapping import Mapper, Parent

SIMPLE: dict[str, Any] = {
    "id": 63,
    "name": "Slim Basket &amp; lid",
    "permalink": "https://shop.example/product/slim-basket-7/",
    "type": "simple",
    "status": "publish",
    "catalog_visibility": "visible",
    "post_password": "",
    "description": "<p>Soft.</p>",
    "short_description": "",
    "sku": "GEN-7",
    "global_unique_id": "4000000000007",
    "price": "140.12",
    "regular_price": "175.15",
    "sale_price": "140.12",
    "on_sale": True,
    "purchasable": True,
    "manage_stock": True,
    "stock_quantity": 43,
    "stock_status": "instock",
    "weight": "2.2",
    "categories": [{"id": 41, "name": "Outdoor", "slug": "outdoor"}],
    "brands": [{"id": 72, "name": "Kestrel"}],
    "tags": [{"id": 1, "name": "eco"}],
    "images": [{"src": "https://shop.example/a.jpg"}],
    "attributes": [{"id": 3, "name": "Material", "visible": True, "variation": False, "options": ["Glass"]}],
    "variations": [],
    "date_modified_gmt": "2026-03-18T11:52:30",
}
VARIABLE: dict[str, Any] = SIMPLE | {
    "id": 10,
    "type": "variable",
    "sku": "tee",
    "attributes": [
        {"id": 1, "name": "Color", "visible": False, "variation": True, "options": ["Blue", "Green"]},
        {"id": 2, "name": "Size", "visible": True, "variation": True, "options": ["S", "M"]},
        {"id": 3, "name": "Supplier", "visible": False, "variation": False, "options": ["S30"]},
    ],
    "variations": [25, 26],
}
VARIATION: dict[str, Any] = {
    "id": 26,
    "parent_id": 10,
    "status": "publish",
    "sku": "tee",
    "price": "15",
    "regular_price": "15",
    "manage_stock": "parent",
    "stock_quantity": 7,
    "stock_status": "instock",
    "image": None,
    "attributes": [{"id": 1, "name": "Color", "option": "Blue"}],
}


def product(**changed: Any) -> Any:
    return Mapper("EUR").product(SIMPLE | changed)


def variation(parent: dict[str, Any] = VARIABLE, **changed: Any) -> Any:
    mapper = Mapper("EUR")
    above = mapper.parent(parent, mapper.product(parent))
    assert isinstance(above, Parent)
    return mapper.variation(VARIATION | changed, above)


def test_a_product_arrives_with_everything() -> None:
    item = product()
    assert item.name == "Slim Basket & lid"
    assert (item.price, item.list_price, item.sale_price) == (
        Decimal("140.12"), Decimal("175.15"), Decimal("140.12"),
    )  # fmt: skip
    assert (item.currency, item.barcode, item.brand) == ("EUR", "4000000000007", "Kestrel")
    assert (item.category_id, item.categories, item.tags) == (41, ("Outdoor",), ("eco",))
    assert item.attributes == {"Material": ["Glass"]}
    assert item.last_update.isoformat() == "2026-03-18T11:52:30+00:00"
    assert item.is_active


@pytest.mark.parametrize(
    "hiding",
    [
        {"status": "draft"},
        {"status": "pending"},
        {"status": "private"},
        {"status": "future"},
        {"catalog_visibility": "hidden"},
        {"post_password": "x"},
        {"status": None},
    ],
)
def test_what_customers_must_not_see_is_inactive(hiding: dict[str, Any]) -> None:
    assert not product(**hiding).is_active
    assert not variation(VARIABLE | hiding).is_active


@pytest.mark.parametrize("visibility", ["visible", "catalog", "search"])
def test_products_shown_somewhere_are_active(visibility: str) -> None:
    assert product(catalog_visibility=visibility).is_active


def test_a_sale_that_is_not_charged_yet_is_none() -> None:
    assert product(price="175.15").sale_price is None
    assert product(on_sale=False).sale_price is None


def test_unmanaged_stock_has_no_number() -> None:
    assert product(manage_stock=False, stock_quantity=0).stock_quantity is None


def test_a_status_of_a_plugin_follows_what_can_be_bought() -> None:
    assert product(stock_status="preorder").stock_status is StockStatus.IN_STOCK
    assert product(stock_status="discontinued", purchasable=False).stock_status is StockStatus.OUT_OF_STOCK


def test_attributes_that_the_page_hides_are_left_out() -> None:
    assert Mapper("EUR").product(VARIABLE).attributes == {"Color": ["Blue", "Green"], "Size": ["S", "M"]}


def test_a_brand_kept_in_an_attribute_is_found() -> None:
    item = product(brands=None, attributes=[{"name": "Marca", "visible": True, "options": ["Lola"]}])
    assert item.brand == "Lola"


def test_a_variation_is_named_by_its_options() -> None:
    item = variation()
    assert (item.kind, item.parent_external_id) == (Kind.VARIATION, "10")
    assert item.name == "Slim Basket & lid - Blue"


def test_a_variation_that_leaves_an_attribute_open_has_all_its_options() -> None:
    assert variation().attributes == {"Color": ["Blue"], "Size": ["S", "M"]}


def test_a_variation_without_a_sku_of_its_own_has_none() -> None:
    assert variation().sku is None
    assert variation(sku="tee-blue").sku == "tee-blue"


def test_stock_counted_at_the_parent_is_kept() -> None:
    assert variation().stock_quantity == 7


def test_a_variation_without_a_picture_shows_its_parents() -> None:
    assert variation().image_url == "https://shop.example/a.jpg"


def test_a_disabled_variation_is_inactive() -> None:
    assert not variation(status="private").is_active


def test_a_price_that_is_none_is_told_and_left_empty() -> None:
    mapper = Mapper("EUR")
    item = mapper.product(SIMPLE | {"price": "abc", "name": None})
    assert item.price is None
    assert item.name == "#63"
    assert mapper.problems == [
        "Product 63 has no name.",
        "Product 63: price is not a number: 'abc'; left empty.",
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(SIMPLE.keys() - {"id"})), anything))
def test_no_broken_row_stops_a_run(broken: dict[str, Any]) -> None:
    mapper = Mapper("EUR")
    raw = SIMPLE | broken
    parent = mapper.parent(raw, mapper.product(raw))
    if parent is not None:
        mapper.variation({**raw, **VARIATION, **broken}, parent)
