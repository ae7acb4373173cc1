"""Sessions, lengths and the word "free" of a reply about courses against their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tendero.assistant.course_facts import CourseFacts
from tendero.assistant.proof.draft import Draft, Failure, FailureKind
from tendero.assistant.proof.numerals import NUMERAL, value
from tendero.catalog.folding import fold
from tendero.catalog.item import Kind
from tendero.catalog.product import Product

# "una sesión", "one class" name a session rather than count them.
_SESSIONS = re.compile(
    rf"(?<![\w.,])(?!(?:una?|one|uma?)\b)(?P<number>{NUMERAL}) (?:sesion(?:es)?|sessions?|sessao|sessoes"
    r"|clases?|class(?:es)?|aulas?|leccion(?:es)?|lessons?|licao|licoes|modul(?:os?|es?))(?!\w)"
)
_LENGTH = re.compile(
    r"(?<![\w.,])(?:(?P<hours>\d+(?:[.,]\d+)?) ?(?:horas?|hours?|hrs?|h)(?!\w)"
    r"(?:(?: (?:y|e|and))? ?(?P<rest>\d+) ?min(?:ut[oe]s?|s)?(?!\w))?"
    r"|(?P<minutes>\d+) ?min(?:ut[oe]s?|s)?(?!\w))"
)
_MINUTES = re.compile(r"\b(\d+) min\b")
_FREE = re.compile(r"\b(?:gratis|gratuit[oa]s?|free)\b(?! (?:shipping|delivery))")


def failures(draft: Draft) -> Iterator[Failure]:
    """Numbers of sessions, lengths and gratuity that no course's row states."""
    for match in _SESSIONS.finditer(draft.own_words):
        about = _courses(draft, match.start())
        known = {CourseFacts.of(each).sessions for each in about}
        if about and value(match["number"]) not in known and not draft.is_in_rows(match[0]):
            yield _failure(draft, match, "not the number of sessions of that course")
    for match in _LENGTH.finditer(draft.own_words):
        about = _courses(draft, match.start())
        if about and _minutes(match) not in _lengths(about) and not draft.is_in_rows(match[0]):
            yield _failure(draft, match, "not how long that course or a session of it is")
    for match in _FREE.finditer(draft.own_words):
        about = _courses(draft, match.start())
        if about and not any(each.price == 0 for each in about):
            yield _failure(draft, match, "that course is not free")


def judges_length(draft: Draft, position: int) -> bool:
    """Whether `failures` looks at the length of time that is stated here."""
    stated = any(each.start() <= position < each.end() for each in _LENGTH.finditer(draft.own_words))
    return stated and bool(_courses(draft, position))


def _courses(draft: Draft, position: int) -> tuple[Product, ...]:
    """The courses that a statement is about; none where it may be about something else."""
    about = draft.about(position)
    return about if all(each.kind is Kind.COURSE for each in about) else ()


def _minutes(match: re.Match[str]) -> float:
    if match["minutes"]:
        return int(match["minutes"])
    return float(match["hours"].replace(",", ".")) * 60 + int(match["rest"] or 0)


def _lengths(courses: tuple[Product, ...]) -> set[float]:
    """Those of the courses, and those that their texts name."""
    whole = {CourseFacts.of(each).minutes or 0 for each in courses}
    told = {int(minutes) for each in courses for minutes in _MINUTES.findall(fold(each.description))}
    return {*map(float, whole | told)}


def _failure(draft: Draft, match: re.Match[str], reason: str) -> Failure:
    return Failure(FailureKind.COURSE, draft.text[match.start() : match.end()], reason)
