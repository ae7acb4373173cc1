"""The demo shop's state: its catalogue, settings, clock, keys, webhooks and failure switches."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from infra.local.demo_shop import edit, lifecycle, prices, render
from infra.local.demo_shop.auth import DEMO_KEYS, Key
from infra.local.demo_shop.faults import Faults
from infra.local.demo_shop.records import Attribute, Catalogue, Item, Term, slugify
from infra.local.demo_shop.webhooks import Webhooks

DEFAULT_CATEGORY = 15
MODERN = (10, 3)


class Shop:
    """A WooCommerce shop in memory. All public methods may be called from any thread.

    `version` "9.4.2" leaves out what that release lacks: the top-level variations route, brands, image
    sizes, `include_status`. `catalogue=None` loads the demo catalogue. `now` gives an aware UTC time.
    """

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        version: str = "11.0.1",
        zone: str = "Europe/Madrid",
        currency: str = "EUR",
        keys: Iterable[Key] = DEMO_KEYS,
        variations_route: bool | None = None,
        latency: float = 0.0,
        webhook_delay: float = 0.2,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        if catalogue is None:
            from infra.demo.catalogue import load

            catalogue = load()
        self.name = "La Tienda de Lola"
        self.version = version
        self.zone = ZoneInfo(zone)
        self.currency = currency
        self.keys = {key.consumer_key: key for key in keys}
        self.is_modern = tuple(int(n) for n in version.split(".")[:2]) >= MODERN
        self.has_brands = self.is_modern
        self.variations_route = self.is_modern if variations_route is None else variations_route
        self.latency = latency
        self.faults = Faults()
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.requests: deque[tuple[str, str, str, int]] = deque(maxlen=10_000)
        self.webhooks = Webhooks(self, delay=webhook_delay)
        self._now = now or (lambda: datetime.now(UTC))
        self._base_url = "http://localhost"
        self._load(catalogue)

    @classmethod
    def generated(cls, n: int, seed: int = 1, *, variations: int = 4, every: int = 4, **options: Any) -> Shop:
        """A shop of `n` synthetic products; each `every`-th is variable with `variations` variations."""
        from infra.local.demo_shop.synthetic import catalogue

        return cls(catalogue(n, seed, variations, every), **options)

    def _load(self, catalogue: Catalogue) -> None:
        self.items: dict[int, Item] = {item.id: item for item in catalogue.items}
        self.categories = {term.id: term for term in catalogue.categories}
        self.tags = {term.id: term for term in catalogue.tags}
        self.brands = {term.id: term for term in catalogue.brands}
        self.attributes = {kind.name: kind for kind in catalogue.attributes}
        self.categories.setdefault(
            DEFAULT_CATEGORY, Term(DEFAULT_CATEGORY, "Sin categorizar", "sin-categorizar")
        )
        self._last_id = max(self.items, default=0)
        self.revision = 0
        self._bodies: dict[int, tuple[bytes, bytes]] = {}
        self._partial: dict[int, dict[tuple[bool, tuple[str, ...]], bytes]] = {}
        self.selections: dict[Any, list[Item]] = {}
        self._relate()
        for item in self.items.values():
            if not item.is_variation and not item.category_ids:
                item.category_ids = [DEFAULT_CATEGORY]
            prices.settle(self, item)

    def _relate(self) -> None:
        """Gives each product without related ones its next five below the same top category."""
        shelves: dict[int, list[Item]] = {}
        for item in self.items.values():
            if item.status == "publish" and item.category_ids and not item.is_variation:
                first = self.categories.get(item.category_ids[0])
                shelf_id = (first.parent or first.id) if first else 0
                shelves.setdefault(shelf_id, []).append(item)
        for shelf in shelves.values():
            for place, item in enumerate(shelf):
                others = [shelf[(place + step) % len(shelf)].id for step in range(1, min(6, len(shelf)))]
                item.related = item.related or others

    @property
    def base_url(self) -> str:
        return self._base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        with self.lock:
            self._base_url = url.rstrip("/")
            self._forget_all()

    @property
    def api_url(self) -> str:
        return self._base_url + "/wp-json/wc/v3"

    def now(self) -> datetime:
        """The store's clock in whole seconds, as MySQL's datetime columns keep it."""
        return self._now().replace(microsecond=0)

    def new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def parent_of(self, item: Item) -> Item | None:
        return self.items.get(item.parent_id) if item.is_variation else None

    def variations_of(self, item: Item) -> list[Item]:
        """The variations of a variable product, trashed ones too."""
        if item.type != "variable":
            return []
        return [self.items[i] for i in item.children if i in self.items]

    def variations_of_id(self, item_id: int) -> list[Item]:
        return self.variations_of(self.items[item_id]) if item_id in self.items else []

    def live_variations(self, item: Item) -> list[int]:
        """The ids in `variations`: published and disabled ones, none from the trash."""
        return [v.id for v in self.variations_of(item) if v.status in ("publish", "private")]

    def attribute_id(self, name: str) -> int:
        return self.attributes[name].id if name in self.attributes else 0

    def attribute_slug(self, name: str) -> str:
        return self.attributes[name].slug if name in self.attributes else slugify(name)

    def attribute(self, name: str, options: list[str], variation: bool = False) -> Attribute:
        return Attribute(self.attribute_id(name), name, options, variation)

    # What was rendered is kept until something it shows changes.

    def changed(self, item: Item) -> None:
        """Drops what was rendered of an item, its parent, its variations and the groups it is in."""
        family = {item.id, item.parent_id, *item.children}
        family |= {g.id for g in self.items.values() if g.type == "grouped" and item.id in g.children}
        for one in family:
            self._bodies.pop(one, None)
            self._partial.pop(one, None)
        self.revision += 1

    def _forget_all(self) -> None:
        self._bodies.clear()
        self._partial.clear()
        self.revision += 1

    def touch(self, item: Item) -> None:
        """Bumps `date_modified`, as every write through WooCommerce does, and that of its parent."""
        item.modified = self.now()
        parent = self.parent_of(item)
        if parent is not None:
            parent.modified = item.modified
        self.changed(item)

    def json(self, item: Item, *, as_variation: bool = False, fields: tuple[str, ...] = ()) -> bytes:
        """The JSON of one item; `fields` limits it to those names. `related_ids` is drawn on every call."""
        if as_variation or fields:
            return self._partial_json(item, as_variation, fields)
        held = self._bodies.get(item.id)
        if held is None:
            head, tail = render.to_bytes(render.product(self, item)).split(b'"related_ids":[]', 1)
            held = (head + b'"related_ids":', tail)
            if not (item.sale_from or item.sale_to):
                self._bodies[item.id] = held
        return held[0] + render.to_bytes(lifecycle.related(item)) + held[1]

    def _partial_json(self, item: Item, as_variation: bool, fields: tuple[str, ...]) -> bytes:
        kept = self._partial.setdefault(item.id, {})
        key = (as_variation, fields)
        if key in kept:
            return kept[key]
        body = render.variation(self, item) if as_variation else render.product(self, item)
        if "related_ids" in body:
            body["related_ids"] = lifecycle.related(item)
        if fields:
            body = {name: value for name, value in body.items() if name in fields}
        written = render.to_bytes(body)
        volatile = "related_ids" in fields or item.sale_from or item.sale_to
        if not volatile:
            kept[key] = written
        return written

    # What a test or a benchmark does to the shop without HTTP.

    def create(self, body: dict[str, Any], parent: Item | None = None) -> Item:
        """POST /products (or /products/<parent>/variations). Raises ApiError."""
        with self.lock:
            return edit.create(self, body, parent)

    def update(self, item_id: int, body: dict[str, Any]) -> Item:
        """PUT /products/<id>, for variations as well. Raises ApiError."""
        with self.lock:
            return edit.update(self, self.items[item_id], body)

    def trash(self, item_id: int) -> None:
        """DELETE /products/<id> without force."""
        with self.lock:
            lifecycle.trash(self, self.items[item_id], by_delete=True)

    def delete(self, item_id: int) -> None:
        """DELETE /products/<id>?force=true: nothing is left of the item and no webhook tells."""
        with self.lock:
            lifecycle.remove(self, self.items[item_id])

    def write_silently(self, item_id: int, **values: Any) -> None:
        """Changes fields as a plugin's update_post_meta or SQL does: shown by REST, not dated, not told."""
        with self.lock:
            item = self.items[item_id]
            for name, value in values.items():
                if not hasattr(item, name):
                    raise ValueError(f"an item has no field {name!r}")
                setattr(item, name, value)
            prices.settle(self, item)
            self.changed(item)

    def run_queue(self) -> None:
        """What WP-Cron does in time: publishes due scheduled products, settles sale windows."""
        with self.lock:
            lifecycle.run_scheduled(self)
