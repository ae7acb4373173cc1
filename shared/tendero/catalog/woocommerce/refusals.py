"""What a shop's refusal means and what to do about it, in one sentence."""

from __future__ import annotations

import json
from typing import Any

from tendero.catalog.unreachable import unreachable
from tendero.platform.errors import HttpError, ServiceUnavailable, SourceError

_NEW_KEY = "make a key under WooCommerce > Settings > Advanced > REST API"


class Refused(SourceError):
    """The shop refused a request: `status` from 400 to 499, `code` as WooCommerce names the reason."""

    def __init__(self, message: str, *, status: int | None, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class PageFailed(SourceError):
    """The shop failed on a request in a way that asking for fewer rows at once may avoid."""


def explain(error: HttpError, url: str, key: str) -> SourceError:
    """The error to raise for what the shop at `url` answered to the key `key`, of which 4 characters show.

    Codes and texts: WooCommerce 9.4 and 11.0, as observed; texts may be translated, so codes come first.
    """
    if error.status is None:
        return _without_answer(error, url)
    if isinstance(error, ServiceUnavailable):
        return _unwell(error, url)
    if 300 <= error.status < 400:
        return SourceError(f"{error} Set WOOCOMMERCE_URL to that address.")
    code, said = _said(error.body)
    text = _meaning(error.status, code, said, url, f"…{key[-4:]}")
    return Refused(text, status=error.status, code=code)


def _meaning(status: int, code: str, said: str, url: str, key: str) -> str:
    if not code:
        return _blocked_or_lost(status, url)
    if code == "rest_no_route":
        return (
            f"{url} has no WooCommerce API (404 rest_no_route). Is the WooCommerce plugin active, and are"
            " Settings > Permalinks set to anything but Plain?"
        )
    if code == "woocommerce_rest_authentication_error":
        return f"{url} refuses the key {key}: {said} {_authentication_fix(said)}"
    if code == "woocommerce_rest_cannot_view" and status == 401:
        return (
            f"{url} does not know the key {key} (WOOCOMMERCE_KEY), or its server drops the Authorization"
            f" header. Check the key, or {_NEW_KEY}."
        )
    if code == "woocommerce_rest_cannot_view":
        return (
            f"The user of the key {key} may not see products. Under WooCommerce > Settings > Advanced >"
            " REST API choose an administrator or shop manager as the key's user."
        )
    return f"{url} refused the request: {status} {code}: {said}"


def _authentication_fix(said: str) -> str:
    text = said.lower()
    if "secret" in text or "signature" in text:
        return "Check WOOCOMMERCE_SECRET (cs_…)."
    if "permission" in text:
        return "Give the key the permission Read."
    if "timestamp" in text:
        return "The clocks of this machine and of the shop differ by more than 15 minutes."
    return f"Check WOOCOMMERCE_KEY and WOOCOMMERCE_SECRET, or {_NEW_KEY}."


def _blocked_or_lost(status: int, url: str) -> str:
    if status == 404:
        return (
            f"{url}/wp-json/wc/v3 does not exist (404). Is WOOCOMMERCE_URL the shop's address, and are"
            " Settings > Permalinks set to anything but Plain?"
        )
    if status == 401:
        return (
            f"{url} asks for a password of its own before the shop's API (401 without WooCommerce's JSON)."
            " Let /wp-json pass without it."
        )
    return (
        f"{url} answers {status} with a page instead of JSON: a firewall, the host or a security plugin"
        " blocks /wp-json. Allow this machine there."
    )


def _unwell(error: ServiceUnavailable, url: str) -> SourceError:
    if error.status == 429:
        return SourceError(f"{url} asks for fewer requests (429). Lower WOOCOMMERCE_CONCURRENCY.")
    if error.status == 503:
        return SourceError(f"{url} is in maintenance or overloaded (503); the next run tries again. {error}")
    return PageFailed(f"{error} The shop's own error log says why.")


def _without_answer(error: HttpError, url: str) -> SourceError:
    found = unreachable(error, url, "WOOCOMMERCE_URL")
    if found is not None:
        return found
    return SourceError(str(error)) if error.__cause__ is None else PageFailed(str(error))


def _said(body: bytes) -> tuple[str, str]:
    """WooCommerce's error code and message; empty where the body is not its JSON."""
    try:
        found: Any = json.loads(body)
    except ValueError:
        return "", ""
    if not isinstance(found, dict) or not isinstance(found.get("code"), str):
        return "", ""
    return found["code"], str(found.get("message", ""))[:200]
