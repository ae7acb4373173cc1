"""Chatwoot's JSON. Source: app/models/message.rb, app/presenters/conversations and app/views of 4.15."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from infra.local.chatwoot_server.desk import ACCOUNT, Conversation, Json, Message

_NUMBERS = {"incoming": 0, "outgoing": 1, "activity": 2, "template": 3}


def webhook_message(event: str, message: Message, conversation: Conversation) -> Json:
    """What `message_created` and `message_updated` deliver."""
    at = datetime.fromtimestamp(message.created_at, UTC)
    return {
        "event": event,
        "id": message.id,
        "content": message.content,
        "content_type": message.content_type,
        "content_attributes": message.content_attributes,
        "additional_attributes": message.additional_attributes,
        "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "message_type": message.kind,
        "private": message.private,
        "source_id": message.source_id,
        **({"attachments": message.attachments} if message.attachments else {}),
        "sender": message.sender,
        "account": ACCOUNT,
        "inbox": {"id": conversation.inbox["id"], "name": conversation.inbox["name"]},
        "conversation": webhook_conversation(conversation),
    }


def webhook_conversation(conversation: Conversation) -> Json:
    """What the events of a conversation have at their top."""
    newest = conversation.newest
    return {
        **_common(conversation),
        "channel": conversation.inbox["channel"],
        "contact_inbox": {
            "id": conversation.id + 200,
            "contact_id": conversation.contact["id"],
            "inbox_id": conversation.inbox["id"],
            "source_id": f"source-{conversation.id}",
            "hmac_verified": False,
            "pubsub_token": f"pubsub-of-{conversation.id}",
        },
        "account": ACCOUNT,
        "meta": _meta(conversation),
        "messages": [api_message(newest, conversation)] if newest else [],
    }


def api_conversation(conversation: Conversation) -> Json:
    """The answer to GET conversations/{id}."""
    newest = conversation.newest
    shown = api_message(newest, conversation) if newest else None
    return {
        **_common(conversation),
        "account_id": ACCOUNT["id"],
        "meta": {**_meta(conversation), "channel": conversation.inbox["channel"]},
        "messages": [shown] if shown else [],
        "last_non_activity_message": shown,
        "muted": False,
    }


def api_message(message: Message, conversation: Conversation) -> Json:
    """A message in answers of the API, and in `conversation.messages` of webhooks."""
    return {
        "id": message.id,
        "content": message.content,
        "account_id": ACCOUNT["id"],
        "inbox_id": conversation.inbox["id"],
        "conversation_id": conversation.id,
        "message_type": _NUMBERS[message.kind],
        "content_type": message.content_type,
        "content_attributes": message.content_attributes,
        "additional_attributes": message.additional_attributes,
        "status": message.status,
        "created_at": int(message.created_at),
        "private": message.private,
        "source_id": message.source_id,
        **({"attachments": message.attachments} if message.attachments else {}),
        **({"sender": message.sender} if message.sender else {}),
    }


def _common(conversation: Conversation) -> Json:
    return {
        "id": conversation.id,
        "inbox_id": conversation.inbox["id"],
        "status": conversation.status,
        "can_reply": True,
        "labels": list(conversation.labels),
        "custom_attributes": conversation.custom_attributes,
        "additional_attributes": conversation.additional_attributes,
        "priority": None,
        "snoozed_until": None,
        "timestamp": int(conversation.updated_at),
        "updated_at": conversation.updated_at,
        "last_activity_at": int(conversation.updated_at),
    }


def _meta(conversation: Conversation) -> dict[str, Any]:
    assignee = conversation.assignee
    kind = "AgentBot" if assignee and assignee["type"] == "agent_bot" else "User"
    return {
        "sender": {**conversation.contact, "type": "contact"},
        "assignee": assignee,
        "assignee_type": kind if assignee else None,
        "team": conversation.team,
        "hmac_verified": False,
    }
