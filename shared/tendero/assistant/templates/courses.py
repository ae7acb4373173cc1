"""What the templates say of one course, in lines that read well in a chat."""

from __future__ import annotations

from collections.abc import Sequence

from tendero.assistant.course_facts import length
from tendero.assistant.links import LINK
from tendero.assistant.templates.course_words import CoursePart
from tendero.assistant.templates.intent import Intent, IntentKind
from tendero.assistant.templates.wording import Wording, shortened
from tendero.catalog.courses.course import CourseDetails, Session
from tendero.catalog.product import Product

_MOST_SESSIONS = 10
_MOST_BONUSES = 6
_MOST_ACTIVITIES = 4
_LINE_LENGTH = 120


class CourseText:
    """Says what is asked of `product`; without `details` from the record alone."""

    def __init__(self, wording: Wording, product: Product, details: CourseDetails | None) -> None:
        self._wording = wording
        self._phrases = wording.phrases
        self._product = product
        self._details = details

    def answer(self, intent: Intent) -> str:
        wording, product = self._wording, self._product
        if intent.part is CoursePart.BONUSES:
            return "\n".join(self._bonuses_only())
        if intent.part is CoursePart.LENGTH:
            return "\n".join(self._length())
        if intent.part is CoursePart.SYLLABUS:
            return "\n".join(self._syllabus_only())
        if intent.kind is IntentKind.STOCK:
            offered = self._phrases.course_offered.format(name=product.name)
            price = self._phrases.price_label.format(price=wording.short_price(product))
            return "\n".join(filter(None, (offered, price, wording.course_facts(product))))
        lines = [wording.price(product)]
        if intent.kind is not IntentKind.PRICE:
            lines.append(wording.description(product))
        lines.append(wording.course_facts(product))
        if intent.part is CoursePart.ALL or intent.kind is IntentKind.DETAIL:
            lines += self._everything()
        return "\n".join(filter(None, lines))

    def enrolment(self) -> str:
        """Where to enrol, where that is another page than the course's own."""
        url = self._details.purchase_url if self._details else None
        return self._phrases.enrolment.format(url=url) if url and url != self._product.url else ""

    @property
    def quick_replies(self) -> tuple[str, ...]:
        if self._details is None:
            return ()
        offered = (
            (self._details.sessions or self._details.activities, self._phrases.quick_syllabus),
            (self._details.bonuses, self._phrases.quick_bonuses),
        )
        return tuple(text for held, text in offered if held)

    def _everything(self) -> list[str]:
        lines = []
        if self._details and self._details.first_day:
            lines.append(self._phrases.starts.format(day=f"{self._details.first_day:%d/%m/%Y}"))
        for heading, held in (
            (self._phrases.syllabus, self._syllabus(in_full=False)),
            (self._phrases.includes, self._bonuses()),
        ):
            lines += [heading, *held] if held else []
        return lines

    def _length(self) -> list[str]:
        extent = self._wording.course_extent(self._product)
        if not extent:
            return [self._phrases.length_unknown.format(name=self._product.name)]
        return [f"{self._product.name}: {extent}", *self._syllabus(in_full=False)]

    def _syllabus_only(self) -> list[str]:
        held = self._syllabus(in_full=True)
        phrase = self._phrases.syllabus_of if held else self._phrases.syllabus_unknown
        return [phrase.format(name=self._product.name), *held]

    def _bonuses_only(self) -> list[str]:
        held = self._bonuses()
        phrase = self._phrases.bonuses_of if held else self._phrases.bonuses_unknown
        return [phrase.format(name=self._product.name), *held]

    def _syllabus(self, *, in_full: bool) -> list[str]:
        """A line for each session; `in_full` also its objective and activities."""
        if self._details is None:
            return []
        sessions = [_session(each, in_full=in_full) for each in self._details.sessions]
        lines = [f"{number}. {text}" for number, text in enumerate(sessions, start=1)]
        if in_full or not lines:
            lines += [f"• {_spoken(each.title)}" for each in self._details.activities]
        return self._cut(lines, _MOST_SESSIONS)

    def _bonuses(self) -> list[str]:
        held = self._details.bonuses if self._details else ()
        return self._cut([f"• {text}" for each in held if (text := _spoken(each.content))], _MOST_BONUSES)

    def _cut(self, lines: list[str], most: int) -> list[str]:
        further = len(lines) - most
        return lines if further <= 0 else [*lines[:most], self._phrases.further.of(further)]


def _session(session: Session, *, in_full: bool) -> str:
    text = _spoken(session.title)
    if session.minutes:
        text += f" ({length(session.minutes)})"
    if not in_full:
        return text
    activities = _spoken("; ".join(each.title for each in session.activities[:_MOST_ACTIVITIES]))
    return ": ".join(filter(None, (text, _joined((_spoken(session.objective), activities)))))


def _joined(parts: Sequence[str]) -> str:
    return ". ".join(part.rstrip(". ") for part in parts if part)


def _spoken(text: str) -> str:
    """The shop's words on one short line, without links: those of the bonuses are for who has paid."""
    return shortened(" ".join(LINK.sub(" ", text).split()), _LINE_LENGTH)
