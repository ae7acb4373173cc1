"""What a customer asked, and where."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from tendero.people.agent_config import AgentConfig
from tendero.people.conversations import ConversationRef

_LONGEST_MESSAGE = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """`language_hint` is the channel's language code; the message's own words count more.

    `config` is what holds in the place of the conversation; without one, what the settings say.
    """

    message: str
    conversation: ConversationRef
    language_hint: str | None = None
    config: AgentConfig | None = None


def cleaned(message: str) -> str:
    """A message that PostgreSQL and JSON can hold: composed, without control characters, cut at 2,000."""
    composed = unicodedata.normalize("NFC", message[: 4 * _LONGEST_MESSAGE])
    kept = (
        character if unicodedata.category(character) not in ("Cc", "Cs") or character == "\n" else " "
        for character in composed
    )
    return "".join(kept).strip()[:_LONGEST_MESSAGE]
