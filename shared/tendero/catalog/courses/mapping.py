"""Courses as catalogue items."""

from __future__ import annotations

from collections.abc import Iterator

from tendero.catalog.courses.course import CourseDetails
from tendero.catalog.item import CatalogItem, Kind

SOURCE = "courses"
LEVEL, MODALITY, LANGUAGE = "Level", "Modality", "Language"
SESSIONS, DURATION = "Sessions", "Duration"
# By this word customers ask for one in Spanish and Portuguese; the search knows its English.
_TAGS = ("curso",)


def item(course: CourseDetails, currency: str | None) -> CatalogItem:
    """A course with `currency` where it names none. A course has no stock: it can always be booked."""
    return CatalogItem(
        source=SOURCE,
        external_id=course.id,
        kind=Kind.COURSE,
        name=course.name,
        short_description=course.short_description,
        description="\n".join(_description(course)),
        category_name=course.audience or None,
        categories=(course.audience,) if course.audience else (),
        tags=_TAGS,
        attributes={name: [value] for name, value in _attributes(course) if value},
        is_active=course.is_active,
        currency=course.currency or currency,
        price=course.price,
        list_price=course.price,
        url=course.url or course.purchase_url,
    )


def _attributes(course: CourseDetails) -> Iterator[tuple[str, str]]:
    yield LEVEL, course.level
    yield MODALITY, course.modality
    yield LANGUAGE, course.language
    yield SESSIONS, str(course.session_count or "")
    yield DURATION, f"{course.minutes} min" if course.minutes else ""


def _description(course: CourseDetails) -> Iterator[str]:
    """The description, then what is found in the course: a line for each session and bonus.

    In the shop's words only, so that it reads well in the shop's language.
    """
    if course.description:
        yield course.description
    for number, session in enumerate(course.sessions, 1):
        parts = (session.title, session.objective, "; ".join(each.title for each in session.activities))
        yield f"{number}. " + ". ".join(part.rstrip(". ") for part in parts if part)
    for activity in course.activities:
        yield f"- {activity.title}"
    for bonus in course.bonuses:
        yield f"+ {bonus.content}"
