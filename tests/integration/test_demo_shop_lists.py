"""Lists: paging, filters, order, dates, fields, and the two releases' differences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from infra.local.demo_shop import Server, Shop
from tests.integration.demo_shop_client import Client, serving

LINEN_SHIRT = 1000
DRAFT = 1320
FUTURE = 10320


@pytest.fixture(scope="module")
def shop() -> Iterator[Client]:
    with serving() as client:
        yield client


@pytest.fixture(scope="module")
def old() -> Iterator[Client]:
    with serving(Shop(version="9.4.2")) as client:
        yield client


def test_a_walk_by_id_meets_every_product_once(shop: Client) -> None:
    seen: list[int] = []
    page = 1
    while rows := shop.ids("/products", per_page=37, page=page, orderby="id", order="asc"):
        seen += rows
        page += 1
    total = int(shop.get("/products", per_page=1).headers["X-WP-Total"])
    assert len(seen) == len(set(seen)) == total
    assert seen == sorted(seen)


def test_totals_and_links_say_where_the_page_stands(shop: Client) -> None:
    first, second = (shop.get("/products", per_page=100, page=n) for n in (1, 2))
    assert first.headers["X-WP-TotalPages"] == "3"
    assert set(first.links) == {"next"}
    assert set(second.links) == {"prev", "next"}
    beyond = shop.get("/products", per_page=100, page=9)
    assert (beyond.status_code, beyond.json()) == (200, [])
    assert beyond.headers["X-WP-Total"] == first.headers["X-WP-Total"]
    assert "page=3" in beyond.links["prev"]["url"]


def test_offset_beats_page(shop: Client) -> None:
    options = {"orderby": "id", "order": "asc"}
    assert (
        shop.ids("/products", per_page=2, offset=3, **options)
        == shop.ids("/products", per_page=5, **options)[3:]
    )


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ({"per_page": 101}, "per_page", "rest_out_of_bounds"),
        ({"per_page": 0}, "per_page", "rest_out_of_bounds"),
        ({"page": 0}, "page", "rest_out_of_bounds"),
        ({"page": "x"}, "page", "rest_invalid_type"),
        ({"orderby": "colour"}, "orderby", "rest_not_in_enum"),
        ({"type": "variation"}, "type", "rest_not_in_enum"),
        ({"modified_after": "yesterday"}, "modified_after", "rest_invalid_date"),
        ({"modified_after": "2026-11-20"}, "modified_after", "rest_invalid_date"),
        ({"modified_after": "1763632800"}, "modified_after", "rest_invalid_date"),
    ],
)
def test_wrong_parameters_are_named(shop: Client, query: dict[str, Any], name: str, code: str) -> None:
    answer = shop.get("/products", **query)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (400, "rest_invalid_param")
    assert body["message"] == f"Invalid parameter(s): {name}"
    assert body["data"]["details"][name]["code"] == code


def test_unknown_parameters_are_ignored(shop: Client) -> None:
    total = shop.get("/products").headers["X-WP-Total"]
    assert shop.get("/products", colour="red").headers["X-WP-Total"] == total


def test_of_a_repeated_include_only_the_last_counts(shop: Client) -> None:
    assert shop.ids("/products", include=[1000, 1020]) == [1020]
    assert sorted(shop.ids("/products", include="1000,1020")) == [1000, 1020]
    assert sorted(shop.ids("/products", **{"include[]": [1000, 1020]})) == [1000, 1020]
    assert shop.ids("/products", include="1020,1000", orderby="include") == [1020, 1000]
    assert 1000 not in shop.ids("/products", exclude="1000", per_page=100, orderby="id", order="asc")


def test_sku_finds_products_and_variations_whatever_the_case(shop: Client) -> None:
    rows = shop.get("/products", sku="rop-lin,ROP-LIN-M-BLAN").json()
    assert {(row["id"], row["type"]) for row in rows} == {(1000, "variable"), (1002, "variation")}
    assert rows[0]["parent_id"] in (0, 1000)
    assert shop.ids("/products", search_sku="ROP-LI") == [LINEN_SHIRT]
    assert shop.ids("/products", search="ROP-LIN") == []


def test_search_ignores_accents_and_wants_every_word(shop: Client) -> None:
    assert shop.ids("/products", search="BUFANDA alpaca") == [1160]
    assert shop.ids("/products", search="sabanas percal") == [3000]


def test_filters_mean_what_they_say(shop: Client) -> None:
    def rows(**query: Any) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = shop.get("/products", per_page=100, **query).json()
        assert answer
        return answer

    assert all(row["on_sale"] for row in rows(on_sale="true"))
    assert all(row["stock_status"] == "onbackorder" for row in rows(stock_status="onbackorder"))
    assert all(float(row["price"]) >= 90 for row in rows(min_price="90"))
    assert all(float(row["price"]) <= 4 for row in rows(max_price="4"))
    assert all(row["type"] == "variable" for row in rows(type="variable"))
    assert all(row["featured"] for row in rows(featured="true"))
    assert rows(slug="camisa-de-lino-marisma")[0]["id"] == LINEN_SHIRT
    parent = next(c for c in shop.get("/products/categories", slug="hogar").json())
    children = {c["id"] for c in shop.get("/products/categories", parent=parent["id"], per_page=50).json()}
    found = {c["id"] for row in rows(category=parent["id"]) for c in row["categories"]}
    assert found & children


def test_orders_are_total(shop: Client) -> None:
    prices = [float(r["price"] or 0) for r in shop.get("/products", orderby="price", per_page=100).json()]
    assert prices == sorted(prices, reverse=True)
    modified = [r["date_modified_gmt"] for r in shop.get("/products", orderby="modified", order="asc").json()]
    assert modified == sorted(modified)


def test_the_default_list_holds_drafts_and_scheduled_but_no_trash(shop: Client) -> None:
    everything = shop.ids("/products", include=f"{DRAFT},{FUTURE}")
    assert set(everything) == {DRAFT, FUTURE}
    assert shop.ids("/products", include=DRAFT, status="publish") == []
    assert shop.ids("/products", status="future") == [FUTURE]


def test_a_scheduled_product_is_dated_in_the_future(shop: Client) -> None:
    row = shop.get(f"/products/{FUTURE}").json()
    assert row["date_modified_gmt"] == row["date_created_gmt"] == "2031-01-10T09:00:00"


def test_modified_after_is_exclusive_and_store_time_unless_gmt_is_said() -> None:
    noon = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    shop = Shop(now=lambda: noon)
    shop.update(LINEN_SHIRT, {})
    with serving(shop) as client:

        def listed(bound: str, **query: Any) -> bool:
            return LINEN_SHIRT in client.ids("/products", modified_after=bound, status="publish", **query)

        assert not listed("2026-07-01T12:00:00", dates_are_gmt="true")
        assert listed("2026-07-01T11:59:59", dates_are_gmt="1")
        assert listed("2026-07-01T11:59:59Z")
        assert listed("2026-07-01 13:59:59+02:00")
        assert listed("2026-07-01T13:59:59")
        assert listed("2026-07-01T11:59:59.500", dates_are_gmt="true")
        assert not listed("2026-07-01T14:00:00")
        row = client.get(f"/products/{LINEN_SHIRT}").json()
        assert (row["date_modified"], row["date_modified_gmt"]) == (
            "2026-07-01T14:00:00",
            "2026-07-01T12:00:00",
        )


def test_fields_cut_lists_and_leave_links_on_single_answers(shop: Client) -> None:
    rows = shop.get("/products", _fields="id,price,nothing,images.src", per_page=2).json()
    assert [set(row) for row in rows] == [{"id", "price"}] * 2
    assert set(shop.get(f"/products/{LINEN_SHIRT}", _fields="id").json()) == {"id", "_links"}


def test_related_ids_are_shuffled_and_nothing_else_changes(shop: Client) -> None:
    reads = [shop.get(f"/products/{LINEN_SHIRT}").json() for _ in range(30)]
    orders = {tuple(read.pop("related_ids")) for read in reads}
    assert len(orders) > 1
    assert len({tuple(sorted(order)) for order in orders}) == 1
    assert all(read == reads[0] for read in reads)


def test_variations_are_read_in_every_way(shop: Client) -> None:
    parent = shop.get(f"/products/{LINEN_SHIRT}").json()
    rows = shop.get(f"/products/{LINEN_SHIRT}/variations", per_page=100).json()
    assert sorted(row["id"] for row in rows) == parent["variations"]
    assert parent["price"] == min(row["price"] for row in rows)
    assert parent["regular_price"] == ""
    one = shop.get(f"/products/{LINEN_SHIRT}/variations/1001").json()
    as_product = shop.get("/products/1001").json()
    assert (as_product["type"], as_product["parent_id"]) == ("variation", LINEN_SHIRT)
    assert one["attributes"][0] == {"id": 1, "name": "Talla", "slug": "pa_talla", "option": "S"}
    assert one["image"]["src"].endswith(".svg")
    assert shop.get("/products/99999999/variations").json() == []
    wrong = shop.get("/products/1020/variations/1001")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "woocommerce_rest_product_variation_invalid_id")


def test_stock_kept_at_the_parent_is_shown_by_its_variations(shop: Client) -> None:
    row = next(r for r in shop.get("/variations", per_page=100).json() if r["manage_stock"] == "parent")
    parent = shop.get(f"/products/{row['parent_id']}").json()
    assert row["stock_quantity"] == parent["stock_quantity"] is not None


def test_an_any_attribute_is_missing_from_the_variation(shop: Client) -> None:
    assert [a["name"] for a in shop.get("/products/1340/variations/1341").json()["attributes"]] == ["Talla"]


def test_every_key_of_the_two_releases(shop: Client, old: Client) -> None:
    new_row = shop.get(f"/products/{LINEN_SHIRT}").json()
    old_row = old.get(f"/products/{LINEN_SHIRT}").json()
    assert (len(new_row), len(old_row)) == (71, 70)
    assert set(new_row) - set(old_row) == {"brands"}
    assert set(new_row["images"][0]) - set(old_row["images"][0]) == {"srcset", "sizes", "thumbnail"}


def test_the_old_release_lacks_routes_and_parameters(shop: Client, old: Client) -> None:
    assert int(shop.get("/variations").headers["X-WP-Total"]) > 100
    for path in ("/variations", "/products/brands"):
        answer = old.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "rest_no_route")
    assert shop.ids("/products", include_status="draft") == [DRAFT]
    assert int(old.get("/products", include_status="draft").headers["X-WP-Total"]) > 200


def test_head_gives_headers_without_a_body(shop: Client) -> None:
    answer = shop("HEAD", "/products?per_page=1")
    assert answer.status_code == 200
    assert int(answer.headers["X-WP-Total"]) > 200
    assert answer.content == b""


def test_terms_settings_and_currency(shop: Client) -> None:
    tops = shop.get("/products/categories", parent=0, per_page=100).json()
    assert {"Ropa", "Calzado", "Jardín &amp; terraza"} <= {row["name"] for row in tops}
    assert next(row for row in tops if row["slug"] == "ropa")["count"] >= 15
    assert shop.get("/products/attributes").json()[0]["slug"] == "pa_talla"
    assert shop.get("/products/attributes/1/terms").json()
    assert shop.get("/products/tags", search="lino").json()[0]["name"] == "lino"
    assert shop.get("/products/brands", hide_empty="true").json()[0]["count"] > 0
    assert shop.get("/data/currencies/current").json()["code"] == "EUR"
    settings = {row["id"]: row["value"] for row in shop.get("/settings/general").json()}
    assert settings["woocommerce_currency"] == "EUR"
    assert shop.get("/system_status").json()["environment"]["version"] == "11.0.1"


def test_answers_carry_one_date_no_validators_and_gzip_only_if_asked(shop: Client) -> None:
    plain = shop("GET", "/products", headers={"Accept-Encoding": "identity"})
    packed = shop.get("/products")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "no-store" in plain.headers["Cache-Control"]
    assert "ETag" not in plain.headers
    assert "Last-Modified" not in plain.headers
    assert datetime.strptime(plain.headers["Date"], "%a, %d %b %Y %H:%M:%S GMT")


def test_links_and_pictures_of_answers_open(shop: Client) -> None:
    row = shop.get(f"/products/{LINEN_SHIRT}").json()
    page = requests.get(row["permalink"], timeout=20)
    assert page.status_code == 200
    assert "Camisa de lino Marisma" in page.text
    picture = requests.get(row["images"][0]["src"], timeout=20)
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    front = requests.get(shop.server.base_url, timeout=20).text
    assert "Camisa de lino Marisma" in front
    assert "Chaleco acolchado Brezo" not in front
    assert requests.get(f"{shop.server.base_url}/producto/nada/", timeout=20).status_code == 404


def test_a_sale_shows_at_once_but_its_price_waits_for_the_queue() -> None:
    now = [datetime(2026, 5, 1, 10, 0, tzinfo=UTC)]
    shop = Shop(now=lambda: now[0])
    cap = next(item.id for item in shop.items.values() if item.sku == "ROP-BUF")
    shop.update(cap, {"sale_price": "20", "date_on_sale_from_gmt": "2026-05-01T11:00:00"})
    with serving(shop) as client:
        assert client.get(f"/products/{cap}").json()["on_sale"] is False
        now[0] += timedelta(hours=2)
        waiting = client.get(f"/products/{cap}").json()
        assert (waiting["on_sale"], waiting["price"]) == (True, "27.90")
        shop.run_queue()
        assert client.get(f"/products/{cap}").json()["price"] == "20"


def test_a_stopped_shop_refuses_connections() -> None:
    server = Server(shop=Shop.generated(1))
    url = server.start()
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_a_taken_port_is_an_oserror() -> None:
    with Server(shop=Shop.generated(1)) as first, pytest.raises(OSError, match="in use"):
        Server(port=first.port, shop=Shop.generated(1)).start()


def test_image_dates_carry_the_stores_offset_twice(shop: Client) -> None:
    image = shop.get(f"/products/{LINEN_SHIRT}").json()["images"][0]
    assert re.match("2025-01-07T08:30", image["date_created_gmt"])
    assert re.match("2025-01-07T10:30", image["date_created"])
