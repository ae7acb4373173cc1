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
# The settings without which deliveries cannot be taken: of each group, one is enough, and the first says that
# the shop uses the channel. Tokens that only `reply` uses are not among them: the public function does not
# get to know them.
_NEEDED = {
    "twilio": (("twilio_account_sid",), ("twilio_auth_token",), ("twilio_webhook_url",)),
    "chatwoot": (("chatwoot_base_url",), ("chatwoot_webhook_secret", "chatwoot_url_token")),
    "whatsapp": (("whatsapp_phone_number_id",), ("whatsapp_app_secret",)),
}
_NEEDED_BY_ALL = (("reply_url",),)
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


def wanted(settings: Settings) -> list[str]:
    """The channels that the shop has begun to set up."""
    return [name for name, ((first, *_), *_) in _NEEDED.items() if getattr(settings, first)]


def path(name: str) -> str:
    """Where the platform is to deliver."""
    return next(path for path, leads_to in PATHS.items() if leads_to == name)


def lacking(name: str, settings: Settings, secrets: Secrets | None = None) -> list[str]:
    """The variables that have to be set before this channel's deliveries are taken.

    Without `secrets`, those in the settings count. Raises SecretError.
    """

    def is_set(setting: str) -> bool:
        return bool(secrets.get(setting) if secrets and setting in _SECRET else getattr(settings, setting))

    groups = (*_NEEDED_BY_ALL, *_NEEDED[name])
    return [" or ".join(map(str.upper, group)) for group in groups if not any(map(is_set, group))]
