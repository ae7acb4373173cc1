"""Writes: what is dated, wiped, ignored, trashed and restored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.demo_shop import Shop
from tests.integration.demo_shop_client import Client, official, serving

SCARF, SHIRT, SHIRT_S, CHINOS = 1160, 1000, 1001, 1060


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def tick(self) -> str:
        """A minute passes; gives the new time as `date_modified_gmt` would show it."""
        self.moment += timedelta(minutes=1)
        return f"{self.moment:%Y-%m-%dT%H:%M:%S}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> Iterator[Client]:
    with serving(Shop(now=clock)) as client:
        yield client


@pytest.fixture
def modified(shop: Client) -> Callable[[int], str]:
    return lambda item_id: str(shop.get(f"/products/{item_id}").json()["date_modified_gmt"])


def test_the_official_client_writes_over_oauth(shop: Client) -> None:
    api = official(shop.server.base_url)
    # OAuth's stamp is the real time; the shop checks it against the real clock, whatever its own says.
    answer = api.put(f"products/{SCARF}", {"regular_price": "31.50"})
    assert answer.json()["price"] == "31.50"


def test_even_an_empty_put_is_dated(shop: Client, clock: Clock, modified: Callable[[int], str]) -> None:
    now = clock.tick()
    assert shop("PUT", f"/products/{SCARF}", json={}).status_code == 200
    assert modified(SCARF) == now


def test_a_variation_dates_itself_and_its_parent(
    shop: Client, clock: Clock, modified: Callable[[int], str]
) -> None:
    now = clock.tick()
    shop("PATCH", f"/products/{SHIRT}/variations/{SHIRT_S}", json={"stock_quantity": 1})
    assert modified(SHIRT) == modified(SHIRT_S) == now


def test_stock_of_the_parent_changes_variations_without_dating_them(
    shop: Client, clock: Clock, modified: Callable[[int], str]
) -> None:
    child = shop.get(f"/products/{CHINOS}").json()["variations"][0]
    before = modified(child)
    clock.tick()
    shop("PUT", f"/products/{CHINOS}", json={"stock_quantity": 0})
    row = shop.get(f"/products/{CHINOS}/variations/{child}").json()
    assert (row["stock_quantity"], row["stock_status"], row["manage_stock"]) == (0, "outofstock", "parent")
    assert row["date_modified_gmt"] == before


def test_a_silent_write_shows_without_being_dated(
    shop: Client, clock: Clock, modified: Callable[[int], str]
) -> None:
    before = modified(SCARF)
    clock.tick()
    shop.server.shop.write_silently(SCARF, stock_quantity=1)
    assert shop.get(f"/products/{SCARF}").json()["stock_quantity"] == 1
    assert modified(SCARF) == before


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("abc", ""), ("1,234.50", "1234.50"), ("19.90", "19.90"), ("15", "15"), ("12,5", "12.5")],
)
def test_typed_prices_are_stored_as_woocommerce_reads_them(shop: Client, typed: str, stored: str) -> None:
    answer = shop("PUT", f"/products/{SCARF}", json={"regular_price": typed})
    assert (answer.status_code, answer.json()["regular_price"], answer.json()["price"]) == (
        200,
        stored,
        stored,
    )


def test_a_sale_price_above_the_regular_one_is_dropped(shop: Client) -> None:
    row = shop("PUT", f"/products/{SCARF}", json={"sale_price": "99"}).json()
    assert (row["sale_price"], row["price"], row["on_sale"]) == ("", "27.90", False)


def test_wrong_types_are_refused(shop: Client) -> None:
    for body in (
        {"regular_price": 19.99},
        {"stock_quantity": "many"},
        {"stock_quantity": 2.5},
        {"status": "gone"},
    ):
        answer = shop("PUT", f"/products/{SCARF}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "rest_invalid_param")
    broken = shop("PUT", f"/products/{SCARF}", data="{", headers={"Content-Type": "application/json"})
    assert (broken.status_code, broken.json()["code"]) == (400, "rest_invalid_json")
    assert shop("PUT", f"/products/{SCARF}", json={"id": 5}).status_code == 400


def test_stock_is_ignored_where_it_is_not_managed(shop: Client) -> None:
    made = shop("POST", "/products", json={"name": "Sin gestión", "regular_price": "5"}).json()
    row = shop("PUT", f"/products/{made['id']}", json={"stock_quantity": 7}).json()
    assert (row["manage_stock"], row["stock_quantity"]) == (False, None)


def test_a_new_product_is_whole(shop: Client) -> None:
    answer = shop("POST", "/products", json={"name": "Lápiz & goma", "regular_price": "2", "sku": "NEW-1"})
    row = answer.json()
    assert answer.status_code == 201
    assert row["name"] == "Lápiz &amp; goma"
    assert [c["slug"] for c in row["categories"]] == ["sin-categorizar"]
    assert shop.ids("/products", sku="new-1") == [row["id"]]


def test_back_dated_and_scheduled_products_escape_modified_after(shop: Client) -> None:
    old = shop("POST", "/products", json={"name": "Viejo", "date_created_gmt": "2020-01-02T00:00:00"}).json()
    assert old["date_modified_gmt"] == "2020-01-02T00:00:00"
    later = shop(
        "POST", "/products", json={"name": "Futuro", "date_created_gmt": "2027-01-02T00:00:00"}
    ).json()
    assert (later["status"], later["date_modified_gmt"]) == ("future", "2027-01-02T00:00:00")


def test_a_scheduled_product_is_published_without_a_new_date(shop: Client, clock: Clock) -> None:
    later = shop(
        "POST", "/products", json={"name": "Pronto", "date_created_gmt": "2026-11-20T12:30:00"}
    ).json()
    clock.moment += timedelta(hours=1)
    shop.server.shop.run_queue()
    row = shop.get(f"/products/{later['id']}").json()
    assert (row["status"], row["date_modified_gmt"]) == ("publish", "2026-11-20T12:30:00")


def test_a_duplicate_sku_names_the_other(shop: Client) -> None:
    answer = shop("POST", "/products", json={"name": "Otra", "sku": "rop-buf"})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (400, "product_invalid_sku")
    assert body["data"] == {"status": 400, "resource_id": SCARF, "unique_sku": "rop-buf-1"}


def test_trash_hides_from_lists_but_not_from_a_reader(shop: Client, clock: Clock) -> None:
    now = clock.tick()
    before = shop("DELETE", f"/products/{SCARF}").json()
    row = shop.get(f"/products/{SCARF}").json()
    assert before["status"] == "publish"
    assert (row["status"], row["date_modified_gmt"], row["sku"]) == ("trash", now, "ROP-BUF")
    assert row["slug"] == "bufanda-de-lana-alpaca__trashed"
    assert row["permalink"].endswith(f"/?post_type=product&p={SCARF}")
    for query in (
        {},
        {"status": "any"},
        {"status": "publish"},
        {"include_status": "any"},
        {"sku": "ROP-BUF"},
    ):
        assert SCARF not in shop.ids("/products", per_page=100, search="bufanda", **query)
    assert shop.ids("/products", status="trash") == [SCARF]
    assert SCARF in shop.ids("/products", include_status="publish,trash", search="bufanda")
    again = shop("DELETE", f"/products/{SCARF}")
    assert (again.status_code, again.json()["code"]) == (410, "woocommerce_rest_already_trashed")
    restored = shop("PUT", f"/products/{SCARF}", json={"status": "publish"}).json()
    assert (restored["status"], restored["slug"]) == ("publish", "bufanda-de-lana-alpaca")


def test_a_forced_delete_leaves_nothing(shop: Client) -> None:
    assert shop("DELETE", f"/products/{SHIRT}?force=true").json()["status"] == "publish"
    for path in (f"/products/{SHIRT}", f"/products/{SHIRT_S}"):
        answer = shop.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "woocommerce_rest_product_invalid_id")
    assert shop("DELETE", f"/products/{SHIRT}?force=true").status_code == 404


def test_rest_restores_a_variable_product_without_its_variations(shop: Client) -> None:
    shop("DELETE", f"/products/{SHIRT}")
    assert shop.get(f"/products/{SHIRT}/variations").json() == []
    assert shop.get(f"/products/{SHIRT_S}").json()["status"] == "trash"
    row = shop("PUT", f"/products/{SHIRT}", json={"status": "publish"}).json()
    assert (row["status"], row["variations"]) == ("publish", [])


def test_trashed_and_disabled_variations(shop: Client) -> None:
    shop("DELETE", f"/products/{SHIRT}/variations/{SHIRT_S}")
    assert SHIRT_S not in shop.get(f"/products/{SHIRT}").json()["variations"]
    shop("PUT", f"/products/{SHIRT}/variations/1002", json={"status": "private"})
    assert 1002 in shop.get(f"/products/{SHIRT}").json()["variations"]
    assert shop.get(f"/products/{SHIRT}/variations/1002").json()["purchasable"] is False


def test_a_new_variation_joins_and_dates_its_parent(
    shop: Client, clock: Clock, modified: Callable[[int], str]
) -> None:
    now = clock.tick()
    body = {"regular_price": "20", "attributes": [{"id": 1, "option": "XXL"}]}
    row = shop("POST", f"/products/{SHIRT}/variations", json=body).json()
    assert (row["name"], row["price"], row["parent_id"]) == ("XXL", "20", SHIRT)
    parent = shop.get(f"/products/{SHIRT}").json()
    assert row["id"] in parent["variations"]
    assert (parent["price"], modified(SHIRT)) == ("20", now)


def test_batches_answer_each_item_and_refuse_more_than_a_hundred(shop: Client) -> None:
    body = {
        "update": [{"id": SCARF, "regular_price": "9"}, {"id": 999, "name": "x"}],
        "create": [{"name": "Nueva"}],
    }
    answer = shop("POST", "/products/batch", json=body)
    updated = answer.json()["update"]
    assert answer.status_code == 200
    assert updated[0]["price"] == "9"
    assert updated[1]["error"]["code"] == "woocommerce_rest_product_invalid_id"
    assert answer.json()["create"][0]["name"] == "Nueva"
    too_many = shop("POST", "/products/batch", json={"update": [{"id": SCARF}] * 101})
    assert (too_many.status_code, too_many.json()["code"]) == (
        413,
        "woocommerce_rest_request_entity_too_large",
    )
