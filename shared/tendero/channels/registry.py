"""The chat platforms that are answered through the queue, by name."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module

from tendero.channels.channel import Channel
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

# Imported when a delivery comes: each request needs one of them.
_CLASSES = {
    "twilio": "tendero.channels.twilio.channel:Twilio",
    "chatwoot": "tendero.channels.chatwoot.channel:Chatwoot",
    "whatsapp": "tendero.channels.whatsapp:WhatsApp",
}
# The settings without which a channel cannot be answered.
_NEEDED = {
    "twilio": ("reply_url", "twilio_account_sid", "twilio_auth_token", "twilio_webhook_url"),
    "chatwoot": ("reply_url", "chatwoot_base_url", "chatwoot_api_token"),
    "whatsapp": ("reply_url", "whatsapp_phone_number_id", "whatsapp_token", "whatsapp_app_secret"),
}
_SECRET = frozenset(each.name for each in fields(Settings) if each.metadata["secret"])
NAMES = tuple(_CLASSES)
PATHS = {
    "/twilio": "twilio",
    "/whatsapp": "twilio",
    "/chatwoot": "chatwoot",
    "/webhook/chatwoot": "chatwoot",
    "/whatsapp-cloud": "whatsapp",
}


def channel(name: str, settings: Settings, secrets: Secrets) -> Channel:
    """The channel of this name. Raises KeyError for one that is none."""
    module, _, class_name = _CLASSES[name].partition(":")
    kind: type[Channel] = getattr(import_module(module), class_name)
    return kind(settings, secrets)


def lacking(name: str, settings: Settings, secrets: Secrets) -> list[str]:
    """The variables that have to be set before this channel is answered. Raises SecretError."""

    def is_set(setting: str) -> bool:
        return bool(secrets.get(setting) if setting in _SECRET else getattr(settings, setting))

    return [each.upper() for each in _NEEDED[name] if not is_set(each)]
