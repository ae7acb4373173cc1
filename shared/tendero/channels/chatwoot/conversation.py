"""A conversation as Chatwoot shows it, the same in webhooks and in answers of its API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a conversation is: what the API's paths need. `conversation` counts within the account."""

    account: int
    conversation: int

    @property
    def name(self) -> str:
        return f"{self.account}/{self.conversation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What counts of it for the assistant.

    `channel` is the kind of its inbox (`Channel::WebWidget`), `updated_at` in epoch seconds, 0 where unknown,
    `newest` the id of the newest message that is shown, or 0.
    """

    address: Address
    inbox: str
    contact: str
    contact_name: str
    channel: str
    status: str
    has_person: bool
    updated_at: float
    newest: int
    language: str | None

    @property
    def is_the_bots(self) -> bool:
        """Whether a bot may speak: pending, and assigned to no person.

        Agent bots are told of every message, also after a handoff, so that they have to see for themselves
        (https://github.com/chatwoot/chatwoot/issues/11429).
        """
        return self.status == "pending" and not self.has_person

    @classmethod
    def of(cls, shown: Json, account: int | None = None) -> Conversation | None:
        """From Chatwoot's JSON; None where that lacks what it takes to answer."""
        messages = items(shown.get("messages"))
        account = (
            account
            or number(part(shown, "account").get("id"))
            or number(shown.get("account_id"))
            or next((number(each.get("account_id")) for each in messages), None)
        )
        identifier = number(shown.get("id"))
        if not account or not identifier:
            return None
        meta, contact_inbox = part(shown, "meta"), part(shown, "contact_inbox")
        sender = part(meta, "sender")
        return cls(
            address=Address(account=account, conversation=identifier),
            inbox=_text(shown.get("inbox_id")) or _text(contact_inbox.get("inbox_id")),
            contact=_text(sender.get("id")) or _text(contact_inbox.get("contact_id")),
            contact_name=_text(sender.get("name")),
            channel=_text(shown.get("channel")) or _text(meta.get("channel")),
            status=_text(shown.get("status")),
            has_person=_has_person(meta),
            updated_at=seconds(shown.get("updated_at")),
            newest=max((number(each.get("id")) or 0 for each in messages), default=0),
            language=_language(part(shown, "additional_attributes"), sender),
        )


def part(value: Json, name: str) -> Json:
    """The object of this name; an empty one where there is none."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def items(value: object) -> list[Json]:
    """The objects in a list; none where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def number(value: object) -> int | None:
    """A positive id."""
    return value if type(value) is int and 0 < value < 2**63 else None


def seconds(value: object) -> float:
    """Epoch seconds from a number, or from a time as ISO 8601 writes it; 0 for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 2**33:
        return float(value)
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return 0.0
    return at.replace(tzinfo=at.tzinfo or UTC).timestamp() if at else 0.0


def _has_person(meta: Json) -> bool:
    assignee = part(meta, "assignee")
    # Servers that know no assignee_type assign users only.
    is_bot = meta.get("assignee_type") == "AgentBot" or assignee.get("type") == "agent_bot"
    return bool(assignee) and not is_bot


def _language(conversation: Json, contact: Json) -> str | None:
    of_contact = part(contact, "additional_attributes")
    said = (
        conversation.get("browser_language"),
        conversation.get("conversation_language"),
        of_contact.get("browser_language"),
        of_contact.get("language"),
        part(contact, "custom_attributes").get("language"),
    )
    return next((each for each in said if isinstance(each, str) and each), None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value) if type(value) is int else ""
