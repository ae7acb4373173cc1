"""How each platform signs a delivery, where its events go, and where the customer's words stand in them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from tendero.channels import whatsapp
from tendero.channels.chatwoot import signature as chatwoot
from tendero.channels.twilio import signature as twilio
from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings

Headers = dict[str, str]


@dataclass(frozen=True)
class Platform:
    """`path` is the function's; `secret` the setting that signs; `sign(secret, url, body, is_form)` gives the
    headers; `words` leads to the customer's text in an event."""

    path: str
    secret: str
    sign: Callable[[str, str, bytes, bool], Headers]
    words: tuple[str | int, ...]
    needs_secret: bool = True

    def signing(self, settings: Settings) -> str:
        """The secret, the first of several. Raises SettingsError where it is not set."""
        secret = str(getattr(settings, self.secret)).split(",")[0].strip()
        if not secret and self.needs_secret:
            raise SettingsError(f"Set {self.secret.upper()}: the event is signed with it.")
        return secret

    def with_words(self, event: Any, text: str) -> None:
        """Puts other words into an event that has some."""
        *way, last = self.words
        try:
            for step in way:
                event = event[step]
        except (KeyError, IndexError, TypeError):
            return
        if last in event:
            event[last] = text


def _twilio(secret: str, url: str, body: bytes, is_form: bool) -> Headers:
    fields = parse_qsl(body.decode(), keep_blank_values=True) if is_form else []
    return {twilio.HEADER: twilio.signature(url, fields, secret)}


def _chatwoot(secret: str, url: str, body: bytes, is_form: bool) -> Headers:
    now = str(int(time.time()))
    return {chatwoot.TIMESTAMP_HEADER: now, chatwoot.SIGNATURE_HEADER: chatwoot.sign(secret, now, body)}


def _whatsapp(secret: str, url: str, body: bytes, is_form: bool) -> Headers:
    return {whatsapp.SIGNATURE_HEADER: whatsapp.signature(body, secret)}


def _dialogflow(secret: str, url: str, body: bytes, is_form: bool) -> Headers:
    return {"X-Webhook-Secret": secret} if secret else {}


PLATFORMS = {
    "twilio": Platform("/twilio", "twilio_auth_token", _twilio, ("Body",)),
    "chatwoot": Platform("/chatwoot", "chatwoot_webhook_secret", _chatwoot, ("content",)),
    "whatsapp": Platform(
        "/whatsapp-cloud",
        "whatsapp_app_secret",
        _whatsapp,
        ("entry", 0, "changes", 0, "value", "messages", 0, "text", "body"),
    ),
    "dialogflow": Platform(
        "/dialogflow",
        "dialogflow_webhook_secret",
        _dialogflow,
        ("queryResult", "queryText"),
        needs_secret=False,
    ),
}
