"""Products as compact JSON for a model: what a customer may know, prices ready to be said."""

from __future__ import annotations

from typing import Any

from tendero.assistant.course_facts import CourseFacts, length
from tendero.assistant.money import format_price
from tendero.assistant.templates import PHRASES, is_free, regular_price, shortened, values
from tendero.catalog.courses.course import CourseDetails, Session
from tendero.catalog.item import Kind, StockStatus
from tendero.catalog.product import Product

_TEXT_LENGTH = 240
_DETAIL_LENGTH = 900
_MOST_VARIATIONS = 12
_MOST_SESSIONS = 20
_MOST_OF_A_KIND = 8
_PART_LENGTH = 160


def row(product: Product, language: str, *, live: bool = False, detailed: bool = False) -> dict[str, Any]:
    """One product. `live` marks what the shop itself said just now; `detailed` gives more of its text."""
    text = product.short_description or product.description
    if detailed and product.description not in text:
        text = f"{text}\n{product.description}".strip()
    if product.kind is Kind.COURSE:
        return _course(product, language, live=live, text=text if detailed else shortened(text, _TEXT_LENGTH))
    return _filled(
        id=product.id,
        name=product.name,
        sku=product.sku,
        **_facts(product, language),
        live=live or None,
        category=product.category_name,
        brand=product.brand,
        options={name: list(offered) for name, offered in values(product).items()},
        variations=[
            _filled(
                id=each.id,
                options={name: ", ".join(offered) for name, offered in each.attributes.items()},
                sku=each.sku,
                **_facts(each, language, product.currency),
            )
            for each in product.variations[:_MOST_VARIATIONS]
        ],
        url=product.url,
        text=shortened(text, _DETAIL_LENGTH if detailed else _TEXT_LENGTH),
    )


def course_row(product: Product, details: CourseDetails, language: str) -> dict[str, Any]:
    """A course with all that belongs to it, as it is now."""
    text = details.short_description or details.description
    return {
        **_course(product, language, live=True, text=f"{text}\n{details.return_on_investment}".strip()),
        **_filled(
            starts=f"{details.first_day:%d/%m/%Y}" if details.first_day else None,
            ends=f"{details.last_day:%d/%m/%Y}" if details.last_day else None,
            contents=[_session(each) for each in details.sessions[:_MOST_SESSIONS]],
            activities=[shortened(each.title, _PART_LENGTH) for each in details.activities[:_MOST_OF_A_KIND]],
            bonuses=[shortened(each.content, _PART_LENGTH) for each in details.bonuses[:_MOST_OF_A_KIND]],
            enrolment_url=details.purchase_url,
        ),
    }


def _course(product: Product, language: str, *, live: bool, text: str) -> dict[str, Any]:
    """It has no stock; its attributes are facts, not options to choose from."""
    facts = CourseFacts.of(product)
    price = None if product.price is None else format_price(product.price, product.currency, language)
    return _filled(
        id=product.id,
        kind=product.kind.value,
        name=product.name,
        price=PHRASES[language].free if is_free(product) else price,
        live=live or None,
        level=facts.level,
        modality=facts.modality,
        spoken_language=facts.language,
        sessions=facts.sessions,
        duration=length(facts.minutes),
        category=product.category_name,
        url=product.url,
        text=shortened(text, _DETAIL_LENGTH),
    )


def _session(session: Session) -> dict[str, Any]:
    return _filled(
        title=shortened(session.title, _PART_LENGTH),
        objective=shortened(session.objective, _PART_LENGTH),
        duration=length(session.minutes),
        activities=[shortened(each.title, _PART_LENGTH) for each in session.activities[:_MOST_OF_A_KIND]],
    )


def _facts(product: Product, language: str, currency: str | None = None) -> dict[str, Any]:
    own = product.currency or currency
    regular = regular_price(product)
    units = product.stock_quantity
    price = None if product.price is None else format_price(product.price, own, language)
    if price is not None and product.price_max is not None:
        highest = format_price(product.price_max, own, language)
        price = PHRASES[language].short_range.format(low=price, high=highest)
    return {
        "price": price,
        "regular_price": None if regular is None else format_price(regular, own, language),
        "in_stock": product.in_stock,
        "on_backorder": product.stock_status is StockStatus.ON_BACKORDER or None,
        "stock_quantity": int(units) if units is not None and units > 0 and units == int(units) else None,
    }


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
