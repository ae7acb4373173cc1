"""Who asks: WooCommerce's REST keys, by Basic or query over HTTPS and by OAuth 1.0a over plain HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote

from werkzeug.wrappers import Request

from infra.local.demo_shop.errors import ApiError
from infra.local.demo_shop.params import read_query

WINDOW_SECONDS = 15 * 60
_OAUTH = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method")
_HASHES = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}
_HEADER_FIELD = re.compile(r'(oauth_[a-z_-]*)="?([^",]*)"?')


@dataclass(frozen=True)
class Key:
    """One pair of REST keys. `role` is the WordPress role of the user who owns it."""

    consumer_key: str
    consumer_secret: str
    permissions: Literal["read", "write", "read_write"] = "read_write"
    role: Literal["administrator", "shop_manager", "customer"] = "administrator"


DEMO_KEYS = (
    Key("ck_demo_tendero", "cs_demo_tendero"),
    Key("ck_demo_read", "cs_demo_read", "read"),
    Key("ck_demo_write", "cs_demo_write", "write"),
    Key("ck_demo_customer", "cs_demo_customer", role="customer"),
)


def authorize(request: Request, keys: dict[str, Key]) -> None:
    """Lets a request pass, or raises the error that WooCommerce gives.

    An unknown key is answered like no key at all over HTTPS. Source of the checks: WooCommerce's
    WC_REST_Authentication and answers seen on a real store.
    """
    key = _https_key(request, keys) if is_https(request) else _oauth_key(request, keys)
    writes = request.method not in ("GET", "HEAD", "OPTIONS")
    if key is None:
        raise _cannot(request, 401)
    if writes and key.permissions == "read":
        raise _refused("The API key provided does not have write permissions.")
    if not writes and key.permissions == "write":
        raise _refused("The API key provided does not have read permissions.")
    if key.role == "customer":
        raise _cannot(request, 403)


def is_https(request: Request) -> bool:
    """True behind a proxy that ended TLS, which is how most WordPress servers see HTTPS."""
    return request.scheme == "https" or request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def _refused(message: str) -> ApiError:
    return ApiError("woocommerce_rest_authentication_error", message, 401)


def _cannot(request: Request, status: int) -> ApiError:
    verbs = {"POST": "create", "PUT": "edit", "PATCH": "edit", "DELETE": "delete"}
    verb = verbs.get(request.method)
    if verb:
        what = "resources" if verb == "create" else "this resource"
        return ApiError(
            f"woocommerce_rest_cannot_{verb}", f"Sorry, you are not allowed to {verb} {what}.", status
        )
    one = re.search(r"/\d+/?$", request.path)
    text = "Sorry, you cannot view this resource." if one else "Sorry, you cannot list resources."
    return ApiError("woocommerce_rest_cannot_view", text, status)


def _https_key(request: Request, keys: dict[str, Key]) -> Key | None:
    name = request.args.get("consumer_key", "")
    secret = request.args.get("consumer_secret", "")
    given = request.authorization
    if not (name and secret) and given is not None and given.type == "basic":
        name, secret = given.username or "", given.password or ""
    if not (name and secret):
        return _oauth_key(request, keys)
    key = keys.get(name)
    if key is not None and not hmac.compare_digest(key.consumer_secret.encode(), secret.encode()):
        raise _refused("Consumer secret is invalid.")
    return key


def _oauth_key(request: Request, keys: dict[str, Key]) -> Key | None:
    given = read_query(request.query_string.decode("latin-1"))
    header = request.headers.get("Authorization", "").strip()
    if header.startswith("OAuth "):
        given |= {name: unquote(value) for name, value in _HEADER_FIELD.findall(header)}
    missing = [name for name in _OAUTH if not given.get(name)]
    if len(missing) == len(_OAUTH):
        return None
    if missing:
        names = ", ".join(missing)
        raise _refused(f"Missing OAuth parameter{'s' if len(missing) > 1 else ''} {names}")
    key = keys.get(given["oauth_consumer_key"])
    if key is None:
        raise _refused("Consumer key is invalid.")
    method = given["oauth_signature_method"]
    if method not in _HASHES:
        raise _refused("Invalid signature - signature method is invalid.")
    expected = sign(request.method, _address(request), _signed(given), key.consumer_secret, method)
    if not hmac.compare_digest(expected.encode(), given["oauth_signature"].replace(" ", "+").encode()):
        raise _refused("Invalid signature - provided signature does not match.")
    stamp = given["oauth_timestamp"]
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > WINDOW_SECONDS:
        raise _refused("Invalid timestamp.")
    return key


def _signed(given: dict[str, Any]) -> list[tuple[str, str]]:
    """The parameters as PHP holds them, which is what WooCommerce signs: a repeated name counts once (the
    official Python client sends each of its parameters twice), the parts of `name[]` are `name[0]`…"""
    pairs: list[tuple[str, str]] = []
    for name, value in given.items():
        if isinstance(value, list):
            pairs += [(f"{name}[{place}]", one) for place, one in enumerate(value)]
        elif name != "oauth_signature":
            pairs.append((name, value))
    return pairs


def _address(request: Request) -> str:
    scheme = "https" if is_https(request) else "http"
    return f"{scheme}://{request.host}{quote(request.path)}"


def sign(method: str, url: str, pairs: list[tuple[str, str]], secret: str, algorithm: str) -> str:
    """The one-legged OAuth 1.0a signature of a request (RFC 5849 §3.4): base64 of the HMAC."""

    def encoded(text: str) -> str:
        return quote(text, safe="-._~")

    listed = "&".join(f"{name}={value}" for name, value in sorted((encoded(n), encoded(v)) for n, v in pairs))
    base = "&".join((method.upper(), encoded(url), encoded(listed)))
    digest = hmac.new(f"{secret}&".encode(), base.encode(), _HASHES[algorithm]).digest()
    return base64.b64encode(digest).decode()
