"""What the assistant needs from the catalogue and the platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tendero.catalog.courses.course import CourseDetails
from tendero.catalog.product import Product
from tendero.catalog.search.filters import Demand, Filters
from tendero.platform.deadline import Deadline


class Hit(Protocol):
    """A product that was found; from `ranking.CONFIDENT` on, its `score` says that it was asked for."""

    @property
    def product(self) -> Product: ...

    @property
    def score(self) -> float: ...


class SearchResult(Protocol):
    """Hits, best first; `exact` says that they were found by their code.

    All hits meet the `filters` that the question holds; `relaxed` are those that nothing met, given up so
    that there are hits. `corrected` maps words as they were typed to those that were searched for.
    """

    @property
    def hits(self) -> Sequence[Hit]: ...

    @property
    def exact(self) -> bool: ...

    @property
    def filters(self) -> Filters | None: ...

    @property
    def relaxed(self) -> tuple[Demand, ...]: ...

    @property
    def corrected(self) -> Mapping[str, str]: ...


class Search(Protocol):
    """Finds active products by a customer's words. Raises DatabaseError or DeadlineExceeded."""

    def search(
        self, text: str, *, in_stock: bool = False, limit: int = 10, deadline: Deadline | None = None
    ) -> SearchResult: ...


class Similar(Protocol):
    """Products like this one that can be bought now, likest first.

    Raises DatabaseError or DeadlineExceeded.
    """

    def __call__(self, product: Product, *, limit: int, deadline: Deadline) -> Sequence[Product]: ...


class LiveDetails(Protocol):
    """A product as the shop has it now, or, with `live` false, as it was last recorded and why."""

    @property
    def product(self) -> Product | None: ...

    @property
    def live(self) -> bool: ...

    @property
    def reason(self) -> str: ...


class Live(Protocol):
    """Asks the shop about one product, named by its id or its SKU."""

    def __call__(
        self, *, product_id: int | None = None, sku: str | None = None, deadline: Deadline
    ) -> LiveDetails: ...


class Courses(Protocol):
    """All that belongs to a course, as it is now; None when it is no longer offered.

    Raises SourceError or SettingsError when it cannot be read in time.
    """

    def __call__(self, product: Product, deadline: Deadline) -> CourseDetails | None: ...


class SecretStore(Protocol):
    def get(self, name: str) -> str:
        """The secret, or an empty string where it is not set."""
        ...
