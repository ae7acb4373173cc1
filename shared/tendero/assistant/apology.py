"""What a customer is told when no engine has an answer."""

from __future__ import annotations

from tendero.assistant.reply import EngineName, Reply, Usage
from tendero.assistant.templates import PHRASES


def apology(language: str, usage: Usage | None = None) -> Reply:
    """A true sentence, whatever is down."""
    return Reply(
        texts=(PHRASES[language].unavailable,),
        language=language,
        engine=EngineName.TEMPLATES,
        outcome="unavailable",
        usage=usage or Usage(),
    )
