"""Quick replies as WhatsApp shows them: as buttons, or as a list where they are too many or too long.

Limits: developers.facebook.com/documentation/business-messaging/whatsapp, on interactive messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# The words above quick replies, and on the button that opens a list of them.
QUESTION = {"es": "¿Qué te muestro?", "en": "What can I show you?", "pt": "O que mostro?"}
LIST_BUTTON = {"es": "Ver opciones", "en": "See options", "pt": "Ver opções"}
_MOST_BUTTONS, _LONGEST_BUTTON = 3, 20
_MOST_ROWS, _LONGEST_ROW = 10, 24


@dataclass(frozen=True, slots=True)
class Choices:
    """`texts` are the titles, each once; `are_buttons` says that they need no list."""

    texts: tuple[str, ...]
    are_buttons: bool


def choices(suggestions: Iterable[str]) -> Choices | None:
    """Those that fit, None where none does."""
    # Not needed for an acknowledgement: many patterns.
    from tendero.channels.text import length

    said = dict.fromkeys(each.strip() for each in suggestions)
    rows = tuple(each for each in said if 0 < length(each) <= _LONGEST_ROW)[:_MOST_ROWS]
    are_few = len(rows) <= _MOST_BUTTONS and all(length(each) <= _LONGEST_BUTTON for each in rows)
    return Choices(rows, are_few) if rows else None
