"""An answered question: what was said, by which engine, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass

from infra.local.demo.questions import Question
from infra.local.demo.webhook import DemoFailed, Said
from tendero.assistant.reply import EngineName
from tendero.platform.database import Database
from tendero.platform.sql import load

_SQL = load(__file__)


@dataclass(frozen=True)
class Turn:
    text: str
    milliseconds: float
    engine: str
    outcome: str

    @classmethod
    def of(cls, said: Said, database: Database, conversation: str) -> Turn:
        """Joins an answer with what the assistant recorded of it. Raises DemoFailed when it did not."""
        rows = database.fetch(_SQL["last_of"], conversation=conversation)
        if not rows:
            raise DemoFailed(f"Nothing was recorded of the answer {said.text!r}.")
        return cls(said.text, said.milliseconds, rows[0]["engine"], rows[0]["outcome"])

    def check(self, question: Question) -> None:
        """Raises DemoFailed when the answer came about in another way than the question calls for.

        A model may choose what to say of a product; what it may not do is to leave the question unanswered.
        """
        templates = self.engine == EngineName.TEMPLATES
        fits = self.outcome in question.outcomes if templates else self.outcome != "unavailable"
        if not fits:
            raise DemoFailed(
                f"{question.text!r} ended as {self.outcome}, not as {' or '.join(question.outcomes)}:"
                f" {self.text}"
            )
        for part in question.contains if templates else question.contains[:1]:
            if _plain(part) not in _plain(self.text):
                raise DemoFailed(f"{question.text!r}: the answer lacks {part!r}: {self.text}")


def _plain(text: str) -> str:
    # Whoever answers may write decimals either way.
    return text.casefold().replace(",", ".")
