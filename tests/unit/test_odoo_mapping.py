"""Odoo's rows as catalogue items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.item import CatalogItem, Kind, StockStatus
from tendero.catalog.odoo.labels import Labels
from tendero.catalog.odoo.mapping import Mapper

PLAIN: dict[str, Any] = {
    "id": 17,
    "product_tmpl_id": [9, "[HER-001] Martillo"],
    "name": "Martillo",
    "active": True,
    "sale_ok": True,
    "purchase_ok": False,
    "default_code": " HER-001 ",
    "barcode": False,
    "description_sale": "<p>Cabeza forjada</p>",
    "list_price": 18.9,
    "lst_price": 19.9,
    "standard_price": 9.41234,
    "type": "consu",
    "is_storable": True,
    "free_qty": 4.0,
    "qty_available": 24.0,
    "categ_id": [5, "All / Herramientas / Manuales"],
    "uom_id": [1, "Unidades"],
    "company_id": False,
    "currency_id": [1, "EUR"],
    "weight": 0.62,
    "volume": 0.0,
    "product_tag_ids": [3],
    "all_product_tag_ids": [3, 4],
    "attribute_line_ids": [],
    "product_template_attribute_value_ids": [],
    "write_date": "2026-03-18 11:52:30",
}


def mapper() -> Mapper:
    labels = Labels(cast(Any, None), tags={3: "Regalo", 4: "Oferta"}, decimals={1: 2})
    labels.chosen |= {1: ("Talla", "S"), 2: ("Talla", "M")}
    labels.offered |= {7: ("Talla", ["S", "M"]), 8: ("Tejido", ["Lino"])}
    return Mapper(labels, {}, "https://erp.example")


def one(**changed: Any) -> CatalogItem:
    (item,) = mapper().template([PLAIN | changed])
    return item


def sizes(*changed: dict[str, Any]) -> list[CatalogItem]:
    common = PLAIN | {"attribute_line_ids": [7, 8]}
    rows = [
        common | {"id": number, "product_template_attribute_value_ids": [number]} | more
        for number, more in enumerate(changed, start=1)
    ]
    return mapper().template(rows)


def test_a_variant_alone_is_a_product() -> None:
    item = one()
    assert (item.kind, item.external_id, item.parent_external_id) == (Kind.PRODUCT, "17", None)
    assert (item.sku, item.barcode, item.company_id) == ("HER-001", None, None)
    assert (item.price, item.list_price) == (Decimal("19.90"), Decimal("19.90"))
    assert (item.categories, item.tags) == (("Herramientas", "Manuales"), ("Regalo", "Oferta"))
    assert item.description == "Cabeza forjada"
    assert item.last_update is not None
    assert item.last_update.isoformat() == "2026-03-18T11:52:30+00:00"


def test_empty_values_are_none_of_their_type() -> None:
    names = ("default_code", "barcode", "description_sale", "categ_id", "uom_id", "currency_id", "write_date")
    item = one(**dict.fromkeys(names, False))
    assert (item.sku, item.barcode, item.category_id, item.uom_id) == (None, None, None, None)
    assert (item.description, item.categories, item.currency, item.last_update) == ("", (), None, None)


def test_false_is_a_value_only_where_it_says_no() -> None:
    assert one(purchase_ok=False).purchase_ok is False
    assert one(sale_ok=False).is_active is False
    assert one(active=False).is_active is False


def test_what_can_be_sold_counts_not_what_lies_in_the_store() -> None:
    assert one().stock_quantity == 4
    assert one(free_qty=-2.0).stock_quantity == 0
    assert one(free_qty=-2.0).stock_status is StockStatus.OUT_OF_STOCK


@pytest.mark.parametrize(
    "kind",
    [
        {"type": "service", "is_storable": False},
        {"is_storable": False},
        {"type": "combo", "is_storable": False},
    ],
)
def test_what_nobody_counts_is_in_stock(kind: dict[str, Any]) -> None:
    item = one(**kind, free_qty=0.0)
    assert (item.stock_status, item.stock_quantity) == (StockStatus.IN_STOCK, None)


def test_up_to_17_the_detailed_type_tells_what_is_counted() -> None:
    raw = {name: value for name, value in PLAIN.items() if name != "is_storable"}
    (item,) = mapper().template([raw | {"detailed_type": "product", "type": "product"}])
    assert (item.stock_quantity, item.product_type) == (4, "product")


def test_prices_keep_the_decimals_of_their_field_else_of_their_currency() -> None:
    assert one(lst_price=0.1 + 0.2).price == Decimal("0.30")
    fine = Mapper(mapper().labels, {"lst_price": 3}, "")
    assert fine.offer(PLAIN | {"lst_price": 0.0125})["price"] == Decimal("0.013")


def test_a_name_keeps_its_signs() -> None:
    assert one(name='Tubo <1/2">  &  [M4]\x0b').name == 'Tubo <1/2"> & [M4]'


def test_two_active_variants_are_variations_of_a_parent() -> None:
    parent, small, medium = sizes({"lst_price": 25.0}, {"free_qty": 0.0})
    assert (parent.external_id, parent.kind, parent.sku) == ("template-9", Kind.PRODUCT, None)
    assert parent.attributes == {"Talla": ["S", "M"], "Tejido": ["Lino"]}
    assert (parent.price, parent.stock_status) == (Decimal("19.90"), StockStatus.IN_STOCK)
    assert (small.kind, small.parent_external_id, small.name) == (
        Kind.VARIATION,
        "template-9",
        "Martillo - S",
    )
    assert medium.attributes == {"Talla": ["M"]}


def test_an_archived_variant_takes_nothing_to_its_parent() -> None:
    parent, *_, archived = sizes({}, {}, {"active": False, "lst_price": 1.0})
    assert parent.price == Decimal("19.90")
    assert (archived.kind, archived.is_active) == (Kind.VARIATION, False)


def test_with_one_active_variant_left_there_is_no_parent() -> None:
    assert [(item.kind, item.is_active) for item in sizes({}, {"active": False})] == [
        (Kind.PRODUCT, True), (Kind.PRODUCT, False),
    ]  # fmt: skip


def test_pictures_and_pages_are_shown_of_published_products_only() -> None:
    assert one(website_url="/shop/martillo-9", is_published=False).url is None
    shown = one(website_url="/shop/martillo-9", is_published=True)
    assert shown.url == "https://erp.example/shop/martillo-9"
    assert shown.image_url == "https://erp.example/web/image/product.product/17/image_512"


def test_internal_notes_and_costs_go_into_no_text() -> None:
    item = one(description="<p>proveedor malo</p>", standard_price=77.77)
    assert "proveedor" not in repr(item)
    assert item.standard_price == Decimal("77.77")


def test_a_number_that_is_none_is_told_and_left_empty() -> None:
    mapping = mapper()
    (item,) = mapping.template([PLAIN | {"weight": "mucho", "name": False}])
    assert (item.weight, item.name) == (None, "#17")
    assert mapping.problems == [
        "Product 17 has no name.",
        "Product 17: weight is not a number: 'mucho'; left empty.",
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
broken_rows = st.dictionaries(st.sampled_from(sorted(PLAIN.keys() - {"id"})), anything)


@given(broken_rows, broken_rows)
def test_no_broken_row_stops_a_run(one_broken: dict[str, Any], other: dict[str, Any]) -> None:
    mapping = mapper()
    mapping.template([PLAIN | one_broken, PLAIN | {"id": 18} | other])
    mapping.bare(PLAIN | one_broken)


@given(st.sampled_from(sorted(PLAIN.keys() - {"id", "name", "active"})))
def test_a_field_that_a_release_lacks_is_not_missed(lacking: str) -> None:
    (item,) = mapper().template([{name: value for name, value in PLAIN.items() if name != lacking}])
    assert item.name == "Martillo"
    assert item.is_active
