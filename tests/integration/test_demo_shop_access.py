"""Keys, schemes and signatures: the demo shop refuses what a real WooCommerce refuses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator

import pytest
import requests
from requests_oauthlib import OAuth1

from infra.local.demo_shop import auth
from tests.integration.demo_shop_client import KEY, SECRET, Client, official, serving

HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def shop() -> Iterator[Client]:
    with serving() as client:
        yield client


@pytest.fixture(scope="module")
def url(shop: Client) -> str:
    return f"{shop.server.base_url}/wp-json/wc/v3/products"


def _code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_official_client_reads_over_plain_http(shop: Client) -> None:
    answer = official(shop.server.base_url).get("products", params={"per_page": 3, "search": "algodón"})
    assert answer.status_code == 200
    assert len(answer.json()) == 3


@pytest.mark.parametrize("algorithm", ["HMAC-SHA1", "HMAC-SHA256"])
@pytest.mark.parametrize("place", ["query", "auth_header"])
def test_signed_requests_are_accepted(url: str, algorithm: str, place: str) -> None:
    signer = OAuth1(KEY, SECRET, signature_method=algorithm, signature_type=place)
    answer = requests.get(url, params={"search": "lino y más", "per_page": 1}, auth=signer, timeout=20)
    assert answer.status_code == 200, answer.text


def test_a_wrong_signature_and_an_old_stamp_are_refused(shop: Client, url: str) -> None:
    wrong = official(shop.server.base_url, secret="cs_other").get("products")
    assert wrong.status_code == 401
    assert wrong.json()["message"] == "Invalid signature - provided signature does not match."
    signer = OAuth1(KEY, SECRET, signature_type="query", timestamp=str(int(time.time()) - 16 * 60))
    assert requests.get(url, auth=signer, timeout=20).json()["message"] == "Invalid timestamp."


def test_the_signature_is_the_one_of_the_standard() -> None:
    pairs = [("oauth_nonce", "abc"), ("search", "café & té"), ("oauth_timestamp", "1"), ("per_page", "10")]
    # The same base string written by hand, RFC 5849 §3.4.1.
    listed = "oauth_nonce=abc&oauth_timestamp=1&per_page=10&search=caf%C3%A9%20%26%20t%C3%A9"
    base = "GET&http%3A%2F%2Fx%2Fp&" + requests.utils.quote(listed, safe="")
    expected = base64.b64encode(hmac.new(b"s&", base.encode(), hashlib.sha256).digest()).decode()
    assert auth.sign("GET", "http://x/p", pairs, "s", "HMAC-SHA256") == expected


def test_basic_and_query_keys_count_only_over_https(url: str) -> None:
    keys = {"consumer_key": KEY, "consumer_secret": SECRET}
    assert _code(requests.get(url, auth=(KEY, SECRET), timeout=20)) == (401, "woocommerce_rest_cannot_view")
    assert _code(requests.get(url, params=keys, timeout=20)) == (401, "woocommerce_rest_cannot_view")
    assert requests.get(url, auth=(KEY, SECRET), headers=HTTPS, timeout=20).status_code == 200
    assert requests.get(url, params=keys, headers=HTTPS, timeout=20).status_code == 200


def test_the_next_link_repeats_query_keys(url: str) -> None:
    keys = {"consumer_key": KEY, "consumer_secret": SECRET}
    answer = requests.get(url, params=keys, headers=HTTPS, timeout=20)
    assert SECRET in answer.links["next"]["url"]


def test_an_unknown_key_looks_like_no_key(url: str) -> None:
    unknown = requests.get(url, auth=("ck_x", "cs_x"), headers=HTTPS, timeout=20)
    assert _code(unknown) == (401, "woocommerce_rest_cannot_view")
    assert unknown.json() == requests.get(url, timeout=20).json()
    assert "X-WP-Total" not in unknown.headers


def test_each_wrong_key_gets_its_own_error(url: str) -> None:
    def ask(key: str, secret: str, method: str = "GET") -> requests.Response:
        return requests.request(method, url, auth=(key, secret), headers=HTTPS, json={}, timeout=20)

    assert ask(KEY, "cs_wrong").json()["message"] == "Consumer secret is invalid."
    assert ask("ck_demo_read", "cs_demo_read").status_code == 200
    refused = ask("ck_demo_read", "cs_demo_read", "POST")
    assert _code(refused) == (401, "woocommerce_rest_authentication_error")
    assert refused.json()["message"].endswith("does not have write permissions.")
    assert ask("ck_demo_write", "cs_demo_write").json()["message"].endswith("does not have read permissions.")
    assert _code(ask("ck_demo_customer", "cs_demo_customer")) == (403, "woocommerce_rest_cannot_view")


def test_keys_are_not_read_behind_rest_route(shop: Client) -> None:
    answer = shop.session.get(
        f"{shop.server.base_url}/", params={"rest_route": "/wc/v3/products"}, timeout=20
    )
    assert answer.status_code == 401


def test_slashes_do_not_matter(shop: Client) -> None:
    assert shop.get("/products/").status_code == 200
    doubled = f"{shop.server.base_url}//wp-json/wc/v3/products"
    assert shop.session.get(doubled, timeout=20).status_code == 200


def test_the_index_is_open_and_an_unknown_route_is_a_404(shop: Client) -> None:
    index = requests.get(f"{shop.server.base_url}/wp-json/", timeout=20).json()
    assert index["timezone_string"] == "Europe/Madrid"
    assert _code(shop.get("/nothing")) == (404, "rest_no_route")
