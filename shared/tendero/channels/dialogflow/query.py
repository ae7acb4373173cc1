"""What Dialogflow tells of a customer's message, whichever of its two editions the agent is of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from tendero.channels.dialogflow.fields import Object

# The integrations send their welcome event's name, Telegram the command of its start button.
_WELCOME = re.compile(r"(?:[A-Z]+[_-])*WELCOME|/start", re.ASCII)
# What the chat window Dialogflow Messenger calls its sessions.
_MESSENGER = "dfMessenger-"


class Edition(StrEnum):
    """The two products named Dialogflow, with their own JSON each."""

    ES = "es"
    CX = "cx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a customer said, and where.

    `session` is the full path for contexts, "" when the request has none that Dialogflow would send;
    `conversation` the id of the conversation, `lasting` where the next request will have it too. `text` is ""
    for the welcome event (`welcome`) and others without words. `language` is the language of the agent, not
    of the text. `source` names the integration (`telegram`), "" for direct calls. `contexts` are the active
    contexts of ES as they came, `parameters` those of the matched intent or event.
    """

    edition: Edition = Edition.ES
    session: str = ""
    conversation: str
    lasting: bool = False
    text: str = ""
    welcome: bool = False
    language: str | None = None
    source: str = ""
    contexts: tuple[Object, ...] = ()
    parameters: Object = field(default_factory=dict)

    @property
    def in_messenger(self) -> bool:
        """Whether Dialogflow Messenger shows the answer."""
        return self.conversation.startswith(_MESSENGER)


def is_welcome(said: str) -> bool:
    """Whether this is what an integration sends when a conversation begins, instead of words."""
    return _WELCOME.fullmatch(said) is not None
