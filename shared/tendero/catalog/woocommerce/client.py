"""WooCommerce's REST API v3: signs requests, reads answers, says in words what is wrong."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tendero.catalog.woocommerce.refusals import PageFailed, explain
from tendero.platform.deadline import Deadline
from tendero.platform.errors import (
    DeadlineExceeded,
    HttpError,
    ServiceUnavailable,
    SettingsError,
    SourceError,
)

if TYPE_CHECKING:
    from requests.auth import AuthBase

    from tendero.platform.http import HttpClient, Response

_UNREADABLE_ATTEMPTS = 3
_UNREADABLE_PAUSE_SECONDS = 0.5
# How often a run waits for an open circuit instead of giving up.
_MOST_WAITS = 3
_SHAPES: dict[type, str] = {dict: "an object", list: "a list"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A decoded answer. `total` is X-WP-Total; `date` is the shop's clock; both None where not sent."""

    body: Any
    total: int | None = None
    date: datetime | None = None


class Client:
    """Asks one shop. Threads may share it; `connections` are kept open at most.

    `patience` multiplies the pauses before what failed is asked for again. Raises SettingsError when the
    address or a key is missing.
    """

    def __init__(
        self,
        url: str,
        key: str,
        secret: str,
        *,
        timeout: float = 60.0,
        connections: int = 4,
        patience: float = 1.0,
    ) -> None:
        self.url = _base(url)
        if not (key and secret):
            raise SettingsError(
                "Set WOOCOMMERCE_KEY and WOOCOMMERCE_SECRET: in the shop's admin, WooCommerce > Settings >"
                " Advanced > REST API > Add key (permission Read)."
            )
        self.key = key
        self._secret = secret
        self._timeout = timeout
        self._connections = connections
        self.patience = patience
        self._waits_left = _MOST_WAITS
        self._gives_lists = False
        self._lock = threading.Lock()

    def rows(
        self, path: str, *, deadline: Deadline | None = None, attempts: int = 4, **params: Any
    ) -> Answer:
        """A list. Raises SourceError; PageFailed where asking for fewer rows may help."""
        return self._get(path, list, params, deadline, attempts)

    def one(self, path: str, *, deadline: Deadline | None = None, attempts: int = 4, **params: Any) -> Answer:
        """A single object. Raises SourceError; Refused, with the status, for an answer from 400 to 499."""
        return self._get(path, dict, params, deadline, attempts)

    def close(self) -> None:
        self._http.close()

    def _get(
        self, path: str, kind: type, params: dict[str, Any], deadline: Deadline | None, attempts: int
    ) -> Answer:
        for attempt in range(1, _UNREADABLE_ATTEMPTS + 1):
            response = self._ask(path, params, deadline, attempts)
            try:
                return self._answer(response, kind)
            except PageFailed:
                # Once in a while a cache or a guard page stands in front of a healthy shop.
                if attempt == min(attempts, _UNREADABLE_ATTEMPTS):
                    raise
            time.sleep(_UNREADABLE_PAUSE_SECONDS * attempt * self.patience)
        raise AssertionError("unreachable")

    def _answer(self, response: Response, kind: type) -> Answer:
        try:
            body = response.json()
        except HttpError as error:
            raise PageFailed(
                f"{error} A plugin that prints text, a guard page or a cache stands before the shop's API, or"
                " WOOCOMMERCE_URL is not the shop's address: open"
                f" {self.url}/wp-json/wc/v3/products in a browser to see it."
            ) from error
        if not isinstance(body, kind):
            # One odd page of a shop that has given lists may pass; a server that gives none is no shop.
            failure = SourceError if kind is list and not self._gives_lists else PageFailed
            raise failure(
                f"The shop answered {_SHAPES.get(type(body), 'a single value')} where {_SHAPES[kind]}"
                " belongs: is WOOCOMMERCE_URL the shop's own address?"
            )
        self._gives_lists |= kind is list
        return Answer(body, _total(response), _date(response))

    def _ask(self, path: str, params: dict[str, Any], deadline: Deadline | None, attempts: int) -> Response:
        while True:
            try:
                return self._http.request(
                    "GET",
                    path,
                    params=params,
                    deadline=deadline,
                    timeout=self._timeout,
                    attempts=attempts,
                )
            except DeadlineExceeded as error:
                raise SourceError(f"{self.url} did not answer in the time that was left.") from error
            except HttpError as error:
                if deadline is None and self._waited(error):
                    continue
                raise explain(error, self.url, self.key) from error

    def _waited(self, error: HttpError) -> bool:
        """Waits until an open circuit lets a call through; false when that is not what happened."""
        circuit_open = isinstance(error, ServiceUnavailable) and error.status is None and error.retry_after
        if not circuit_open:
            return False
        with self._lock:
            if self._waits_left == 0:
                return False
            self._waits_left -= 1
        time.sleep(error.retry_after or 0)
        return True

    @cached_property
    def _http(self) -> HttpClient:
        from tendero.platform.http import HttpClient

        return HttpClient(
            "The shop",
            f"{self.url}/wp-json/wc/v3",
            auth=self._auth(),
            # Without it, WordPress answers its own failures as HTML pages.
            headers={"Accept": "application/json", "User-Agent": "Tendero"},
            pool_size=self._connections,
            patience=self.patience,
            timeout_setting="WOOCOMMERCE_TIMEOUT_SECONDS",
        )

    def _auth(self) -> AuthBase:
        # Whole, before any part: a part that one thread imports while another imports the whole comes half.
        import requests

        if self.url.startswith("https://"):
            return requests.auth.HTTPBasicAuth(self.key, self._secret)
        from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, SIGNATURE_TYPE_QUERY
        from requests_oauthlib import OAuth1

        # In the query rather than in a header: many PHP hosts do not hand the Authorization header on.
        return OAuth1(
            self.key,
            client_secret=self._secret,
            signature_method=SIGNATURE_HMAC_SHA256,
            signature_type=SIGNATURE_TYPE_QUERY,
        )


def _base(url: str) -> str:
    base = url.strip().partition("/wp-json")[0].rstrip("/")
    try:
        parts = urlsplit(base)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(
            f"WOOCOMMERCE_URL={url or '(empty)'} is not an address: write it like https://shop.example."
        )
    return base


def _total(response: Response) -> int | None:
    text = response.headers.get("X-WP-Total", "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _date(response: Response) -> datetime | None:
    try:
        at = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None
