"""Twilio: WhatsApp and SMS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime

from flask import Request, Response

from tendero.assistant.reply import Reply
from tendero.channels.channel import Channel, Event, Json, Place, Sending, Undeliverable
from tendero.channels.twilio import delivery, event, writing
from tendero.channels.twilio.api import Api, code_of
from tendero.platform.deadline import Deadline
from tendero.platform.errors import HttpError, ServiceUnavailable, TenderoError
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

# The old one stays: Twilio's console names it.
_PATHS = ("/twilio", "/whatsapp")
_NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
# Codes: twilio.com/docs/api/errors.
_WINDOW_CLOSED = "63016"
# Ours, for buttons that the Content API did not make.
_NO_CONTENT = "no content"
_TOO_FAST = {"63018": 60.0, "20429": 5.0}
# The two clocks differ.
_CLOCKS_SECONDS = 60.0


class Twilio(Channel):
    """A conversation is a customer and the number that was written to; answers go out from that number."""

    name = event.CHANNEL
    delivers_by_get = True

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        super().__init__(settings, secrets)
        self._api = Api(settings, secrets)

    def receive(self, request: Request) -> Sequence[Event]:
        token = self.secrets.get("twilio_auth_token").strip()
        fields = delivery.read(request, self.settings.twilio_webhook_url, _PATHS, token)
        return list(event.events(fields))

    def acknowledge(self) -> Response:
        return Response(_NO_REPLY, mimetype="text/xml")

    def write(self, reply: Reply, place: Place) -> list[Json]:
        on_whatsapp = event.is_whatsapp(str(place.address["to"]))
        return writing.write(
            reply,
            on_whatsapp=on_whatsapp,
            most=self.settings.max_sms_chars,
            with_buttons=self.settings.twilio_buttons,
        )

    def send(self, sending: Sending, place: Place, deadline: Deadline) -> str:
        content = sending.content
        sent = {"template": self._content_sid(content, deadline)} if "choices" in content else content
        form = writing.form(sent, self._address(place))
        try:
            return self._api.create(form, deadline)
        except ServiceUnavailable:
            raise
        except HttpError as error:
            if "choices" in content:
                self._api.contents.forget(content)
            raise Undeliverable(str(error), code=code_of(error)) from error

    def find_sent(self, sending: Sending, place: Place, deadline: Deadline) -> str | None:
        address = self._address(place)
        for message in self._api.sent(address["To"], address.get("From", ""), deadline):
            sid = str(message.get("sid", ""))
            is_recent = _created(message) >= sending.since - _CLOCKS_SECONDS
            if is_recent and sid not in sending.known and _is_it(message, sending.content):
                return sid
        return None

    def instead(self, content: Json, code: str) -> Json | None:
        """A closed window lets only an approved template through; other buttons that fail become a text."""
        text, template = writing.as_text(content), self.settings.twilio_template_sid
        if code == _WINDOW_CLOSED:
            return writing.templated(text, template) if template else None
        return text if text is not content and code not in _TOO_FAST else None

    def pause_after(self, code: str) -> float | None:
        return _TOO_FAST.get(code)

    def show_typing(self, event_: Event, deadline: Deadline) -> None:
        if event.is_whatsapp(event_.contact):
            with suppress(TenderoError):
                self._api.show_typing(event_.id, deadline)

    def _content_sid(self, content: Json, deadline: Deadline) -> str:
        """Raises Undeliverable: what cannot be made now is said as a text now."""
        try:
            return self._api.contents.sid(content, deadline)
        except TenderoError as error:
            raise Undeliverable(f"No buttons: {error}", code=_NO_CONTENT) from error

    def _address(self, place: Place) -> dict[str, str]:
        """The parameters of a message beside its content."""
        to = str(place.address["to"])
        address = {"To": to}
        service = self.settings.twilio_messaging_service_sid
        if service and not event.is_whatsapp(to):
            address["MessagingServiceSid"] = service
        else:
            address["From"] = str(place.address.get("from") or self.settings.twilio_from_number)
        if self.settings.twilio_webhook_url:
            address["StatusCallback"] = self.settings.twilio_webhook_url
        return address


def _created(message: Json) -> float:
    try:
        return parsedate_to_datetime(str(message.get("date_created"))).timestamp()
    except ValueError:
        return 0.0


def _is_it(message: Json, content: Json) -> bool:
    """Whether a listed message is this content."""
    if not str(message.get("direction", "")).startswith("outbound"):
        return False
    body = _letters(str(message.get("body") or ""))
    if "template" in content:
        return _letters(content["variables"]["1"]) in body
    if "choices" in content:
        # What a list shows beside its question is not documented.
        return _letters(content["body"]) in body
    has_media = str(message.get("num_media") or "0") != "0"
    return has_media == ("media" in content) and body == _letters(content["body"])


def _letters(text: str) -> str:
    """What of a text is compared: an SMS may be stored with plainer quotes, dashes and spaces."""
    return re.sub(r"[\W_]+", "", text) or text.strip()
