"""The port through which a catalogue comes in: what every source gives, whatever its protocol.

A sync asks a source for a walk, writes its pages as they come, and then asks what the pages cannot tell:
which of the rows that the database holds have gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from tendero.catalog.item import CatalogItem
from tendero.catalog.product import Product
from tendero.platform.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Page:
    """Items that a source sent together.

    `gone` holds external ids that the source says are deleted. `problems` says in words what could not be
    read. `expected` is how many items the source announces for the whole walk, where it does. `mark` is what
    the walk has to know of this page to go on after it in another process, as JSON; None for pages that it
    then simply gives again.
    """

    items: tuple[CatalogItem, ...] = ()
    gone: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    expected: int | None = None
    mark: Mapping[str, Any] | None = None


class Offer(NamedTuple):
    """What a row says of price and stock; see CatalogItem."""

    price: Decimal | None
    stock_status: str
    stock_quantity: Decimal | None


@dataclass(slots=True)
class Known:
    """What the database holds as active of a source, for the source to compare itself with.

    `products` and `variations` are external ids; a variation's maps to that of its parent. `offers` asks the
    database for what it holds now, by external id: for sources where these change without a date.
    """

    products: set[str] = field(default_factory=set)
    variations: dict[str, str] = field(default_factory=dict)
    offers: Callable[[], Mapping[str, Offer]] = dict


class Walk(Protocol):
    """One pass over a source. After the last page:

    `full` tells whether every item was asked for. `watermark` is the source's own clock when the walk began.
    `memory` is what the source wants to be given back at the next walk, as JSON.
    """

    @property
    def full(self) -> bool: ...

    @property
    def watermark(self) -> datetime | None: ...

    @property
    def memory(self) -> Mapping[str, Any]: ...

    def pages(self) -> Iterator[Page]:
        """The items; each at least once. Raises SourceError when the walk cannot be trusted."""
        ...

    def verify(self, known: Known) -> Iterator[Page]:
        """Compares with the rows held as active: pages of what was missed and of what has gone.

        Nothing is called gone only because it was absent from a page: the source is asked again by id.
        """
        ...


class Source(Protocol):
    """A catalogue. `name` is the value of the column `source`."""

    @property
    def name(self) -> str: ...

    def walk(
        self, since: datetime | None, memory: Mapping[str, Any], marks: Sequence[Mapping[str, Any]] = ()
    ) -> Walk:
        """A pass over everything, or over what changed after `since`. Asks nothing yet.

        `marks` are those of the pages, in their order, that an interrupted pass with the same `since` and
        `memory` handed over: it is taken up after them. Marks that do not fit any more (another shop, another
        language) are ignored.
        """
        ...

    def refresh(self, product: Product, deadline: Deadline) -> Product | None:
        """The product with its price and stock of this moment, in one call; None when it is not sold any
        more. Raises SourceError when the shop cannot tell within the deadline."""
        ...
