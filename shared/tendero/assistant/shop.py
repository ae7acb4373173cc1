"""The catalogue and the shop as one turn sees them: each product asked for live at most once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tendero.assistant.background import Task
from tendero.assistant.evidence import Evidence
from tendero.assistant.ports import Courses, Live, Search, SearchResult, Similar
from tendero.assistant.templates import Confirmed, Sought
from tendero.catalog.courses.course import CourseDetails
from tendero.catalog.courses.mapping import item
from tendero.catalog.item import Kind
from tendero.catalog.product import Product
from tendero.catalog.search.variations import with_variations
from tendero.platform.deadline import Deadline
from tendero.platform.errors import TenderoError

_MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Lookup:
    """One product as it was looked up: from the shop itself where `live`, else as last recorded.

    Without a product, `reason` says why; `live` then means that the shop no longer sells it. `course` is what
    belongs to a course, where that was asked for.
    """

    product: Product | None
    live: bool
    reason: str = ""
    course: CourseDetails | None = None


class Shop:
    """What a turn looks up. All that it finds becomes evidence.

    `unconfirmed` are ids of products for which the shop did not answer; `notes` tell the operator why.
    `alternatives` are what was found instead of products that cannot be bought.
    """

    def __init__(
        self,
        search: Search,
        live: Live,
        evidence: Evidence,
        courses: Courses | None = None,
        similar: Similar | None = None,
    ) -> None:
        self._search = search
        self._live = live
        self._courses = courses
        self._similar = similar
        self._asked: dict[tuple[int | None, str | None], Lookup] = {}
        self._asked_courses: dict[int, Lookup] = {}
        self.evidence = evidence
        self.unconfirmed: set[int] = set()
        self.notes: list[str] = []
        self.alternatives: tuple[Product, ...] = ()

    def search(
        self, text: str, deadline: Deadline, *, in_stock: bool, limit: int
    ) -> tuple[list[Product], Sought]:
        """Products for these words, and how they were read. Raises DatabaseError or DeadlineExceeded."""
        task = searching(self._search, text, deadline, in_stock=in_stock, limit=limit)
        result = task.result(deadline)
        found, sought = [hit.product for hit in result.hits], Sought.of(result)
        self.evidence.add(found)
        self.evidence.allow_limits(sought.limits)
        return found, sought

    def instead_of(self, product: Product, deadline: Deadline) -> Sequence[Product]:
        """Products like this one that can be bought; none where they cannot be looked up."""
        similar = self._similar
        if similar is None:
            return ()
        try:
            task = Task(
                "Similar products", lambda: similar(product, limit=_MOST_ALTERNATIVES, deadline=deadline)
            )
            found = tuple(task.result(deadline))
        except TenderoError as error:
            self.notes.append(f"no similar products: {error}")
            return ()
        self.evidence.add(found)
        self.alternatives = (*self.alternatives, *found)
        return found

    def details(self, deadline: Deadline, *, product_id: int | None = None, sku: str | None = None) -> Lookup:
        """One product, from the shop itself where it answers in time."""
        key = (product_id, sku)
        if key not in self._asked:
            self._asked[key] = self._details(deadline, product_id, sku)
        return self._asked[key]

    def confirm(self, product: Product, deadline: Deadline) -> Confirmed:
        """This product with the shop's present price and stock, narrowed to the same variations."""
        is_course = product.kind is Kind.COURSE
        found = self.course(product, deadline) if is_course else self.details(deadline, product_id=product.id)
        if found.product is not None:
            fresh = _narrowed(found.product, product)
            return Confirmed(fresh, live=found.live, course=found.course)
        return Confirmed(product, live=found.live, gone=found.live)

    @property
    def shows_courses(self) -> bool:
        """Whether there is a course in sight of which all can be told."""
        seen = self.evidence.products
        return self._courses is not None and any(each.kind is Kind.COURSE for each in seen)

    def course(self, product: Product, deadline: Deadline) -> Lookup:
        """A course with its sessions, activities and bonuses, from its tables where they answer in time."""
        if self._courses is None:
            return self.details(deadline, product_id=product.id)
        if product.id not in self._asked_courses:
            self._asked_courses[product.id] = self._course(self._courses, product, deadline)
        return self._asked_courses[product.id]

    def _course(self, courses: Courses, product: Product, deadline: Deadline) -> Lookup:
        try:
            details = Task("The course", lambda: courses(product, deadline)).result(deadline)
        except TenderoError as error:
            found = Lookup(product, live=False, reason=str(error))
        else:
            fresh = None if details is None else _described(product, details)
            found = Lookup(fresh, live=True, reason="it is no longer offered", course=details)
            self.evidence.allow(details.purchase_url if details else None)
        self._remember(found, product.id)
        return found

    def _details(self, deadline: Deadline, product_id: int | None, sku: str | None) -> Lookup:
        def ask() -> Lookup:
            answer = self._live(product_id=product_id, sku=sku, deadline=deadline)
            return Lookup(answer.product, answer.live, answer.reason)

        try:
            found = Task("The shop's answer", ask).result(deadline)
        except TenderoError as error:
            found = Lookup(None, live=False, reason=str(error))
        self._remember(found, product_id)
        return found

    def _remember(self, found: Lookup, product_id: int | None) -> None:
        if not found.live:
            self.notes.append(f"no live data: {found.reason}")
            self.unconfirmed.update(each for each in (product_id, found.product and found.product.id) if each)
        if found.product is not None:
            self.evidence.add((found.product,), live=found.live)
        elif found.live and product_id is not None:
            self.evidence.drop(product_id)


def searching(
    search: Search, text: str, deadline: Deadline, *, in_stock: bool = False, limit: int = 10
) -> Task[SearchResult]:
    """A search under way."""
    return Task("The search", lambda: search.search(text, in_stock=in_stock, limit=limit, deadline=deadline))


def _described(product: Product, details: CourseDetails) -> Product:
    """The course as its tables have it now; its description holds all that may be said of it."""
    fresh = item(details, product.currency)
    days = (details.first_day, details.last_day, *(each.day for each in details.sessions))
    lengths = [f"{each.minutes} min" for each in details.sessions if each.minutes]
    told = (fresh.description, details.return_on_investment, *lengths, *(str(day) for day in days if day))
    return replace(
        product,
        name=fresh.name,
        short_description=fresh.short_description,
        description="\n".join(filter(None, told)),
        attributes=fresh.attributes,
        currency=fresh.currency,
        price=fresh.price,
        list_price=fresh.list_price,
        stock_status=fresh.stock_status,
        url=fresh.url,
    )


def _narrowed(fresh: Product, wanted: Product) -> Product:
    """The fresh row with only the variations that the wanted one shows; all where it has none of them now."""
    ids = {variation.id for variation in wanted.variations}
    return with_variations(fresh, ids) if any(each.id in ids for each in fresh.variations) else fresh
