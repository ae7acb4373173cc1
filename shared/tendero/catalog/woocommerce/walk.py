"""One pass over a WooCommerce shop: what it sells, what changed, what has gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tendero.catalog.ahead import in_order
from tendero.catalog.item import CatalogItem
from tendero.catalog.source import Known, Page
from tendero.catalog.woocommerce.client import Answer, Client
from tendero.catalog.woocommerce.ids import existing, gone, unlisted
from tendero.catalog.woocommerce.listing import Listing, RawPage
from tendero.catalog.woocommerce.mapping import (
    PRODUCT_FIELDS,
    VARIATION_FIELDS,
    Mapper,
    Parent,
    Raw,
    is_visible,
    modified,
)
from tendero.catalog.woocommerce.refusals import Refused

# From this many parents on, one list of all variations is cheaper than one list for each parent. A few
# changed parents of a large shop are not worth the whole list.
_MANY_PARENTS = 5
_MANY_CHANGED_PARENTS = 100
# Pages held ready per connection, so that the shop goes on answering while a batch is being written.
_AHEAD = 3


class WooCommerceWalk:
    """A walk as `tendero.catalog.source.Walk` describes it.

    `memory` keeps `hidden`, the ids of products that are published but not shown to customers: without them
    the shop's count of published products could not be compared with the rows that are active.
    """

    def __init__(
        self,
        client: Client,
        since: datetime | None,
        memory: Mapping[str, Any],
        *,
        concurrency: int,
        currency: str | None,
    ) -> None:
        self._client = client
        self._since = since
        self._concurrency = concurrency
        self._mapper = Mapper(currency)
        self._hidden = {str(each) for each in memory.get("hidden", ())} if since else set()
        self._variations_route: bool | None = memory.get("variations_route") if since else None
        self._parents: dict[int, Parent] = {}
        self._products: set[int] = set()
        self._variations: set[int] = set()
        self._asked: set[int] = set()
        self._consistent = True
        self.watermark: datetime | None = None

    @property
    def full(self) -> bool:
        return self._since is None

    @property
    def memory(self) -> Mapping[str, Any]:
        return {"hidden": sorted(self._hidden), "variations_route": self._variations_route}

    def pages(self) -> Iterator[Page]:
        self._begin()
        with self._pool() as pool:
            yield from self._product_pages(pool)
            if self._since is not None:
                yield from self._trashed()
                yield from self._changed_variations()
            yield from self._variation_pages(pool)

    def verify(self, known: Known) -> Iterator[Page]:
        with self._pool() as pool:
            if self._since is None:
                yield from self._missed(pool)
                absent = {each for each in known.products if int(each) not in self._products}
                yield from self._gone_or_missed(pool, absent)
            else:
                yield from self._counted(pool, known)
            yield from self._variation_pages(pool)
            yield self._gone_variations(known)

    def only(self, ids: Collection[int], known: Known) -> Iterator[Page]:
        """These products, and those of these variations, with all their variations, and what has gone of
        them. `known` is what the database holds of them."""
        self._begin()
        wanted = {int(known.variations.get(str(each), each)) for each in ids}
        with self._pool() as pool:
            yield from self._by_id(wanted)
            parents, lost = unlisted(self._client, wanted - self._products)
            yield from self._by_id(parents - self._products)
            yield Page(gone=lost)
            yield from self._variation_pages(pool)
            yield self._gone_variations(known)

    def _begin(self) -> None:
        """The currency, and the shop's clock before anything is read.

        Never a time ahead of this machine's: a shop whose clock is fast is only read twice.
        """
        answer = self._ask_currency()
        now = datetime.now(UTC)
        self.watermark = min(answer.date, now) if answer and answer.date else now

    def _ask_currency(self) -> Answer | None:
        answer: Answer | None = None
        code: Any = None
        try:
            answer = self._client.one("data/currencies/current", _fields="code")
            code = answer.body.get("code")
        except Refused:
            # Keys of some roles may read products only.
            try:
                answer = self._client.rows("settings/general", _fields="id,value")
            except Refused:
                return None
            code = next(
                (each.get("value") for each in answer.body if each.get("id") == "woocommerce_currency"), None
            )
        if isinstance(code, str) and code:
            self._mapper.currency = code
        return answer

    @contextmanager
    def _pool(self) -> Iterator[ThreadPoolExecutor]:
        pool = ThreadPoolExecutor(self._concurrency, thread_name_prefix="woocommerce")
        try:
            yield pool
        finally:
            # After an error nobody waits for pages that are still under way.
            pool.shutdown(wait=False, cancel_futures=True)

    def _list(self, pool: ThreadPoolExecutor | None, path: str, **params: Any) -> Listing:
        ahead = self._concurrency * _AHEAD if pool else 1
        return Listing(self._client, path, params, pool=pool, ahead=ahead)

    # Products

    def _product_pages(self, pool: ThreadPoolExecutor) -> Iterator[Page]:
        listing = self._list(pool, "products", status="any", _fields=PRODUCT_FIELDS, **self._bound())
        for page in listing:
            if self._since is not None and any(self._is_older(raw) for raw in page.rows):
                # The shop (or a cache before it) does not know modified_after: this is the whole catalogue.
                self._since = None
            yield self._page(page)
        self._consistent = listing.consistent

    def _bound(self) -> dict[str, str]:
        if self._since is None:
            return {}
        # Without dates_are_gmt the bound would be read in the shop's own time zone.
        text = self._since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return {"modified_after": text, "dates_are_gmt": "true"}

    def _is_older(self, raw: Raw) -> bool:
        at = modified(raw)
        return at is not None and self._since is not None and at < self._since.replace(microsecond=0)

    def _page(self, page: RawPage) -> Page:
        items = tuple(self._product(raw) for raw in page.rows)
        return Page(items, problems=(*page.problems, *self._problems()), expected=page.total)

    def _product(self, raw: Raw) -> CatalogItem:
        item = self._mapper.product(raw)
        self._products.add(raw["id"])
        self._note_hidden(raw)
        parent = self._mapper.parent(raw, item)
        if parent is not None:
            self._parents[raw["id"]] = parent
        return item

    def _note_hidden(self, raw: Raw) -> None:
        if raw.get("status") == "publish" and not is_visible(raw):
            self._hidden.add(str(raw["id"]))
        else:
            self._hidden.discard(str(raw["id"]))

    def _problems(self) -> tuple[str, ...]:
        found = tuple(self._mapper.problems)
        self._mapper.problems.clear()
        return found

    def _trashed(self) -> Iterator[Page]:
        try:
            for page in self._list(None, "products", status="trash", _fields="id,status", **self._bound()):
                trashed = tuple(str(raw["id"]) for raw in page.rows if raw.get("status") == "trash")
                self._hidden.difference_update(trashed)
                yield Page(gone=trashed, problems=tuple(page.problems))
        except Refused as error:
            # Old releases do not list the trash; what went there is then found by counting.
            if error.status != 400:
                raise

    # Variations

    def _changed_variations(self) -> Iterator[Page]:
        """Brings in the parents of variations that changed while their parent did not."""
        if self._variations_route is False:
            return
        try:
            rows = [
                raw
                for page in self._list(None, "variations", _fields="id,parent_id", **self._bound())
                for raw in page.rows
            ]
        except Refused as error:
            self._without_route(error)
            return
        self._variations_route = True
        parents = {raw["parent_id"] for raw in rows if type(raw.get("parent_id")) is int}
        yield from self._by_id(parents - self._products)

    def _without_route(self, error: Refused) -> None:
        # /variations came with WooCommerce 10.3.
        if error.status != 404:
            raise error
        self._variations_route = False

    def _variation_pages(self, pool: ThreadPoolExecutor) -> Iterator[Page]:
        """The variations of every parent met so far that have not come yet."""
        many = _MANY_PARENTS if self._since is None else _MANY_CHANGED_PARENTS
        if len(self._lacking()) > many and self._variations_route is not False:
            try:
                yield from self._all_variations(pool)
                self._variations_route = True
            except Refused as error:
                self._without_route(error)
        lacking = self._lacking()
        self._asked.update(lacking)
        for parent_id, (rows, problems) in in_order(
            pool, self._children_of, lacking, self._concurrency * _AHEAD
        ):
            items = self._variation_items(rows, self._parents[parent_id])
            yield self._variation_page(items, problems)

    def _lacking(self) -> list[int]:
        """Parents whose listed variations have not all come. Those nobody sees are deactivated as a whole."""
        return [
            parent_id
            for parent_id, parent in self._parents.items()
            if parent.item.is_active
            and parent_id not in self._asked
            and not parent.children <= self._variations
        ]

    def _all_variations(self, pool: ThreadPoolExecutor) -> Iterator[Page]:
        for page in self._list(pool, "variations", _fields=VARIATION_FIELDS):
            items: list[CatalogItem] = []
            for raw in page.rows:
                parent = self._parents.get(raw.get("parent_id", 0))
                if parent is not None:
                    items += self._variation_items([raw], parent)
            yield self._variation_page(items, page.problems)

    def _variation_page(self, items: Iterable[CatalogItem], problems: Iterable[str]) -> Page:
        expected = len(self._products) + sum(len(parent.children) for parent in self._parents.values())
        return Page(tuple(items), problems=(*problems, *self._problems()), expected=expected)

    def _children_of(self, parent_id: int) -> tuple[list[Raw], list[str]]:
        pages = list(self._list(None, f"products/{parent_id}/variations", _fields=VARIATION_FIELDS))
        return [raw for page in pages for raw in page.rows], [
            each for page in pages for each in page.problems
        ]

    def _variation_items(self, rows: Iterable[Raw], parent: Parent) -> tuple[CatalogItem, ...]:
        listed = list(rows)
        self._variations.update(raw["id"] for raw in listed)
        return tuple(self._mapper.variation(raw, parent) for raw in listed)

    def _gone_variations(self, known: Known) -> Page:
        """Variations that did not come and that their product, read in this walk, does not list either."""
        lost, unread = [], 0
        for external_id, parent_id in known.variations.items():
            if int(external_id) in self._variations or int(parent_id) not in self._products:
                continue
            parent = self._parents.get(int(parent_id))
            if parent is None or int(external_id) not in parent.children:
                lost.append(external_id)
            elif parent.item.is_active:
                unread += 1
        problems = (
            (f"{unread} variations are listed by their products but cannot be read.",) if unread else ()
        )
        return Page(gone=tuple(lost), problems=problems)

    # What the pages could not tell

    def _missed(self, pool: ThreadPoolExecutor) -> Iterator[Page]:
        """Rows that slipped from page to page while products left the list."""
        if self._consistent:
            return
        listing = self._list(pool, "products", status="any", _fields="id")
        for _ in listing:
            pass
        yield from self._by_id(listing.seen - self._products)

    def _by_id(self, ids: Collection[int]) -> Iterator[Page]:
        for page in existing(self._client, ids, _fields=PRODUCT_FIELDS):
            yield self._page(page)

    def _gone_or_missed(self, pool: ThreadPoolExecutor, absent: Collection[str]) -> Iterator[Page]:
        """Absence proves nothing: each product is asked for by its id before it is called gone."""
        wanted = {int(each) for each in absent}
        yield from self._by_id(wanted)
        lost, doubts = gone(self._client, pool, wanted - self._products)
        self._hidden.difference_update(lost)
        yield Page(gone=lost, problems=doubts)

    def _counted(self, pool: ThreadPoolExecutor, known: Known) -> Iterator[Page]:
        """Compares the number of published products, and the newest of them, with the rows held.

        A permanent deletion, a back-dated product and a scheduled one that came out leave no date.
        """
        answer = self._client.rows(
            "products", status="publish", orderby="id", order="desc", per_page=1, _fields="id"
        )
        held = known.products | self._hidden
        newest = {str(raw.get("id")) for raw in answer.body if isinstance(raw, dict)}
        if answer.total is None or (answer.total == len(held) and newest <= held):
            return
        listing = self._list(
            pool, "products", status="publish", _fields="id,status,catalog_visibility,post_password"
        )
        visible: set[int] = set()
        for page in listing:
            visible.update(raw["id"] for raw in page.rows if is_visible(raw))
            for raw in page.rows:
                self._note_hidden(raw)
        shown = {str(each) for each in visible}
        self._hidden &= {str(each) for each in listing.seen}
        yield from self._by_id(visible - {int(each) for each in known.products})
        yield from self._gone_or_missed(pool, known.products - shown)
