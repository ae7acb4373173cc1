"""Failure switches: each does what it says, as often as it says, and nothing after that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests

from infra.local.demo_shop import Shop
from infra.local.demo_shop.faults import Faults
from tests.integration.demo_shop_client import Client, serving


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with serving(Shop.generated(30, variations=0)) as one:
        yield one


@pytest.fixture
def shop(client: Client) -> Iterator[Client]:
    yield client
    client.server.shop.faults.clear()


@pytest.fixture
def faults(shop: Client) -> Faults:
    return shop.server.shop.faults


def test_a_fault_lasts_as_many_requests_as_asked(shop: Client, faults: Faults) -> None:
    faults.add("too_many_requests", 2, retry_after=7)
    answers = [shop.get("/products") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"


def test_a_fault_can_be_limited_to_a_path(shop: Client, faults: Faults) -> None:
    faults.add("server_error", path="/variations")
    assert shop.get("/products").status_code == 200
    assert shop.get("/variations").status_code == 500


@pytest.mark.parametrize(("kind", "status"), [("server_error", 500), ("maintenance", 503)])
def test_errors_are_html_unless_json_is_asked_for(
    shop: Client, faults: Faults, kind: str, status: int
) -> None:
    faults.add(kind, 2)
    html = shop.get("/products")
    as_json = shop("GET", "/products", headers={"Accept": "application/json"})
    assert html.status_code == as_json.status_code == status
    assert html.headers["Content-Type"].startswith("text/html")
    assert as_json.json()["data"]["status"] == status
    assert html.headers.get("Retry-After") == ("600" if kind == "maintenance" else None)


def test_a_dead_php_is_a_502_page(shop: Client, faults: Faults) -> None:
    faults.add("bad_gateway")
    assert shop("GET", "/products", headers={"Accept": "application/json"}).status_code == 502


def test_html_with_status_200(shop: Client, faults: Faults) -> None:
    faults.add("html")
    answer = shop.get("/products")
    assert (answer.status_code, answer.text[:9]) == (200, "<!DOCTYPE")


def test_stray_output_breaks_the_json(shop: Client, faults: Faults) -> None:
    faults.add("stray_output")
    answer = shop.get("/products")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.text.startswith("stray output [{")


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_cut_connection_loses_half_the_body(shop: Client, faults: Faults, encoding: str) -> None:
    faults.add("cut")
    with pytest.raises(requests.RequestException):
        shop("GET", "/products", headers={"Accept-Encoding": encoding})
    assert shop.get("/products").status_code == 200


def test_a_hanging_answer_ends_with_the_shop() -> None:
    with serving(Shop.generated(2)) as shop:
        shop.server.shop.faults.add("hang", seconds=3600)

        def ask() -> None:
            with suppress(requests.RequestException):
                shop.get("/products")

        thread = threading.Thread(target=ask)
        thread.start()
        with pytest.raises(requests.Timeout):
            shop.server.shop.faults.add("hang", seconds=3600)
            shop.session.get(f"{shop.server.base_url}/wp-json/", timeout=0.2)
    thread.join(timeout=20)
    assert not thread.is_alive()


def test_an_empty_page_keeps_its_totals(shop: Client, faults: Faults) -> None:
    faults.add("empty_page")
    answer = shop.get("/products")
    assert (answer.json(), answer.headers["X-WP-Total"]) == ([], "30")


def test_totals_lie_or_are_missing(shop: Client, faults: Faults) -> None:
    faults.add("lying_total", total=3)
    faults.add("no_totals")
    lying, silent = shop.get("/products"), shop.get("/products")
    assert (lying.headers["X-WP-Total"], len(lying.json())) == ("3", 10)
    assert not {"X-WP-Total", "X-WP-TotalPages"} & set(silent.headers)
    assert silent.links == {}


def test_the_same_page_for_ever(shop: Client, faults: Faults) -> None:
    faults.add("same_page", times=None)
    assert shop.ids("/products", page=1) == shop.ids("/products", page=2) == shop.ids("/products", page=3)


def test_a_switched_off_woocommerce_has_no_routes(shop: Client, faults: Faults) -> None:
    faults.add("woocommerce_off")
    answer = shop.get("/products")
    assert (answer.status_code, answer.json()["code"]) == (404, "rest_no_route")


def test_an_unknown_fault_lists_the_known_ones(faults: Faults) -> None:
    with pytest.raises(ValueError, match="accepted: too_many_requests"):
        faults.add("flood")


def test_switches_can_be_set_over_http(shop: Client) -> None:
    url = f"{shop.server.base_url}/_control"
    assert requests.post(url, json={"fault": "maintenance", "times": 1}, timeout=20).json()["faults"]
    assert shop.get("/products").status_code == 503
    requests.post(url, json={"latency": 0.01}, timeout=20)
    assert requests.get(url, timeout=20).json()["latency"] == 0.01
    assert requests.post(url, json={"clear": True}, timeout=20).json()["latency"] == 0
    refused = requests.post(url, json={"fault": "flood"}, timeout=20)
    assert refused.status_code == 400
    assert "too_many_requests" in refused.json()["faults"]
    assert requests.post(url, json={"colour": 1}, timeout=20).status_code == 400


def test_requests_are_remembered_for_tests_to_count(shop: Client) -> None:
    shop.server.shop.requests.clear()
    shop.get("/products", page=2)
    assert [(m, p, s) for m, p, _, s in shop.server.shop.requests] == [
        ("GET", "/wp-json/wc/v3/products", 200)
    ]


def test_the_command_serves_until_it_is_told_to_end() -> None:
    command = [sys.executable, "-m", "infra.local.demo_shop", "--port", "0", "--products", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-5]
        assert requests.get(f"{url}/_control", timeout=20).json()["products"] == 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
