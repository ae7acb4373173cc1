"""The tables of a course catalogue, for a shop that asks for them and has none."""

from __future__ import annotations

from tendero.catalog.courses import tables
from tendero.catalog.courses.source import courses_database
from tendero.platform.errors import DatabaseError, DatabaseUnavailable
from tendero.platform.settings import Settings
from tendero.platform.sql import load

_SQL = load(__file__)


def create(settings: Settings, *, demo: bool = False) -> list[str]:
    """Creates those of the four tables that are missing, all or none; their names.

    What is there stays as it is. `demo` puts three courses into new tables. Raises DatabaseError.
    """
    missing: list[str] = []
    pool = courses_database(settings)
    try:
        with pool.transaction() as transaction:
            held = tables.found(transaction)
            missing = [shape.name for shape in tables.SHAPES if shape.name not in held]
            for name in missing:
                transaction.execute(_SQL[name])
            if demo and len(missing) == len(tables.SHAPES):
                transaction.execute(_SQL["demo"])
    except DatabaseUnavailable:
        raise
    except DatabaseError as error:
        raise DatabaseError(
            f"The courses' tables {', '.join(missing)} were not created: {error} They refer to ai_courses and"
            " its id_course, a uuid; where yours is another, create them by hand or go without."
        ) from error
    finally:
        pool.close()
    return missing
