"""Reads what Chatwoot delivers. Most of it is not for the assistant: its own words, notes, other people's.

One message may come by three ways at once (account webhook, agent bot, inbox callback), each delivery with an
id of its own: the same event is known by its name and the message's id.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

from tendero.channels.channel import Event, Kind, Media
from tendero.channels.chatwoot.conversation import Conversation, Json, items, number, part, seconds
from tendero.platform.errors import BadRequest

# In `content_attributes` of everything that the assistant sends: the key of the outbox row.
MARK = "tendero"
_CONVERSATION_EVENTS = (
    "conversation_status_changed",
    "conversation_updated",
    "conversation_opened",
    "conversation_resolved",
)
# Webhooks give words, the API (and `conversation.messages`) numbers.
_TYPES = {0: "incoming", 1: "outgoing", 2: "activity", 3: "template"}
_MEDIA = {
    "image": Media.IMAGE,
    "audio": Media.AUDIO,
    "video": Media.VIDEO,
    "ig_reel": Media.VIDEO,
    "file": Media.FILE,
    "location": Media.LOCATION,
    "contact": Media.CONTACT,
    "sticker": Media.STICKER,
}
_CODE = re.compile(r"\W{0,3}(\d{1,6})\b")
_LONGEST_ERROR = 300


def read(delivery: Json, account: str) -> list[Event]:
    """The events in a delivery; none for what is to be ignored.

    `account` is the only one to be listened to, "" for any. Raises BadRequest where it is about a message or
    conversation without saying which.
    """
    name = delivery.get("event")
    if name in ("message_created", "message_updated"):
        shown = part(delivery, "conversation")
    elif name in _CONVERSATION_EVENTS:
        shown = delivery
    else:
        return []
    conversation = Conversation.of(shown, number(part(delivery, "account").get("id")))
    if conversation is None:
        raise BadRequest("The delivery does not say which account and conversation it is about.")
    if account and str(conversation.address.account) != account:
        return []
    if name in _CONVERSATION_EVENTS:
        return list(_of_conversation(delivery, conversation))
    message = number(delivery.get("id"))
    if message is None:
        raise BadRequest("The delivery does not say which message it is about.")
    of_message = _created if name == "message_created" else _updated
    return list(of_message(delivery, message, conversation))


def message_type(message: Json) -> str:
    """`incoming`, `outgoing`, `activity` or `template`, however it is written."""
    said = message.get("message_type")
    return said if isinstance(said, str) else _TYPES.get(said, "") if type(said) is int else ""


def mark(message: Json) -> str:
    """The key of the outbox row that a message was sent from; "" for one that is not the assistant's."""
    said = part(message, "content_attributes").get(MARK)
    return said if isinstance(said, str) else ""


def is_private(message: Json) -> bool:
    """Whether only the shop's people see it."""
    return message.get("private") not in (None, False, "false")


def _created(message: Json, identifier: int, conversation: Conversation) -> Iterator[Event]:
    name, at = f"message_created-{identifier}", seconds(message.get("created_at")) or time.time()
    key = mark(message)
    if key:
        details = {"outbox": key, "provider_id": str(identifier)}
        yield _event(Kind.SENT, name, at, conversation, details=details, message=identifier)
    elif _is_a_persons(message):
        yield _event(Kind.TAKEN_OVER, name, at, conversation, message=identifier)
    elif _is_a_customers(message) and conversation.is_the_bots:
        # The newest one in `conversation.messages` may be another: only this content is the message's.
        said = message.get("content")
        text = said.strip() if isinstance(said, str) else ""
        media = _media(message)
        if text or media:
            yield _said(name, at, conversation, identifier, text, media)


def _is_a_customers(message: Json) -> bool:
    sender = part(message, "sender")
    email = part(part(message, "content_attributes"), "email")
    return (
        message_type(message) == "incoming"
        and not is_private(message)
        # Customers have no type.
        and sender.get("type") not in ("agent_bot", "user")
        # Two machines must not write to each other for ever.
        and not email.get("auto_reply")
    )


