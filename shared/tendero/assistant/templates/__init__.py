"""The engine that answers without a model."""

from tendero.assistant.templates.engine import PHRASES, Answer, Confirmed, Situation, answer
from tendero.assistant.templates.intent import Intent, IntentKind, read
from tendero.assistant.templates.matching import Candidate, meant
from tendero.assistant.templates.options import values
from tendero.assistant.templates.sought import Sought, SoughtWording
from tendero.assistant.templates.wording import is_free, regular_price, shortened

__all__ = [
    "PHRASES",
    "Answer",
    "Candidate",
    "Confirmed",
    "Intent",
    "IntentKind",
    "Situation",
    "Sought",
    "SoughtWording",
    "answer",
    "is_free",
    "meant",
    "read",
    "regular_price",
    "shortened",
    "values",
]
