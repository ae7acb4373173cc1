"""The rule for what two sources of a shop both sell: which row customers see, whose price and stock count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from tendero.catalog.item import StockStatus
from tendero.platform.settings import Settings

# What people write where a SKU is wanted and there is none.
_NO_SKU = frozenset(
    ("0", "na", "n/a", "n.a.", "none", "null", "nil", "false", "s/n", "sin sku", "sin codigo", "sin código",
     "no sku", "sem sku", "tbd", "pendiente", "x", "xx", "xxx")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """Sources in order: whose texts, pictures and links are shown, whose price and whose stock count."""

    shown: tuple[str, ...]
    price: tuple[str, ...]
    stock: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> Rule:
        return cls(settings.same_sku_shown, settings.same_sku_price, settings.same_sku_stock)

    def rank(self, source: str) -> tuple[int, str]:
        """Sources that the rule does not name come last."""
        place = self.shown.index(source) if source in self.shown else len(self.shown)
        return place, source

    def __str__(self) -> str:
        orders = (("shown", self.shown), ("price", self.price), ("stock", self.stock))
        return "; ".join(f"{name}: {', '.join(order)}" for name, order in orders)


class Price(NamedTuple):
    currency: str | None
    price: Decimal | None
    list_price: Decimal | None
    sale_price: Decimal | None


class Stock(NamedTuple):
    status: str
    quantity: Decimal | None


class Listing(NamedTuple):
    """A row as its source has it. `sku` is in small letters; `parent` is the external id of a variation's
    product."""

    id: int
    source: str
    external_id: str
    is_variation: bool
    parent: str | None
    is_active: bool
    sku: str | None
    price: Price
    stock: Stock


class Standing(NamedTuple):
    """What a row is to customers: shown as another one, or itself with the price and stock of others.

    `sku` and `parent` are those by which it was found to stand so, where other rows had a part in it.
    """

    shown_as: int | None = None
    price_of: int | None = None
    stock_of: int | None = None
    price: Price | None = None
    stock: Stock | None = None
    sku: str | None = None
    parent: str | None = None


_ALONE = Standing()
_BEST_FIRST = (StockStatus.IN_STOCK, StockStatus.ON_BACKORDER, StockStatus.OUT_OF_STOCK)


def standings(listings: Iterable[Listing], rule: Rule) -> dict[int, Standing]:
    """How each of these rows stands, by its id. They must be all rows that have to do with each other: those
    with the same SKU, and products with their variations.

    - Only what is active counts, of variations only those of an active product. A placeholder is no SKU, and
      a variation that repeats its product's has none.
    - A row is hidden when a source that comes before its own in `rule.shown` has its SKU, and shown as the
      first such row there. So is a product with variations, which go with it, though not for a mere variation
      of another product; and so it is when each of its variations is hidden.
    - The row that is shown has the price, and the stock, of the first source in the order that tells them. A
      source tells nothing where it has the SKU twice or for a product with variations, where it has no
      price, or has the product in stock without counting it. When none does, the row's own stay.
    - A product with variations has the lowest price and the best stock of those that are shown. When they
      came to be priced in several currencies, each keeps its own price.
    """
    return _Shelves(listings, rule).standings()


class _Shelves:
    """The rows sold, by product and by SKU."""

    def __init__(self, listings: Iterable[Listing], rule: Rule) -> None:
        self._rule = rule
        self._all = sorted(listings)
        active = [each for each in self._all if each.is_active]
        self._products = {(each.source, each.external_id): each for each in active if not each.is_variation}
        self._parents: dict[int, Listing] = {}
        self._variations: dict[int, list[Listing]] = defaultdict(list)
        for each in active:
            parent = self._products.get((each.source, each.parent or "")) if each.is_variation else None
            if parent is not None:
                self._parents[each.id] = parent
                self._variations[parent.id].append(each)
        self._groups = self._grouped()
        self._hidden: dict[int, Listing] = {}

    def standings(self) -> dict[int, Standing]:
        for product in self._products.values():
            self._hide(product, self._variations.get(product.id, []))
        found = {each.id: _ALONE for each in self._all}
        for product in self._products.values():
            variations = self._variations.get(product.id, [])
            if any(each.id in self._groups for each in (product, *variations)):
                found |= self._family(product, variations)
        return found

    def _grouped(self) -> dict[int, _Group]:
        """The rows with the same SKU in several sources, by each one's id."""
        by_sku: dict[str, list[Listing]] = defaultdict(list)
        for each in (*self._products.values(), *(v for vs in self._variations.values() for v in vs)):
            parent = self._parents.get(each.id)
            if each.sku and _is_sku(each.sku) and not (parent and parent.sku == each.sku):
                by_sku[each.sku].append(each)
        groups = (
            _Group(rows, self._rule) for rows in by_sku.values() if len({each.source for each in rows}) > 1
        )
        return {each.id: group for group in groups for each in group.rows}

    # Who is seen

    def _hide(self, product: Listing, variations: Sequence[Listing]) -> None:
        twin = self._twin(product)
        twins = {each.id: found for each in variations if (found := self._twin(each) or twin)}
        self._hidden |= twins
        if twin is None and variations and len(twins) == len(variations):
            first = twins[variations[0].id]
            twin = self._parents.get(first.id, first)
        if twin is not None:
            self._hidden[product.id] = twin

    def _twin(self, row: Listing) -> Listing | None:
        group = self._groups.get(row.id)
        if group is None:
            return None
        twin = group.whole if row.id in self._variations else group.first
        better = twin is not None and self._rule.rank(twin.source) < self._rule.rank(row.source)
        return twin if better else None

    def _seen(self, row: Listing) -> int | None:
        """The row that is seen instead: with three sources, what hides one may itself be hidden."""
        twin = self._hidden.get(row.id)
        while twin is not None and twin.id in self._hidden:
            twin = self._hidden[twin.id]
        return None if twin is None else twin.id

    # What is told

    def _family(self, product: Listing, variations: Sequence[Listing]) -> dict[int, Standing]:
        found = {each.id: self._single(each) for each in (product, *variations)}
        shown = [each for each in variations if each.id not in self._hidden]
        if shown and product.id not in self._hidden:
            if len({(found[each.id].price or each.price).currency for each in shown}) > 1:
                found |= {each.id: found[each.id]._replace(price_of=None, price=None) for each in shown}
            whole = len(shown) == len(variations)
            found[product.id] = _together(product, found[product.id], shown, found, whole=whole)
        return found

    def _single(self, row: Listing) -> Standing:
        group = self._groups.get(row.id)
        sku, parent = row.sku if group else None, row.parent if row.is_variation else None
        if row.id in self._hidden or group is None or row.id in self._variations:
            return Standing(shown_as=self._seen(row), sku=sku, parent=parent)
        price = self._telling(group, row, self._rule.price, lambda each: each.price.price is not None)
        stock = self._telling(group, row, self._rule.stock, _tells_stock)
        return Standing(
            price_of=price.id if price else None,
            stock_of=stock.id if stock else None,
            price=price.price if price else None,
            stock=stock.stock if stock else None,
            sku=sku,
            parent=parent,
        )

    def _telling(
        self, group: _Group, row: Listing, order: Sequence[str], tells: Callable[[Listing], bool]
    ) -> Listing | None:
        """The row that tells instead of this one; None when it tells itself."""
        if len(group.by_source[row.source]) > 1:
            return None
        for source in order:
            rows = group.by_source.get(source, ())
            if len(rows) == 1 and rows[0].id not in self._variations and tells(rows[0]):
                return None if rows[0] is row else rows[0]
        return None


