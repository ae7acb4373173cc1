"""Reads courses with all that belongs to them out of their tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from tendero.catalog.courses import tables, values
from tendero.catalog.courses.course import Activity, Bonus, CourseDetails, Session
from tendero.platform.database import Database, Row, Transaction
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseError, DeadlineExceeded, SourceError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Reading:
    """Courses as they were together at one moment by the database's clock; `problems` in words."""

    courses: tuple[CourseDetails, ...]
    at: datetime
    problems: tuple[str, ...]


def read(database: Database, ids: Sequence[str] | None = None, deadline: Deadline | None = None) -> Reading:
    """All courses, or those with these ids. Raises SourceError when the tables cannot be read in time."""
    try:
        with database.transaction(deadline) as transaction:
            at = tables.begin(transaction)
            reader = _Reader(transaction, tables.tables(transaction))
            return Reading(tuple(reader.courses(ids)), at, tuple(reader.problems))
    except (DatabaseError, DeadlineExceeded) as error:
        raise SourceError(
            f"The courses cannot be read: {error} (Their database is that of COURSES_DATABASE_URL, or"
            " Tendero's own where that is empty.)"
        ) from error


class _Reader:
    def __init__(self, transaction: Transaction, held: tables.Tables) -> None:
        self._transaction = transaction
        self._held = held
        self.problems = list(held.problems)

    def courses(self, ids: Sequence[str] | None) -> list[CourseDetails]:
        rows = self._rows(self._held.courses, {} if ids is None else {"id": ids})
        named = [row for row in rows if row["id"] is not None]
        if len(named) < len(rows):
            self.problems.append(f"{len(rows) - len(named)} courses have no id and are left out.")
        known = None if ids is None else [str(row["id"]) for row in named]
        sessions, activities = self._sessions(known)
        bonuses = self._bonuses(known)
        return [self._course(row, sessions, activities, bonuses) for row in named]

    def _sessions(
        self, courses: Sequence[str] | None
    ) -> tuple[dict[str, list[Session]], dict[str, list[Activity]]]:
        """The sessions by course, and by course the activities that belong to none of its sessions."""
        rows = self._rows(self._held.sessions, {} if courses is None else {"course": courses})
        known = {str(row["id"]) for row in rows if row.get("id") is not None}
        keys = {} if courses is None else {"session": sorted(known), "course": courses}
        inside: list[Row] = []
        outside: list[Row] = []
        for row in self._rows(self._held.activities, keys):
            (inside if str(row.get("session")) in known else outside).append(row)
        of_session = _grouped(inside, "session", _activity)
        sessions = _grouped(rows, "course", lambda row: _session(row, of_session.get(str(row.get("id")), [])))
        return sessions, _grouped(outside, "course", _activity)

    def _bonuses(self, courses: Sequence[str] | None) -> dict[str, list[Bonus]]:
        rows = self._rows(self._held.bonuses, {} if courses is None else {"course": courses})
        return _grouped((row for row in rows if values.is_on(row.get("active"))), "course", _bonus)

    def _rows(self, table: tables.Table | None, keys: dict[str, Sequence[str]]) -> list[Row]:
        if table is None:
            return []
        parameters = {name: list(wanted) for name, wanted in keys.items()}
        return self._transaction.fetch(table.select(*keys), **parameters)

    def _course(
        self,
        row: Row,
        sessions: dict[str, list[Session]],
        activities: dict[str, list[Activity]],
        bonuses: dict[str, list[Bonus]],
    ) -> CourseDetails:
        course_id = str(row["id"])
        held = sessions.get(course_id, [])
        counted = values.whole(row.get("session_count"))
        return CourseDetails(
            id=course_id,
            name=values.line(row["name"]) or self._nameless(course_id),
            short_description=values.text(row.get("short_description")),
            description=values.text(row.get("description")),
            level=values.line(row.get("level")),
            modality=values.line(row.get("modality")),
            language=values.line(row.get("language")),
            audience=values.line(row.get("audience")),
            return_on_investment=values.text(row.get("return_on_investment")),
            price=self._price(row),
            currency=self._currency(row),
            session_count=counted or len(held) or None,
            minutes=values.whole(row.get("minutes")),
            first_day=values.day(row.get("first_day")),
            last_day=values.day(row.get("last_day")),
            url=values.address(row.get("url")),
            purchase_url=values.address(row.get("purchase_url")),
            is_active=values.is_on(row.get("status")) and values.is_on(row.get("active")),
            sessions=tuple(held),
            activities=tuple(activities.get(course_id, ())),
            bonuses=tuple(bonuses.get(course_id, ())),
        )

    def _nameless(self, course_id: str) -> str:
        self.problems.append(f"Course {course_id} has no name.")
        return f"#{course_id}"

    def _price(self, row: Row) -> Decimal | None:
        try:
            return values.price(row.get("price"))
        except ValueError as error:
            self.problems.append(f"Course {row['id']}: price {error}; left empty.")
            return None

    def _currency(self, row: Row) -> str | None:
        code = values.currency(row.get("currency"))
        if code is None and values.line(row.get("currency")):
            self.problems.append(
                f"Course {row['id']}: currency {row['currency']!r:.60} is not a code like EUR; left empty."
            )
        return code


def _session(row: Row, activities: list[Activity]) -> Session | None:
    title = values.line(row["title"])
    if not (title or activities):
        return None
    return Session(
        title=title,
        objective=values.text(row.get("objective")),
        minutes=values.whole(row.get("minutes")),
        day=values.day(row.get("day")),
        activities=tuple(activities),
    )


def _activity(row: Row) -> Activity | None:
    title = values.line(row["title"])
    return Activity(title=title, kind=values.line(row.get("kind"))) if title else None


def _bonus(row: Row) -> Bonus | None:
    content = values.text(row["content"])
    if not content:
        return None
    return Bonus(content=content, kind=values.line(row.get("kind")), url=values.address(row.get("url")))


def _grouped(rows: Iterable[Row], key: str, made: Callable[[Row], _T | None]) -> dict[str, list[_T]]:
    """What is made of the rows, by their value of `key`; nothing is made of empty ones."""
    groups: dict[str, list[_T]] = {}
    for row in rows:
        each = made(row)
        if each is not None and row.get(key) is not None:
            groups.setdefault(str(row[key]), []).append(each)
    return groups
