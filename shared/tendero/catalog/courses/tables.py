"""The tables of a course catalogue as a database really has them.

Installations differ: names in small letters or as they were typed once (`"Name"`), columns added or left
out. What is there is looked up first, and only that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from tendero.platform.database import Transaction
from tendero.platform.errors import SourceError
from tendero.platform.sql import Query, load

_SQL = load(__file__)


@dataclass(frozen=True, slots=True)
class Shape:
    """A table that may be there: our names for its columns, each with the names it goes by, in small letters.

    Of each group in `needs` one column must be there.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    needs: tuple[tuple[str, ...], ...]


_COURSE = ("id_course_fk", "id_courses_fk", "id_course", "course_id")
_POSITION = ("position", "order", "display_order")
# A text whose parts changed places would be embedded again.
_ORDER = ("position", "id", "title", "content")

COURSES = Shape(
    "ai_courses",
    {
        "id": ("id_course", "id"),
        "name": ("name", "title"),
        "short_description": ("short_description",),
        # The first is how the column is spelt in the tables that exist.
        "description": ("long_descrption", "long_description", "description"),
        "session_count": ("session_count",),
        "minutes": ("total_duration_min", "duration_minutes", "duration"),
        "price": ("price",),
        "currency": ("currency",),
        "level": ("level",),
        "modality": ("modality",),
        "language": ("language",),
        "audience": ("audience_category", "category"),
        "return_on_investment": ("roi",),
        "url": ("course_url", "url"),
        "purchase_url": ("purchase_url",),
        "first_day": ("start_date",),
        "last_day": ("end_date",),
        "status": ("status",),
        "active": ("active", "is_active"),
    },
    needs=(("id",), ("name",)),
)
SESSIONS = Shape(
    "ai_course_session",
    {
        "id": ("id_session", "id"),
        "course": _COURSE,
        "position": ("session_index", *_POSITION),
        "title": ("title", "name"),
        "objective": ("objective", "description"),
        "minutes": ("duration_minutes", "duration"),
        "day": ("scheduled_at", "date"),
    },
    needs=(("course",), ("title",)),
)
ACTIVITIES = Shape(
    "ai_tema_activity",
    {
        "id": ("id_activity", "id"),
        "course": _COURSE,
        "session": ("id_session_fk", "id_session", "session_id"),
        "position": ("item_session", *_POSITION),
        "title": ("title_item", "title", "name", "description"),
        "kind": ("item_type", "type"),
    },
    needs=(("session", "course"), ("title",)),
)
BONUSES = Shape(
    "bond",
    {
        "id": ("id_bond", "id"),
        "course": _COURSE,
        "content": ("content", "description", "title", "name"),
        "kind": ("type_bond", "type"),
        "url": ("bond_url", "url"),
        "active": ("active", "is_active"),
    },
    needs=(("course",), ("content",)),
)
SHAPES = (COURSES, SESSIONS, ACTIVITIES, BONUSES)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is there: its quoted name, and of our columns' names those it has, with theirs."""

    shape: Shape
    name: str
    columns: Mapping[str, str]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What it would need to be of use: columns by the name they usually have."""
        return tuple(
            " or ".join(self.shape.columns[name][0] for name in group)
            for group in self.shape.needs
            if not any(name in self.columns for name in group)
        )

    def select(self, *keys: str) -> Query:
        """All rows, or those where one of the `keys` is in the parameter of its name, a list of texts.

        A key that the table lacks is passed over; one at least it must have.
        """
        wanted = ", ".join(f"{theirs} as {ours}" for ours, theirs in self.columns.items())
        chosen = [f"{self.columns[key]}::text = any(:{key})" for key in keys if key in self.columns]
        where = f" where {' or '.join(chosen)}" if keys else ""
        order = [self.columns[each] for each in _ORDER if each in self.columns]
        by = f" order by {', '.join(order)}" if order else ""
        # Only names that the database gave, quoted.
        statement = f"select {wanted} from {self.name}{where}{by}"  # noqa: S608
        return Query.parse(self.shape.name, statement)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that can be read; of the courses' companions those that cannot are told in `problems`."""

    courses: Table
    sessions: Table | None
    activities: Table | None
    bonuses: Table | None
    problems: tuple[str, ...]


def found(transaction: Transaction) -> dict[str, Table]:
    """The tables in the search path that this user may read, by their names in small letters."""
    shapes = {shape.name: shape for shape in SHAPES}
    held: dict[str, tuple[str, dict[str, str]]] = {}
    for row in transaction.fetch(_SQL["columns"], tables=list(shapes)):
        name = f"{_quoted(row['table_schema'])}.{_quoted(row['table_name'])}"
        first, columns = held.setdefault(row["table_name"].lower(), (name, {}))
        if first == name:
            columns.setdefault(row["column_name"].lower(), _quoted(row["column_name"]))
    return {each: _table(shapes[each], name, columns) for each, (name, columns) in held.items()}


def tables(transaction: Transaction) -> Tables:
    """What this database has. Raises SourceError without a table of courses that can be used."""
    held = found(transaction)
    courses = held.get(COURSES.name)
    if courses is None:
        raise SourceError(
            f"There is no table {COURSES.name} in the courses' database, or its user may not read it."
            " Name the database that has it in COURSES_DATABASE_URL, or create it by"
            " `tendero migrate --with-courses`."
        )
    if courses.lacks:
        raise SourceError(f"The table {courses.name} has no column {', '.join(courses.lacks)}.")
    problems: list[str] = []

    def companion(shape: Shape) -> Table | None:
        table = held.get(shape.name)
        if table is None:
            problems.append(
                f"There is no table {shape.name}, or it may not be read: courses are read without it."
                " `tendero migrate --with-courses` creates it."
            )
        elif table.lacks:
            problems.append(f"{table.name} is left out: it has no column {', '.join(table.lacks)}.")
            return None
        return table

    return Tables(
        courses, companion(SESSIONS), companion(ACTIVITIES), companion(BONUSES), problems=tuple(problems)
    )


def begin(transaction: Transaction) -> datetime:
    """Lets all that this transaction reads be of one moment, and tells the server's clock; comes first."""
    transaction.execute(_SQL["snapshot"])
    return cast(datetime, transaction.fetch(_SQL["clock"])[0]["now"])


def _table(shape: Shape, name: str, columns: Mapping[str, str]) -> Table:
    ours = {
        own: next(columns[each] for each in names if each in columns)
        for own, names in shape.columns.items()
        if any(each in columns for each in names)
    }
    return Table(shape, name, ours)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
