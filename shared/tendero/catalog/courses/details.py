"""Everything about one course, for a customer who wants to know it all."""

from __future__ import annotations

from tendero.catalog.courses.course import CourseDetails
from tendero.catalog.courses.reader import read
from tendero.catalog.product import Product
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline


def course_details(
    database: Database, product: Product, deadline: Deadline | None = None
) -> CourseDetails | None:
    """The course behind a product of the source `courses`, with its sessions, their activities and bonuses.

    `database` is the one with the courses' tables (see `source.courses_database`). None when the course is
    no longer there or not shown. Raises SourceError when the tables cannot be read in time.
    """
    found = read(database, [product.external_id], deadline).courses
    return found[0] if found and found[0].is_active else None
