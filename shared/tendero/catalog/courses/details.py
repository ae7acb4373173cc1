"""Everything about one course, for a customer who wants to know it all."""

from __future__ import annotations

import threading

from tendero.catalog.courses.course import CourseDetails
from tendero.catalog.courses.reader import read
from tendero.catalog.courses.source import courses_database
from tendero.catalog.product import Product
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings


def course_details(
    database: Database, product: Product, deadline: Deadline | None = None
) -> CourseDetails | None:
    """The course behind a product of the source `courses`, with its sessions, their activities and bonuses.

    `database` is the one with the courses' tables (see `source.courses_database`). None when the course is
    no longer there or not shown. Raises SourceError when the tables cannot be read in time.
    """
    found = read(database, [product.external_id], deadline).courses
    return found[0] if found and found[0].is_active else None


class CourseReader:
    """`course_details` in the courses' database of these settings, whose secrets are filled in.

    `own` is Tendero's own database. Threads may share it; nothing is opened before the first question.
    """

    def __init__(self, settings: Settings, own: Database) -> None:
        self._settings = settings
        self._own = own
        self._lock = threading.Lock()
        self._database: Database | None = None

    def __call__(self, product: Product, deadline: Deadline) -> CourseDetails | None:
        """Raises SourceError, and SettingsError for a COURSES_DATABASE_URL that is none."""
        with self._lock:
            if self._database is None:
                elsewhere = self._settings.courses_database_url
                self._database = courses_database(self._settings) if elsewhere else self._own
        return course_details(self._database, product, deadline)
