"""What a shop's refusal means, and how a request is signed."""

from __future__ import annotations

import json

import pytest
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth1

from tendero.catalog.woocommerce.client import Client
from tendero.catalog.woocommerce.refusals import PageFailed, Refused, explain
from tendero.platform.errors import HttpError, ServiceUnavailable, SettingsError

CANNOT, AUTHENTICATION = "woocommerce_rest_cannot_view", "woocommerce_rest_authentication_error"
PAGE = b"<html><body>Forbidden</body></html>"


def said(code: str, message: str = "") -> bytes:
    return json.dumps({"code": code, "message": message, "data": {}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (401, said(CANNOT), "does not know the key …abcd"),
        (401, said(AUTHENTICATION, "Consumer secret is invalid."), "Check WOOCOMMERCE_SECRET"),
        (401, said(AUTHENTICATION, "Invalid timestamp."), "clocks"),
        (401, said(AUTHENTICATION, "no read permissions."), "permission Read"),
        (403, said(CANNOT), "administrator or shop manager"),
        (404, said("rest_no_route"), "Permalinks set to anything but Plain"),
        (401, PAGE, "asks for a password of its own"),
        (403, PAGE, "a firewall, the host or a security plugin"),
        (404, PAGE, "Is WOOCOMMERCE_URL the shop's address"),
        (406, PAGE, "a firewall, the host or a security plugin"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_do(status: int, body: bytes, says: str) -> None:
    error = explain(HttpError("x", status=status, body=body), "https://shop.example", "ck_1234abcd")
    assert isinstance(error, Refused)
    assert says in str(error)
    assert "ck_1234" not in str(error)


def test_a_redirect_names_the_setting() -> None:
    moved = HttpError("The shop redirects from http://a to https://a.", status=301)
    assert "WOOCOMMERCE_URL" in str(explain(moved, "http://a", "ck"))


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_failing_page_may_be_asked_for_in_parts(status: int) -> None:
    assert isinstance(explain(ServiceUnavailable("x", status=status), "http://a", "ck"), PageFailed)


@pytest.mark.parametrize("status", [429, 503])
def test_an_overloaded_shop_is_left_in_peace(status: int) -> None:
    assert not isinstance(explain(ServiceUnavailable("x", status=status), "http://a", "ck"), PageFailed)


def test_keys_go_plainly_only_through_tls() -> None:
    assert isinstance(Client("https://shop.example", "ck", "cs")._auth(), HTTPBasicAuth)
    assert isinstance(Client("http://shop.example", "ck", "cs")._auth(), OAuth1)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://shop.example/", "https://shop.example"),
        ("https://shop.example/tienda/", "https://shop.example/tienda"),
        ("https://shop.example/wp-json/wc/v3/", "https://shop.example"),
    ],
)
def test_the_shops_address_is_taken_as_people_write_it(given: str, meant: str) -> None:
    assert Client(given, "ck", "cs").url == meant


def test_missing_keys_are_told_with_where_to_make_them() -> None:
    with pytest.raises(SettingsError, match="REST API"):
        Client("https://shop.example", "", "cs")
