"""The WooCommerce source."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tendero.catalog.product import Product
from tendero.catalog.source import Known, Page
from tendero.catalog.woocommerce.client import Client
from tendero.catalog.woocommerce.mapping import PRODUCT_FIELDS, SOURCE, VARIATION_FIELDS, Mapper
from tendero.catalog.woocommerce.reader import Reader
from tendero.catalog.woocommerce.refusals import Refused
from tendero.catalog.woocommerce.walk import WooCommerceWalk
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings

_MOST_VARIATIONS = 100


class WooCommerce:
    """The catalogue of one WooCommerce shop, read through its REST API v3.

    Raises SettingsError when its address or keys are not set.
    """

    name = SOURCE

    def __init__(self, settings: Settings) -> None:
        self._concurrency = settings.woocommerce_concurrency
        self._fallback_currency = settings.store_currency or None
        self.client = Client(
            settings.woocommerce_url,
            settings.woocommerce_key,
            settings.woocommerce_secret,
            timeout=settings.woocommerce_timeout_seconds,
            connections=self._concurrency,
        )

    def walk(
        self, since: datetime | None, memory: Mapping[str, Any], marks: Sequence[Mapping[str, Any]] = ()
    ) -> WooCommerceWalk:
        reader = Reader(self.client, self._concurrency)
        return WooCommerceWalk(reader, since, memory, marks, currency=self._fallback_currency)

    def only(self, external_ids: Collection[str], known: Known) -> Iterator[Page]:
        """See `tendero.catalog.hints.Hinted`."""
        walk = self.walk(datetime.now(UTC), {})
        return walk.only({int(each) for each in external_ids}, known)

    def refresh(self, product: Product, deadline: Deadline) -> Product | None:
        """A variable product is asked for by its variations, which carry the prices; any other by its id."""
        if product.variations:
            return self._refreshed_variations(product, deadline)
        try:
            raw = self.client.one(
                f"products/{product.external_id}", deadline=deadline, attempts=2, _fields=PRODUCT_FIELDS
            ).body
        except Refused as error:
            if error.status == 404 and error.code != "rest_no_route":
                return None
            raise
        if raw.get("status") != "publish":
            return None
        return replace(product, **Mapper(product.currency).offer(raw))

    def _refreshed_variations(self, product: Product, deadline: Deadline) -> Product | None:
        path = f"products/{product.external_id}/variations"
        answer = self.client.rows(
            path, deadline=deadline, attempts=2, _fields=VARIATION_FIELDS, per_page=_MOST_VARIATIONS
        )
        sold = {str(raw.get("id")): raw for raw in answer.body if raw.get("status") == "publish"}
        mapper = Mapper(product.currency)
        variations = tuple(
            replace(each, **mapper.offer(sold[each.external_id]))
            for each in product.variations
            if each.external_id in sold
        )
        if not variations:
            return None
        # Stock kept at the parent shows in each of its variations; otherwise each has its own.
        shared = [raw for raw in sold.values() if raw.get("manage_stock") == "parent"]
        quantity = mapper.offer(shared[0])["stock_quantity"] if shared else None
        return replace(product.with_variations(variations), stock_quantity=quantity)