def _is_a_persons(message: Json) -> bool:
    """Whether one of the shop's people wrote it: only their public words take a conversation over.

    Campaigns and automations go out in a person's name too; what the shop writes on its own phone comes
    back as an echo without a sender.
    """
    attributes = part(message, "content_attributes")
    automatic = attributes.get("automation_rule_id") or part(message, "additional_attributes").get(
        "campaign_id"
    )
    written = part(message, "sender").get("type") == "user" or attributes.get("external_echo") is True
    return message_type(message) == "outgoing" and not is_private(message) and written and not automatic


def _media(message: Json) -> tuple[Media, ...]:
    kinds = [
        _MEDIA.get(str(each.get("file_type")), Media.OTHER) for each in items(message.get("attachments"))
    ]
    unsupported = part(message, "content_attributes").get("is_unsupported") is True
    return tuple(kinds) or ((Media.OTHER,) if unsupported else ())


def _updated(message: Json, identifier: int, conversation: Conversation) -> Iterator[Event]:
    attributes = part(message, "content_attributes")
    name, now = f"message_updated-{identifier}", time.time()
    error = attributes.get("external_error")
    if mark(message) and isinstance(error, str) and error:
        code = _CODE.match(error)
        details = {
            "provider_id": str(identifier),
            "delivery": "failed",
            "code": code[1] if code else "failed",
            "error": error[:_LONGEST_ERROR],
        }
        yield _event(Kind.STATUS, f"{name}-failed", now, conversation, details=details)
    answer = _answer(message.get("content_type"), attributes)
    if answer and not is_private(message) and conversation.is_the_bots:
        yield _said(name, now, conversation, identifier, answer, ())


def _answer(content_type: Any, attributes: Json) -> str:
    """What a customer chose or filled in, in the words that they saw."""
    chosen = items(attributes.get("submitted_values"))
    if content_type == "input_select":
        return "\n".join(filter(None, (str(each.get("title") or each.get("value") or "") for each in chosen)))
    if content_type != "form":
        return ""
    labels = {str(each.get("name")): each.get("label") for each in items(attributes.get("items"))}
    return "\n".join(
        f"{labels.get(str(each.get('name'))) or each.get('name')}: {each['value']}"
        for each in chosen
        if each.get("value")
    )


def _of_conversation(delivery: Json, conversation: Conversation) -> Iterator[Event]:
    if delivery["event"] == "conversation_updated":
        changed = {name for each in items(delivery.get("changed_attributes")) for name in each}
        if changed.isdisjoint(("status", "assignee_id")):
            return
    # Nobody has a resolved one any longer; the customer's next message makes it pending, and may come here
    # before the news of that.
    back = conversation.is_the_bots or conversation.status == "resolved"
    at = conversation.updated_at or time.time()
    person = "person" if conversation.has_person else "nobody"
    name = f"{conversation.address.name}-{conversation.status}-{person}-{at}"
    yield _event(Kind.GIVEN_BACK if back else Kind.TAKEN_OVER, name, at, conversation)


def _said(
    name: str, at: float, conversation: Conversation, message: int, text: str, media: tuple[Media, ...]
) -> Event:
    return _event(Kind.MESSAGE, name, at, conversation, text=text, media=media, message=message)


def _event(
    kind: Kind,
    name: str,
    at: float,
    conversation: Conversation,
    *,
    text: str = "",
    media: tuple[Media, ...] = (),
    details: Json | None = None,
    message: int = 0,
) -> Event:
    address = conversation.address
    return Event(
        channel="chatwoot",
        kind=kind,
        id=name,
        conversation=address.name,
        contact=conversation.contact,
        inbox=conversation.inbox,
        at=at,
        text=text,
        media=media,
        name=conversation.contact_name,
        language=conversation.language,
        address={
            "account": address.account,
            "conversation": address.conversation,
            "channel": conversation.channel,
            "newest": max(message, conversation.newest),
        },
        details=details or {},
    )
