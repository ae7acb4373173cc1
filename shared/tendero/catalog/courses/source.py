"""The source of courses: the shop's own tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tendero.catalog.courses.mapping import SOURCE, item
from tendero.catalog.courses.reader import Reading, read
from tendero.catalog.product import Product
from tendero.catalog.source import Known, Page
from tendero.platform import connect
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings


class Courses:
    """The courses of one database. Raises SettingsError when it is not set."""

    name = SOURCE

    def __init__(self, settings: Settings) -> None:
        self._database = courses_database(settings)
        self._currency = settings.store_currency or None

    def walk(
        self, since: datetime | None, memory: Mapping[str, Any], marks: Sequence[Mapping[str, Any]] = ()
    ) -> CoursesWalk:
        """Always over everything, at once: the tables are small, and a change in them leaves no date."""
        return CoursesWalk(self._database, self._currency)

    def refresh(self, product: Product, deadline: Deadline) -> Product | None:
        found = read(self._database, [product.external_id], deadline).courses
        if not found or not found[0].is_active:
            return None
        fresh = item(found[0], self._currency)
        return replace(
            product,
            currency=fresh.currency,
            price=fresh.price,
            list_price=fresh.list_price,
            stock_status=fresh.stock_status,
        )


class CoursesWalk:
    """A walk as `tendero.catalog.source.Walk` describes it; it remembers nothing."""

    full = True

    def __init__(self, database: Database, currency: str | None) -> None:
        self._database = database
        self._currency = currency
        self._seen: set[str] = set()
        self.watermark: datetime | None = None

    @property
    def memory(self) -> Mapping[str, Any]:
        return {}

    def pages(self) -> Iterator[Page]:
        reading = read(self._database)
        self.watermark = reading.at
        yield self._page(reading)

    def verify(self, known: Known) -> Iterator[Page]:
        """Courses that did not come are asked for once more by their ids."""
        absent = known.products - self._seen
        if absent:
            yield self._page(read(self._database, sorted(absent)))
            yield Page(gone=tuple(sorted(absent - self._seen)))

    def _page(self, reading: Reading) -> Page:
        items = tuple(item(course, self._currency) for course in reading.courses)
        self._seen.update(each.external_id for each in items)
        return Page(items, problems=reading.problems, expected=len(self._seen))


def courses_database(settings: Settings) -> Database:
    """The database of the courses' tables: that of COURSES_DATABASE_URL, else Tendero's own.

    Raises SettingsError.
    """
    own = settings.courses_database_url
    if not own:
        return connect.database(settings)
    try:
        return connect.database(replace(settings, database_url=own, cloud_sql_instance=""))
    except SettingsError as error:
        raise SettingsError(f"COURSES_DATABASE_URL: {error}") from error
