"""The Odoo source."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tendero.catalog.odoo.client import Client
from tendero.catalog.odoo.fields import TEMPLATE, VARIANT, Fields
from tendero.catalog.odoo.labels import Labels
from tendero.catalog.odoo.mapping import SOURCE, Mapper, is_visible, template_of
from tendero.catalog.odoo.walk import OdooWalk
from tendero.catalog.product import Product
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings

# A customer waits: one more attempt is all there is time for.
_ATTEMPTS = 2


class Odoo:
    """The catalogue of one Odoo database, 16 or newer, read through its external API.

    Raises SettingsError when its address or login is not set.
    """

    name = SOURCE

    def __init__(self, settings: Settings) -> None:
        self.client = Client(settings)
        self._labels = Labels(self.client)
        self._lock = threading.Lock()
        self._known_fields: Fields | None = None

    def walk(
        self, since: datetime | None, memory: Mapping[str, Any], marks: Sequence[Mapping[str, Any]] = ()
    ) -> OdooWalk:
        return OdooWalk(self.client, since, memory, marks)

    def refresh(self, product: Product, deadline: Deadline) -> Product | None:
        """One call once the login is checked and the fields are known, which takes some more."""
        template, fields = template_of(product.external_id), self._fields(deadline)
        if template is None:
            found = self._offers(VARIANT, ("id", "=", int(product.external_id)), fields.offer, deadline)
        elif product.variations:
            found = self._offers(VARIANT, ("product_tmpl_id", "=", template), fields.offer, deadline)
            sold = tuple(
                replace(each, **found[each.external_id])
                for each in product.variations
                if each.external_id in found
            )
            return product.with_variations(sold) if sold else None
        else:
            found = self._offers(TEMPLATE, ("id", "=", template), fields.template, deadline)
        return next((replace(product, **offer) for offer in found.values()), None)

    def _offers(
        self, model: str, which: tuple[str, str, int], columns: Sequence[str], deadline: Deadline
    ) -> dict[str, dict[str, Any]]:
        """What is sold of the records, by their ids."""
        rows = self.client.rows(model, [which], columns, deadline=deadline, attempts=_ATTEMPTS)
        sold = [raw for raw in rows if is_visible(raw)]
        self._labels.learn_currencies(sold, deadline)
        mapper = Mapper(self._labels, self._fields(deadline).digits, self.client.login.url)
        return {str(raw["id"]): mapper.offer(raw) for raw in sold}

    def _fields(self, deadline: Deadline) -> Fields:
        with self._lock:
            if self._known_fields is None:
                self._known_fields = Fields.of(self.client, deadline)
            return self._known_fields
