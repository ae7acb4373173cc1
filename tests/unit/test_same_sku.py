"""Which of the rows with one SKU customers see, and whose price and stock count."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tendero.catalog.same_sku import Listing, Price, Rule, Standing, Stock, standings
from tendero.platform.settings import Settings

RULE = Rule(("web", "erp"), ("web", "erp"), ("erp", "web"))


class Rows:
    """Rows of sources, and how they stand."""

    def __init__(self) -> None:
        self.held: list[Listing] = []

    def add(self, source: str, sku: str | None, *, of: int | None = None, **more: Any) -> int:
        key = len(self.held) + 1
        currency, price = more.get("currency", "EUR"), more.get("price", key)
        amount = None if price is None else Decimal(price)
        quantity = more.get("quantity", 10 * key)
        self.held.append(
            Listing(
                key,
                source,
                str(key),
                of is not None,
                None if of is None else str(of),
                more.get("active", True),
                sku,
                Price(currency, amount, amount, None),
                Stock(
                    more.get("status", "outofstock" if quantity == 0 else "instock"),
                    None if quantity is None else Decimal(quantity),
                ),
            )
        )
        return key

    def stand(self, rule: Rule = RULE) -> dict[int, Standing]:
        return standings(self.held, rule)

    def shown(self, rule: Rule = RULE) -> dict[int, int]:
        """Under which row each is shown that is not shown itself."""
        return {key: each.shown_as for key, each in self.stand(rule).items() if each.shown_as}


@pytest.fixture
def rows() -> Rows:
    return Rows()


def test_the_settings_name_the_orders() -> None:
    rule = Rule.of(Settings.load({"SAME_SKU_SHOWN": "odoo,woocommerce", "SAME_SKU_STOCK": "courses"}))
    assert rule == Rule(("odoo", "woocommerce"), ("woocommerce", "odoo", "courses"), ("courses",))


def test_the_first_source_is_shown_with_price_and_stock_from_those_that_the_rule_names(rows: Rows) -> None:
    web, erp = rows.add("web", "a", price=5), rows.add("erp", "a", quantity=3)
    stand = rows.stand()
    assert stand[erp].shown_as == web
    assert (stand[web].shown_as, stand[web].price_of, stand[web].stock_of) == (None, None, erp)
    assert (stand[web].price, stand[web].stock) == (None, Stock("instock", Decimal(3)))
    turned = rows.stand(Rule(("erp", "web"), ("web",), ()))
    assert turned[web].shown_as == erp
    assert (turned[erp].price, turned[erp].stock) == (Price("EUR", Decimal(5), Decimal(5), None), None)


def test_what_one_source_alone_has_stands_alone(rows: Rows) -> None:
    rows.add("web", "a")
    rows.add("web", "a")
    rows.add("erp", "b")
    rows.add("erp", None)
    assert set(rows.stand().values()) == {Standing()}


@pytest.mark.parametrize("sku", ["-", "...", "n/a", "0", "sin sku", "", None])
def test_a_placeholder_is_no_sku(rows: Rows, sku: str | None) -> None:
    rows.add("web", sku)
    rows.add("erp", sku)
    assert set(rows.stand().values()) == {Standing()}


def test_inactive_rows_and_variations_of_inactive_products_do_not_count(rows: Rows) -> None:
    rows.add("web", "a", active=False)
    parent = rows.add("web", None, active=False)
    rows.add("web", "b", of=parent)
    rows.add("erp", "a")
    rows.add("erp", "b")
    assert set(rows.stand().values()) == {Standing()}


def test_a_source_that_has_the_sku_twice_is_shown_twice_and_neither_takes_nor_tells(rows: Rows) -> None:
    first, second, erp = rows.add("web", "a"), rows.add("web", "a"), rows.add("erp", "a")
    assert rows.shown() == {erp: first}
    assert rows.stand()[first].stock is rows.stand()[second].stock is None
    other = Rows()
    web, one, two = other.add("web", "a"), other.add("erp", "a"), other.add("erp", "a")
    assert other.shown() == {one: web, two: web}
    assert other.stand()[web].stock is None


def test_a_source_without_a_price_or_a_count_leaves_them_to_the_next(rows: Rows) -> None:
    web = rows.add("web", "a", price=None, quantity=7)
    erp = rows.add("erp", "a", price=4, quantity=None)
    stand = rows.stand()[web]
    assert (stand.price_of, stand.stock_of) == (erp, None)


def test_out_of_stock_is_told_without_a_count(rows: Rows) -> None:
    web = rows.add("web", "a")
    rows.add("erp", "a", quantity=None, status="outofstock")
    assert rows.stand()[web].stock == Stock("outofstock", None)


def test_a_variable_product_is_hidden_when_all_its_variations_are(rows: Rows) -> None:
    web = rows.add("web", None)
    red, blue = rows.add("web", "a-r", of=web), rows.add("web", "a-b", of=web)
    erp = rows.add("erp", None)
    erp_red, erp_blue = rows.add("erp", "a-r", of=erp), rows.add("erp", "a-b", of=erp)
    assert rows.shown() == {erp: web, erp_red: red, erp_blue: blue}


def test_variations_that_only_the_lesser_source_has_stay_visible_under_their_product(rows: Rows) -> None:
    web = rows.add("web", "a-r", price=5)
    erp = rows.add("erp", None, price=1, quantity=1)
    red = rows.add("erp", "a-r", of=erp, price=1)
    rows.add("erp", "a-b", of=erp, price=8, quantity=0)
    assert rows.shown() == {red: web}
    assert rows.stand()[erp].price == Price("EUR", Decimal(8), Decimal(8), None)
    assert rows.stand()[erp].stock == Stock("outofstock", Decimal(1))


def test_a_product_with_variations_sums_up_what_they_take_from_elsewhere(rows: Rows) -> None:
    web = rows.add("web", None, price=1, quantity=0)
    for sku in ("a-r", "a-b"):
        rows.add("web", sku, of=web, price=9, quantity=0)
    rows.add("erp", "a-b", price=6, quantity=2)
    stand = rows.stand(Rule(("web",), ("erp",), ("erp",)))[web]
    assert (stand.price, stand.stock) == (
        Price("EUR", Decimal(6), Decimal(6), None),
        Stock("instock", None),
    )
    assert (stand.price_of, stand.stock_of) == (None, None)


def test_variations_are_never_priced_in_two_currencies(rows: Rows) -> None:
    web = rows.add("web", None)
    red, blue = rows.add("web", "a-r", of=web), rows.add("web", "a-b", of=web)
    rows.add("erp", "a-r", currency="USD")
    stand = rows.stand(Rule(("web",), ("erp",), ("erp",)))
    assert stand[red].price is stand[blue].price is stand[web].price is None
    assert stand[red].stock is not None


def test_a_variation_that_repeats_its_products_sku_has_none(rows: Rows) -> None:
    web = rows.add("web", "a")
    rows.add("web", "a", of=web)
    rows.add("web", "a", of=web)
    erp = rows.add("erp", "a")
    assert rows.shown() == {erp: web}
    # Its price and stock are those of several variations.
    assert rows.stand()[web].stock is None


def test_a_hidden_product_takes_its_variations_with_it(rows: Rows) -> None:
    web, other = rows.add("web", "a"), rows.add("web", "a-b")
    erp = rows.add("erp", "a")
    red, blue = rows.add("erp", "a-r", of=erp), rows.add("erp", "a-b", of=erp)
    assert rows.shown() == {erp: web, red: web, blue: other}


def test_a_variable_product_is_not_hidden_for_another_products_variation(rows: Rows) -> None:
    web = rows.add("web", None)
    red = rows.add("web", "a", of=web)
    erp = rows.add("erp", "a")
    own, only = rows.add("erp", "a-2", of=erp), rows.add("erp", "a-3", of=erp)
    assert rows.shown() == {}
    assert rows.stand()[red].stock is None
    assert {own, only}.isdisjoint(rows.shown())


def test_with_three_sources_everything_ends_at_a_row_that_is_shown(rows: Rows) -> None:
    rule = Rule(("web", "erp", "more"), (), ())
    web = rows.add("web", "a")
    erp = rows.add("erp", "a")
    red = rows.add("erp", "a-r", of=erp)
    more = rows.add("more", "a-r")
    assert rows.shown(rule) == {erp: web, red: web, more: web}
