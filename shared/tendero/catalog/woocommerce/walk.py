"""One pass over a WooCommerce shop: what it sells, what changed, what has gone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tendero.catalog.source import Known, Page
from tendero.catalog.woocommerce import categories
from tendero.catalog.woocommerce import currency as money
from tendero.catalog.woocommerce.categories import Categories
from tendero.catalog.woocommerce.ids import gone, unlisted
from tendero.catalog.woocommerce.ledger import Ledger
from tendero.catalog.woocommerce.listing import usable
from tendero.catalog.woocommerce.mapping import (
    PRODUCT_FIELDS,
    VARIATION_FIELDS,
    Mapper,
    Raw,
    is_visible,
    modified,
)
from tendero.catalog.woocommerce.products import Products
from tendero.catalog.woocommerce.reader import Reader
from tendero.catalog.woocommerce.refusals import Refused
from tendero.catalog.woocommerce.variations import Variations

# From this many parents on, one list of all variations is cheaper than one list for each parent. A few
# changed parents of a large shop are not worth the whole list.
_MANY_PARENTS = 5
_MANY_CHANGED_PARENTS = 100
# Of the published products, those with the highest ids: what a run that looks for changes overlooked of them.
_NEWEST = 20


class WooCommerceWalk:
    """A walk as `tendero.catalog.source.Walk` describes it.

    `memory` keeps `hidden`, the ids of products that are published but not shown to customers: without them
    the shop's count of published products could not be compared with the rows that are active. It also keeps
    `categories`, the tree that all rows follow: a category that was renamed, moved or deleted leaves no date
    at its products, so all are read when the tree has changed, or when a first one can be read. While it
    cannot be read, the kept one is in use.
    """

    def __init__(
        self,
        reader: Reader,
        since: datetime | None,
        memory: Mapping[str, Any],
        marks: Sequence[Mapping[str, Any]] = (),
        *,
        currency: str | None,
    ) -> None:
        self._reader = reader
        self._mapper = Mapper(currency)
        kept = memory if since else {}
        stamp = (reader.client.url, currency or "", PRODUCT_FIELDS, VARIATION_FIELDS)
        hidden = [int(each) for each in kept.get("hidden", ())]
        self._kept_tree = Categories.restored(memory.get("categories"))
        self._tree: Categories | None = None
        self._ledger = Ledger(stamp, hidden, kept.get("variations_route"))
        self._is_resumed = self._ledger.restore(marks)
        self._since = None if self._ledger.whole else since
        self._products = Products(reader, self._mapper, self._ledger)
        self._variations = Variations(reader, self._mapper, self._ledger, self._products)
        self.watermark: datetime | None = None

    @property
    def full(self) -> bool:
        return self._since is None

    @property
    def memory(self) -> Mapping[str, Any]:
        found: dict[str, Any] = {
            "hidden": sorted(self._ledger.hidden),
            "variations_route": self._ledger.route,
        }
        # Rows that an interrupted walk wrote by another tree are to be read again by the next one.
        if self._tree is not None and self._ledger.trees <= {self._ledger.tree}:
            found["categories"] = self._tree.as_json()
        return found

    def pages(self) -> Iterator[Page]:
        self._begin()
        # An interrupted walk over changes cannot go on as one over everything: its pages were others.
        if self._since is not None and not self._is_resumed and self._has_other_tree():
            self._since, self._ledger.whole = None, True
        with self._reader.open():
            yield from self._product_pages()
            if self._since is not None:
                yield from self._trashed()
                changed = self._variations.changed_parents(**self._bound())
                yield from self._products.by_id(changed - self._ledger.products)
            yield from self._variations.pages(_MANY_PARENTS if self.full else _MANY_CHANGED_PARENTS)

    def verify(self, known: Known) -> Iterator[Page]:
        with self._reader.open():
            if self._since is None:
                absent = {int(each) for each in known.products} - self._ledger.products
                yield from self._gone_or_missed(absent)
            else:
                yield from self._counted(known)
            yield from self._variations.pages(_MANY_CHANGED_PARENTS)
            yield self._variations.gone(known)

    def only(self, ids: Collection[int], known: Known) -> Iterator[Page]:
        """These products, and those of these variations, with all their variations, and what has gone of
        them. `known` is what the database holds of them."""
        self._begin()
        wanted = {int(known.variations.get(str(each), each)) for each in ids}
        with self._reader.open():
            yield from self._products.by_id(wanted)
            parents, lost = unlisted(self._reader.client, wanted - self._ledger.products)
            yield from self._products.by_id(parents - self._ledger.products)
            yield Page(gone=lost)
            yield from self._variations.pages(_MANY_CHANGED_PARENTS)
            yield self._variations.gone(known)

    def _begin(self) -> None:
        """The currency, the categories, and the shop's clock before anything is read.

        Never a time ahead of this machine's: a shop whose clock is fast is only read twice.
        """
        code, date = money.of(self._reader.client)
        self._mapper.currency = code or self._mapper.currency
        now = datetime.now(UTC)
        self.watermark = min(date or now, now)
        tree, problem = categories.read(self._reader.client)
        if problem:
            self._mapper.problems.append(problem)
        self._tree = tree or self._kept_tree
        if self._tree is not None:
            self._mapper.tree, self._ledger.tree = self._tree, self._tree.digest

    def _has_other_tree(self) -> bool:
        if self._tree is None:
            return False
        return self._kept_tree is None or not self._tree.extends(self._kept_tree)

    # Products

    def _product_pages(self) -> Iterator[Page]:
        after = self._ledger.pages.get("products", 0)
        listing = self._reader.listing(
            "products",
            after=after,
            seen=self._ledger.products,
            status="any",
            _fields=PRODUCT_FIELDS,
            **self._bound(),
        )
        has_changed = self._is_resumed
        for number, page in enumerate(listing, after + 1):
            if self._since is not None and any(self._is_older(row) for row in page.rows):
                # The shop (or a cache before it) does not know modified_after: this is the whole catalogue.
                self._since, self._ledger.whole = None, True
            has_changed |= any(self._is_newer(row) for row in page.rows)
            yield self._products.page(page, products=number)
        if has_changed or not listing.consistent:
            # Rows slip from page to page while others leave the list.
            yield from self._products.by_id(self._listed() - self._ledger.products)

    def _listed(self) -> set[int]:
        return self._reader.ids("products", status="any", **self._bound())

    def _bound(self) -> dict[str, str]:
        if self._since is None:
            return {}
        # Without dates_are_gmt the bound would be read in the shop's own time zone.
        text = self._since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return {"modified_after": text, "dates_are_gmt": "true"}

    def _is_older(self, row: Raw) -> bool:
        at = modified(row)
        return at is not None and self._since is not None and at < self._since.replace(microsecond=0)

    def _is_newer(self, row: Raw) -> bool:
        """Whether a product changed, or came, since the walk began: one that came hides in the total that
        another left. A scheduled one has a date ahead of its time."""
        at = modified(row)
        begun = self.watermark.replace(microsecond=0) if self.watermark else None
        return at is not None and begun is not None and at >= begun and row.get("status") != "future"

    def _trashed(self) -> Iterator[Page]:
        try:
            for page in self._reader.in_turn(
                "products", status="trash", _fields="id,status", **self._bound()
            ):
                trashed = [row["id"] for row in page.rows if row.get("status") == "trash"]
                self._ledger.hidden.difference_update(trashed)
                yield Page(gone=tuple(map(str, trashed)), problems=tuple(page.problems))
        except Refused as error:
            # Old releases do not list the trash; what went there is then found by counting.
            if error.status != 400:
                raise

    # What the pages could not tell

    def _gone_or_missed(self, absent: Collection[int]) -> Iterator[Page]:
        """Absence proves nothing: each product is asked for by its id before it is called gone."""
        yield from self._products.by_id(absent)
        lost, doubts = gone(self._reader, set(absent) - self._ledger.products)
        self._ledger.hidden.difference_update(map(int, lost))
        yield Page(gone=lost, problems=doubts)

    def _counted(self, known: Known) -> Iterator[Page]:
        """Compares the number of published products, and the newest of them, with the rows held.

        A permanent deletion, a back-dated product and a scheduled one that came out leave no date.
        """
        answer = self._reader.client.rows(
            "products", status="publish", orderby="id", order="desc", per_page=_NEWEST, _fields="id"
        )
        shown = {int(each) for each in known.products}
        held = shown | self._ledger.hidden
        newest = {row["id"] for row in usable(answer.body)}
        if answer.total is None or (answer.total == len(held) and newest <= held):
            return
        visible, hidden = self._published()
        self._ledger.hidden = (self._ledger.hidden | hidden) - visible
        yield from self._products.by_id(visible - shown)
        yield from self._gone_or_missed(held - visible - hidden)

    def _published(self) -> tuple[set[int], set[int]]:
        """The ids of all published products: those that customers see, and those they do not."""
        fields = "id,status,catalog_visibility,post_password"
        listing = self._reader.listing("products", status="publish", _fields=fields)
        visible = {row["id"] for page in listing for row in page.rows if is_visible(row)}
        return visible, listing.seen - visible
