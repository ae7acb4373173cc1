"""A product that both WooCommerce and Odoo have is one product to customers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tendero.catalog import products
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.integration.odoo_sync import TEMPLATE, VARIANT
from tests.integration.two_sources import Two, two_sources


@pytest.fixture
def two(db: Database) -> Iterator[Two]:
    with two_sources(db) as built:
        yield built


def hose(two: Two) -> tuple[str, list[str]]:
    """The external ids of Odoo's template with three variants, and of these."""
    variants = [str(two.erp.variant(f"RIE-MAN-{number}")) for number in (1, 2, 3)]
    return f"template-{two.erp.template('RIE-MAN-1')}", variants


def test_it_is_found_once_by_code_and_by_words_with_the_stock_that_odoo_counts(two: Two) -> None:
    web = two.name(two.simple(), "her-001")
    two.sync()
    assert two.found("HER-001") == two.found("her-001") == [("woocommerce", str(web))]
    assert ("odoo", str(two.erp.variant("HER-001"))) not in two.found("martillo de carpintero")
    row = two.row("woocommerce", web)
    assert (row["shown_stock_quantity"], row["shown_price"]) == (24, row["price"])
    (found,) = products.by_ids(two.web.db, [two.row("odoo", two.erp.variant("HER-001"))["id"], row["id"]])
    assert (found.id, found.stock_quantity, found.price) == (row["id"], Decimal(24), row["price"])


def test_a_change_in_either_source_writes_that_row_and_the_one_that_shows_it(two: Two) -> None:
    web, erp = two.name(two.simple(), "HER-001"), two.erp.variant("HER-001")
    two.sync()
    assert two.sync() == set()
    two.erp.odoo.set_stock(erp, 0)
    assert two.sync() == {f"woocommerce {web}", f"odoo {erp}"}
    assert two.row("woocommerce", web)["shown_stock_status"] == "outofstock"
    two.web.shop.update(web, {"regular_price": "1.23", "sale_price": ""})
    assert two.sync() == {f"woocommerce {web}"}
    assert two.row("woocommerce", web)["shown_price"] == Decimal("1.23")
    two.erp.write(VARIANT, erp, list_price=99)
    assert two.sync() == {f"odoo {erp}"}
    assert two.sync() == set()


def test_what_the_other_source_counts_is_what_searches_filter_by(two: Two) -> None:
    web, erp = two.name(two.simple(), "HER-001"), two.erp.variant("HER-001")
    two.sync()
    offers = Query.parse(
        "offers", "select product_id, in_stock from search_offers where product_id = any(:ids)"
    )
    ids = [two.row("woocommerce", web)["id"], two.row("odoo", erp)["id"]]
    for stock in (0, 5):
        two.erp.odoo.set_stock(erp, stock)
        two.sync()
        assert two.web.db.fetch(offers, ids=ids) == [{"product_id": ids[0], "in_stock": stock > 0}]


def test_when_the_shown_one_goes_the_other_comes_back(two: Two) -> None:
    web, erp = two.name(two.simple(), "HER-001"), two.erp.variant("HER-001")
    two.sync()
    two.web.shop.trash(web)
    two.sync()
    assert two.found("HER-001") == [("odoo", str(erp))]
    assert two.found("martillo de carpintero")[0] == ("odoo", str(erp))
    two.web.shop.update(web, {"status": "publish"})
    two.sync()
    assert two.found("HER-001") == [("woocommerce", str(web))]


def test_when_the_hidden_one_goes_its_stock_counts_no_more(two: Two) -> None:
    web = two.name(two.simple(), "HER-001")
    two.sync()
    two.erp.write(TEMPLATE, two.erp.template("HER-001"), active=False)
    two.sync()
    row = two.row("woocommerce", web)
    assert (row["shown_stock_quantity"], row["stock_of"]) == (row["stock_quantity"], None)


def test_a_changed_sku_parts_and_joins(two: Two) -> None:
    web = two.name(two.simple(), "HER-001")
    two.sync()
    two.name(web, "HER-002")
    two.sync()
    assert two.found("HER-001") == [("odoo", str(two.erp.variant("HER-001")))]
    assert two.found("HER-002") == [("woocommerce", str(web))]
    assert two.row("woocommerce", web)["shown_stock_quantity"] == 11


def test_a_product_with_variations_is_one_when_all_its_variations_are(two: Two) -> None:
    parent, children = two.variable()
    template, variants = hose(two)
    for child, code in zip(children, ("RIE-MAN-1", "RIE-MAN-2", "RIE-MAN-3"), strict=False):
        two.name(child, code)
    two.sync()
    assert two.row("odoo", template)["shown_as"] == two.row("woocommerce", parent)["id"]
    assert two.found("RIE-MAN-2") == [("woocommerce", str(parent))]
    assert ("odoo", template) not in two.found("manguera trenzada")
    for variant in variants:
        two.erp.odoo.set_stock(int(variant), 0)
    two.web.shop.update(children[3], {"stock_quantity": 0})
    two.sync()
    assert two.row("woocommerce", parent)["shown_stock_status"] == "outofstock"


def test_variations_that_only_odoo_has_stay_with_their_product(two: Two) -> None:
    web = two.name(two.simple(), "RIE-MAN-2")
    template, (_, second, _) = hose(two)
    two.sync()
    assert two.row("odoo", second)["shown_as"] == two.row("woocommerce", web)["id"]
    (found,) = products.by_ids(two.web.db, [two.row("odoo", template)["id"]])
    assert [each.sku for each in found.variations] == ["RIE-MAN-1", "RIE-MAN-3"]
    assert two.found("RIE-MAN-3") == [("odoo", template)]


def test_a_sku_that_the_shop_has_twice_hides_odoos_but_takes_nothing_from_it(two: Two) -> None:
    # The shop itself refuses a SKU that it has; imports do not ask.
    items = [two.simple(0), two.simple(1)]
    for item in items:
        two.web.shop.write_silently(item, sku="HER-001")
    two.sync()
    assert sorted(two.found("HER-001")) == [("woocommerce", str(item)) for item in items]
    assert {two.row("woocommerce", item)["stock_of"] for item in items} == {None}


def test_other_settings_turn_it_round_with_the_next_sync(two: Two) -> None:
    web, erp = two.name(two.simple(), "HER-001"), two.erp.variant("HER-001")
    two.sync()
    two.obey(same_sku_shown=("odoo",), same_sku_price=("woocommerce",), same_sku_stock=("woocommerce",))
    assert two.sync() == {f"woocommerce {web}", f"odoo {erp}"}
    assert two.found("HER-001") == [("odoo", str(erp))]
    own, shown = two.row("woocommerce", web), two.row("odoo", erp)
    assert (shown["shown_price"], shown["shown_stock_quantity"]) == (own["price"], own["stock_quantity"])
    assert two.sync() == set()


def test_what_is_hidden_is_not_embedded_until_it_is_shown(two: Two) -> None:
    web = two.name(two.simple(), "HER-001")
    two.sync()
    erp = two.erp.variant("HER-001")
    two.erp.embedder.texts.clear()
    two.erp.write(TEMPLATE, two.erp.template("HER-001"), name="Martillo de encofrador")
    two.sync()
    assert two.erp.embedder.texts == []
    two.web.shop.delete(web)
    two.sync()
    assert [text for text in two.erp.embedder.texts if "encofrador" in text]
    assert two.found("martillo encofrador")[0] == ("odoo", str(erp))
