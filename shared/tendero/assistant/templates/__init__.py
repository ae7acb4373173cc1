"""The engine that answers without a model."""

from tendero.assistant.templates.engine import MOST_LISTED, Answer, Confirmed, Situation, answer
from tendero.assistant.templates.intent import Intent, IntentKind, read

__all__ = ["MOST_LISTED", "Answer", "Confirmed", "Intent", "IntentKind", "Situation", "answer", "read"]
