"""Signed deliveries of chat platforms, numbered, and the settings under which a function takes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.twilio_events import form

# What is signed; where the function really listens does not count.
_TWILIO_URL = "https://shop.example/twilio"
_TOKEN, _SECRET = "benchmark-token", "benchmark-secret"
SETTINGS = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": _TOKEN,
    "TWILIO_WEBHOOK_URL": _TWILIO_URL,
    "CHATWOOT_BASE_URL": "https://chat.example",
    "CHATWOOT_API_TOKEN": "benchmark-token",
    "CHATWOOT_WEBHOOK_SECRET": _SECRET,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request: GET without a body, else POST."""

    path: str = "/"
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


def twilio(
    identifier: str,
    *,
    customer: str = "34600111222",
    text: str = "¿Tienen mochilas?",
    url: str = _TWILIO_URL,
    token: str = _TOKEN,
) -> Delivery:
    """A WhatsApp message through Twilio. `identifier` makes its SID, `customer` is a number.

    `url` and `token` sign it.
    """
    sid = "SM" + hashlib.md5(identifier.encode()).hexdigest()
    sids = dict.fromkeys(("MessageSid", "SmsMessageSid", "SmsSid"), sid)
    fields = form("text", **sids, From=f"whatsapp:+{customer}", WaId=customer, Body=text)
    signed = url + "".join(name + value for name, value in sorted(fields.items()))
    signature = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return Delivery("/twilio", urlencode(fields).encode(), headers)


def chatwoot(number: int) -> Delivery:
    """A customer's message in Chatwoot, told to its agent bot. `number` counts from 0."""
    number += 1
    sender = {"id": 7, "name": "Ana"}
    conversation = {
        "id": number,
        "inbox_id": 3,
        "status": "pending",
        "channel": "Channel::WebWidget",
        "meta": {"sender": sender, "assignee": None},
        "contact_inbox": {"contact_id": 7, "inbox_id": 3, "source_id": "s"},
        "messages": [],
    }
    message = {
        "event": "message_created",
        "id": number,
        "content": "¿Tienen mochilas?",
        "content_type": "text",
        "message_type": "incoming",
        "private": False,
        "created_at": "2026-11-20T10:00:00.000Z",
        "sender": sender,
        "account": {"id": 1, "name": "a"},
        "inbox": {"id": 3, "name": "i"},
        "conversation": conversation,
    }
    body, timestamp = json.dumps(message).encode(), str(int(time.time()))
    digest = hmac.new(_SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Chatwoot-Timestamp": timestamp,
        "X-Chatwoot-Signature": f"sha256={digest}",
    }
    return Delivery("/chatwoot", body, headers)
