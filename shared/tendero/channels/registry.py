"""The chat platforms that are answered through the queue, by name."""

from __future__ import annotations

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
