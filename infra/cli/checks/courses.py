"""Courses: their database, tables and columns, and how many are on offer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from infra.cli.checks.check import Check, fail, ok, warn
from tendero.catalog.courses import tables
from tendero.catalog.courses.reader import read
from tendero.catalog.courses.source import courses_database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import TenderoError
from tendero.platform.settings import Settings

_NAME = "courses"
_SECONDS = 20.0
# Without these a customer is told little; the others are a matter of taste.
_WANTED = ("price", "short_description", "level", "modality")


def checks(settings: Settings) -> Iterator[Check]:
    try:
        with closing(courses_database(settings)) as pool:
            with pool.transaction(Deadline(_SECONDS)) as transaction:
                held = tables.tables(transaction)
            reading = read(pool, deadline=Deadline(_SECONDS))
    except TenderoError as error:
        yield fail(_NAME, str(error))
        return
    found = [each for each in (held.courses, held.sessions, held.activities, held.bonuses) if each]
    yield ok(_NAME, f"the tables {', '.join(each.shape.name for each in found)} can be read")
    lacking = [held.courses.shape.columns[name][0] for name in _WANTED if name not in held.courses.columns]
    if lacking:
        yield warn(
            _NAME,
            f"{held.courses.name} has no column {', '.join(lacking)}",
            "Courses are shown without it; add the column if you have it.",
        )
    for problem in reading.problems:
        yield warn(_NAME, problem, "")
    active = sum(each.is_active for each in reading.courses)
    if active:
        yield ok(_NAME, f"{active} on offer, {len(reading.courses) - active} not shown")
    else:
        yield warn(
            _NAME,
            f"none is on offer, {len(reading.courses)} are not shown",
            "Fill in ai_courses; a status such as `draft` or `inactive` hides a course.",
        )
