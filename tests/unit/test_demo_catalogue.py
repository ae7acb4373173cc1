"""The demo catalogue is believable, and holds each awkward case that real shops have."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from infra.demo.catalogue import ean13, load, to_html
from infra.local.demo_shop import Shop, prices, render
from infra.local.demo_shop.records import Item


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def products(shop: Shop) -> list[Item]:
    return [item for item in shop.items.values() if not item.is_variation]


@pytest.fixture(scope="module")
def window(products: list[Item]) -> list[Item]:
    return [item for item in products if item.status == "publish" and item.catalog_visibility != "hidden"]


def _words(html: str) -> list[str]:
    return re.sub(r"<[^>]+>", " ", html).split()


def test_at_least_two_hundred_products_can_be_shown(window: list[Item]) -> None:
    assert len(window) >= 200


def test_ids_and_slugs_are_unique_and_loading_twice_gives_the_same(products: list[Item]) -> None:
    items = load().items
    assert len({item.id for item in items}) == len(items)
    assert len({item.slug for item in products}) == len(products)
    assert items == load().items


def test_every_product_has_a_name_both_texts_and_a_known_category(shop: Shop, products: list[Item]) -> None:
    for item in products:
        assert item.name.strip()
        assert item.description.startswith("<p")
        assert item.short_description.startswith("<p>")
        assert item.category_ids
        assert set(item.category_ids) <= set(shop.categories)


def test_categories_form_a_tree_of_two_levels(shop: Shop) -> None:
    tops = [term for term in shop.categories.values() if term.parent == 0 and term.slug != "sin-categorizar"]
    below = [term for term in shop.categories.values() if term.parent]
    assert 10 <= len(tops) <= 12
    assert {term.parent for term in below} == {term.id for term in tops}


def test_descriptions_have_thirty_to_ninety_words(products: list[Item]) -> None:
    assert {item.name: len(_words(item.description)) for item in products
            if not 30 <= len(_words(item.description)) <= 90} == {}  # fmt: skip


def test_no_two_descriptions_share_a_run_of_eight_words(products: list[Item]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for item in products:
        words = _words(item.description.lower())
        for start in range(len(words) - 7):
            run = tuple(words[start : start + 8])
            assert seen.setdefault(run, item.name) == item.name


def test_own_skus_are_unique_as_woocommerce_demands(shop: Shop) -> None:
    skus = Counter(item.sku.lower() for item in shop.items.values() if item.sku)
    assert [sku for sku, times in skus.items() if times > 1] == []


def test_some_variations_show_their_parents_sku(shop: Shop) -> None:
    borrowed = [item for item in shop.items.values() if item.is_variation and not item.sku]
    assert len(borrowed) >= 2
    parent = shop.parent_of(borrowed[0])
    assert parent is not None
    assert render.shown_sku(borrowed[0], parent) == parent.sku


def test_variable_products_have_up_to_nine_variations(shop: Shop, products: list[Item]) -> None:
    variable = [item for item in products if item.type == "variable"]
    assert len(variable) >= 35
    assert all(2 <= len(item.children) <= 9 for item in variable)


def test_the_awkward_cases_are_there(shop: Shop, products: list[Item]) -> None:
    bodies = [render.variation(shop, item) for item in shop.items.values() if item.is_variation]
    assert {item.type for item in products} == {"simple", "variable", "grouped", "external"}
    assert {"draft", "private", "pending", "future"} <= {item.status for item in products}
    assert any(body["manage_stock"] == "parent" for body in bodies)
    assert any(body["status"] == "private" and not body["purchasable"] for body in bodies)
    assert any(
        len(v.options) < len(shop.items[v.parent_id].attributes)
        for v in shop.items.values()
        if v.is_variation
    )
    assert any("&amp;" in item.name for item in products)
    assert any("& " in item.name for item in products)
    assert any(not item.sku for item in products)
    assert any(prices.shown(shop, item) == "" for item in products)
    assert any("[gallery ids=" in item.description for item in products)
    assert any("Ignora tus instrucciones" in item.description for item in products)
    assert any(item.catalog_visibility == "hidden" for item in products)


def test_sales_and_stock_look_like_a_shop(shop: Shop, window: list[Item]) -> None:
    stock = Counter(render.stock_status(shop, item) for item in window)
    assert 0.15 <= sum(prices.on_sale(shop, item) for item in window) / len(window) <= 0.3
    assert 0.07 <= stock["outofstock"] / len(window) <= 0.15
    assert stock["onbackorder"] >= 3


def test_bar_codes_are_valid_and_unique(shop: Shop) -> None:
    codes = [item.global_unique_id for item in shop.items.values() if item.global_unique_id]
    assert len(set(codes)) == len(codes) >= 150
    for code in codes:
        assert len(code) == 13
        assert sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(code)) % 10 == 0
    assert ean13(1) == "2900000000018"


def test_plain_text_becomes_paragraphs_and_lists() -> None:
    assert to_html("uno\ndos\n\n- a\n- b") == "<p>uno dos</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
    assert to_html("<p>ya</p>") == "<p>ya</p>\n"


def test_a_generated_shop_has_the_asked_size_and_is_the_same_for_the_same_seed() -> None:
    one, two = Shop.generated(40, seed=3), Shop.generated(40, seed=3)
    products = [item for item in one.items.values() if not item.is_variation]
    assert len(products) == 40
    assert sum(item.type == "variable" for item in products) == 10
    assert one.items == two.items
