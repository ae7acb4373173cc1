"""What an account of Chatwoot holds: inboxes, customers, and the conversations with them."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

ACCOUNT = {"id": 1, "name": "La Tienda de Lola"}
BOT = {"id": 3, "name": "Tendero", "type": "agent_bot"}
PERSON = {"id": 5, "name": "Lola", "email": "lola@shop.example", "type": "user"}
TEAMS = {2: {"id": 2, "name": "ventas"}}
INBOXES = {
    1: {"id": 1, "name": "Web", "channel": "Channel::WebWidget"},
    2: {"id": 2, "name": "WhatsApp", "channel": "Channel::Whatsapp"},
    3: {"id": 3, "name": "SMS", "channel": "Channel::TwilioSms"},
    4: {"id": 4, "name": "App", "channel": "Channel::Api"},
}
# Sample events speak of conversations that nobody began here: with a number from here on, they are made.
MADE_UP = 1_000_000


@dataclass
class Message:
    """One message. `kind` is incoming, outgoing, activity or template."""

    id: int
    content: str | None
    kind: str
    sender: Json | None
    private: bool = False
    content_type: str = "text"
    content_attributes: Json = field(default_factory=dict)
    additional_attributes: Json = field(default_factory=dict)
    attachments: list[Json] = field(default_factory=list)
    source_id: str | None = None
    status: str = "sent"
    created_at: float = field(default_factory=time.time)


@dataclass
class Conversation:
    """A conversation, by the number that it has in its account."""

    id: int
    inbox: Json
    contact: Json
    status: str = "pending"
    assignee: Json | None = None
    team: Json | None = None
    labels: list[str] = field(default_factory=list)
    custom_attributes: Json = field(default_factory=dict)
    additional_attributes: Json = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    updated_at: float = field(default_factory=time.time)

    @property
    def newest(self) -> Message | None:
        """The newest that is not private, as payloads show it."""
        return next((each for each in reversed(self.messages) if not each.private), None)


class Desk:
    """The account. Whoever reads or changes it holds `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._numbers = itertools.count(1)
        # Ids of messages are the installation's: those of samples, which are larger, must not come before.
        self._message_ids = itertools.count(10**15)
        self.conversations: dict[int, Conversation] = {}

    def begin(self, inbox: int = 1, number: int | None = None, language: str = "es") -> Conversation:
        """A new conversation, pending as in an inbox with a bot."""
        number = number or next(self._numbers)
        contact = {"id": number + 100, "name": f"Ana {number}", "email": None, "phone_number": None}
        attributes = {"browser_language": language} if inbox == 1 else {}
        made = Conversation(number, INBOXES[inbox], contact, additional_attributes=attributes)
        self.conversations[number] = made
        return made

    def find(self, number: int) -> Conversation | None:
        if number >= MADE_UP and number not in self.conversations:
            return self.begin(number=number)
        return self.conversations.get(number)

    def add(
        self, conversation: Conversation, content: str | None, kind: str, sender: Json | None, **more: Any
    ) -> Message:
        """A new message at the end."""
        made = Message(next(self._message_ids), content, kind, sender, **more)
        conversation.messages.append(made)
        conversation.updated_at = made.created_at
        return made
