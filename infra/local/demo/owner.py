"""The demo shop's owner, who sells over the counter while the customers chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from requests_oauthlib import OAuth1

from tendero.platform.http import HttpClient


class Owner:
    """Edits products through the shop's REST API, as its admin pages would."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        auth = OAuth1(
            environment["WOOCOMMERCE_KEY"],
            environment["WOOCOMMERCE_SECRET"],
            signature_type="query",
            signature_method="HMAC-SHA256",
        )
        self._shop = HttpClient("The demo shop", f"{environment['WOOCOMMERCE_URL']}/wp-json/wc/v3", auth=auth)

    def set_stock(self, sku: str, quantity: int) -> None:
        """Raises HttpError when the shop refuses it."""
        found: list[dict[str, Any]] = self._shop.request("GET", "products", params={"sku": sku}).json()
        changes = {"stock_quantity": quantity}
        self._shop.request("PUT", f"products/{found[0]['id']}", json=changes, attempts=1)

    def close(self) -> None:
        self._shop.close()