class _Group:
    """Rows with the same SKU. `first` comes before all, `whole` before all that are no variation."""

    def __init__(self, rows: Sequence[Listing], rule: Rule) -> None:
        self.rows = sorted(rows, key=lambda each: (rule.rank(each.source), each.is_variation, each.id))
        self.first = self.rows[0]
        self.whole = next((each for each in self.rows if not each.is_variation), None)
        self.by_source: dict[str, list[Listing]] = defaultdict(list)
        for each in rows:
            self.by_source[each.source].append(each)


def _together(
    product: Listing, own: Standing, shown: Sequence[Listing], found: Mapping[int, Standing], *, whole: bool
) -> Standing:
    """A product whose variations are shown so; with all of them `whole`, what none of them changes stays."""
    prices = [found[each.id].price or each.price for each in shown]
    if not whole or any(found[each.id].price for each in shown):
        priced = [each for each in prices if each.price is not None]
        own = own._replace(price=min(priced, key=lambda each: each.price or 0, default=None))
    counted_elsewhere = any(found[each.id].stock for each in shown)
    if not whole or counted_elsewhere:
        statuses = {(found[each.id].stock or each.stock).status for each in shown}
        best = next(status for status in _BEST_FIRST if status in statuses)
        own = own._replace(stock=Stock(best, None if counted_elsewhere else product.stock.quantity))
    return own


def _is_sku(sku: str) -> bool:
    return sku not in _NO_SKU and any(each.isalnum() for each in sku)


def _tells_stock(row: Listing) -> bool:
    return row.stock.quantity is not None or row.stock.status != StockStatus.IN_STOCK
