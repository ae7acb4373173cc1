"""What the row of a course says beside its price: level, modality, sessions and length."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tendero.catalog.courses import mapping
from tendero.catalog.product import Product


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """As the shop wrote them; "" or None for what it does not say."""

    level: str
    modality: str
    language: str
    sessions: int | None
    minutes: int | None

    @classmethod
    def of(cls, product: Product) -> CourseFacts:
        return cls(
            level=_first(product, mapping.LEVEL),
            modality=_first(product, mapping.MODALITY),
            language=_first(product, mapping.LANGUAGE),
            sessions=_number(_first(product, mapping.SESSIONS)),
            minutes=_number(_first(product, mapping.DURATION)),
        )


def length(minutes: int | None) -> str:
    """`90 min`, `3 h`, `2 h 30 min`, the same in all languages; "" for None."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    if minutes < 120 and rest:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _first(product: Product, name: str) -> str:
    return next(iter(product.attributes.get(name, ())), "")


def _number(text: str) -> int | None:
    found = re.match(r"\d+", text)
    return int(found[0]) if found else None
