"""A course with all that belongs to it, as its tables have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What is done in a session: a quiz, a demo, an exercise; `kind` is the shop's own word for it."""

    title: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    title: str
    objective: str = ""
    minutes: int | None = None
    day: date | None = None
    activities: tuple[Activity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus:
    """What comes with a course; `kind` is the shop's own word for it."""

    content: str
    kind: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDetails:
    """Texts are plain, without HTML. What the tables do not say is "" or None.

    `price` is what a customer pays, in `currency` (ISO 4217). `session_count` is the shop's own figure, or
    the number of `sessions` where it gives none. `activities` are those that belong to no session.
    `is_active` is false for what customers must not see (draft, archived).
    """

    id: str
    name: str
    short_description: str = ""
    description: str = ""
    level: str = ""
    modality: str = ""
    language: str = ""
    audience: str = ""
    return_on_investment: str = ""
    price: Decimal | None = None
    currency: str | None = None
    session_count: int | None = None
    minutes: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    url: str | None = None
    purchase_url: str | None = None
    is_active: bool = True
    sessions: tuple[Session, ...] = ()
    activities: tuple[Activity, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
