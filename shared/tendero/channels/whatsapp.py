"""Meta's WhatsApp Cloud API: a WhatsApp number without a provider between.

Sources: developers.facebook.com/documentation/business-messaging/whatsapp, the pages on webhooks, messages,
business-scoped user ids and error codes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from flask import Request, Response

from tendero.assistant.reply import Reply
from tendero.channels.channel import Channel, Event, Json, Kind, Media, Place, Sending, Undeliverable
from tendero.channels.choices import LIST_BUTTON, choices
from tendero.platform.deadline import Deadline
from tendero.platform.errors import BadRequest, HttpError, ServiceRefused, ServiceUnavailable, TenderoError
from tendero.platform.http import HttpClient, excerpt
from tendero.platform.http import Response as Answer
from tendero.platform.incoming import parsed, read_body
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

SIGNATURE_HEADER = "X-Hub-Signature-256"
# Meta sends up to 3 MB.
_MOST_BYTES = 4_000_000
_CHALLENGE = re.compile(r"[\w.-]{1,200}")

_TEXTS = (
    ("text", "body"),
    ("button", "text"),
    ("interactive", "button_reply", "title"),
    ("interactive", "list_reply", "title"),
    ("image", "caption"),
    ("video", "caption"),
    ("document", "caption"),
    ("order", "text"),
)
_MEDIA = {
    "image": Media.IMAGE,
    "audio": Media.AUDIO,
    "video": Media.VIDEO,
    "document": Media.FILE,
    "sticker": Media.STICKER,
    "location": Media.LOCATION,
    "contacts": Media.CONTACT,
}
_DETAILS = {
    "payload": (
        ("button", "payload"),
        ("interactive", "button_reply", "id"),
        ("interactive", "list_reply", "id"),
    ),
    "replied_to": (("context", "id"),),
    "advertisement": (("referral", "source_url"),),
}
# About another message, or from WhatsApp itself.
_UNANSWERED = frozenset({"reaction", "system", "edit", "revoke", "request_welcome"})
_FATES = frozenset({"delivered", "read", "failed"})

_LONGEST_TEXT, _LONGEST_CAPTION, _LONGEST_BODY = 4096, 1024, 1024
# One customer takes about one message in 6 seconds.
_MOST_PICTURES = 3

# Too many messages: of the app, of the account, of the number, as spam, to one customer; maintenance.
_PAUSES = {"4": 60.0, "80007": 60.0, "130429": 5.0, "131048": 300.0, "131056": 6.0, "131057": 300.0}
_TOKEN_REFUSED = frozenset({"0", "3", "10", "190", *map(str, range(200, 300))})
# A value or a kind of message that WhatsApp does not take, or a picture that it cannot load.
_CONTENT_REFUSED = frozenset({"100", "131008", "131009", "131051", "131052", "131053"})
_TOKEN_PAUSE = 60.0
# A status comes within seconds of a message that was taken.
_STATUS_SECONDS, _LOOK_AGAIN_SECONDS = 15.0, 3.0


def signature(body: bytes, app_secret: str) -> str:
    """The header's value for a body as it is sent, byte for byte."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


class WhatsApp(Channel):
    """One number at Meta. Deliveries about the account's other numbers are ignored."""

    name = "whatsapp"

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        super().__init__(settings, secrets)
        self._number = settings.whatsapp_phone_number_id
        self._api = HttpClient("WhatsApp", settings.whatsapp_api_url, refusal=_refusal)

    def greet(self, request: Request) -> Response:
        """Repeats the challenge of a subscription that knows the verify token. Raises BadRequest, 403."""
        expected = self.secrets.get("whatsapp_verify_token").strip()
        challenge = request.args.get("hub.challenge", "")
        if (
            not expected
            or request.args.get("hub.mode") != "subscribe"
            or not _is_same(request.args.get("hub.verify_token", ""), expected)
            or not _CHALLENGE.fullmatch(challenge)
        ):
            raise BadRequest("The verify token is missing or wrong.", status=403)
        return Response(challenge, mimetype="text/plain")

    def receive(self, request: Request) -> Sequence[Event]:
        """One delivery holds many messages and statuses, or none. Raises BadRequest, 401 where unsigned."""
        body = read_body(request, _MOST_BYTES)
        secret = self.secrets.get("whatsapp_app_secret").strip()
        if not secret or not _is_same(request.headers.get(SIGNATURE_HEADER, ""), signature(body, secret)):
            raise BadRequest(f"The header {SIGNATURE_HEADER} is missing or wrong.", status=401)
        return list(_events(parsed(body), self._number))

    def write(self, reply: Reply, place: Place) -> list[Json]:
        """Texts in WhatsApp's markup, pictures of products, and quick replies below the last text."""
        # Not needed for an acknowledgement: many patterns.
        from tendero.channels.cards import card, links
        from tendero.channels.text import split, whatsapp

        cards = [card(product, reply.language) for product in reply.products[:_MOST_PICTURES]]
        texts = [text for text in reply.texts if text.strip()]
        if texts:
            bare = [each for each in cards if not each.image_url]
            texts[-1] = "\n".join([texts[-1], *links(bare, "\n".join(texts))])
        written = [_text(piece) for text in texts for piece in split(whatsapp(text), _LONGEST_TEXT)]
        pictures = [
            {"type": "image", "image": {"link": each.image_url, "caption": each.caption(_LONGEST_CAPTION)}}
            for each in cards
            if each.image_url
        ]
        choice = _choice(reply.quick_replies, reply.language)
        if not written or not choice:
            return [*written, *pictures]
        *before, last = split(written.pop()["text"]["body"], _LONGEST_BODY)
        asked = {"type": "interactive", "interactive": {**choice, "body": {"text": last}}}
        return [*written, *map(_text, before), *pictures, asked]

    def send(self, sending: Sending, place: Place, deadline: Deadline) -> str:
        """See `Channel.send`. A status of the message brings the key back, see `_fates`."""
        content = {"recipient_type": "individual", **place.address, **sending.content}
        try:
            answer = self._post({**content, "biz_opaque_callback_data": sending.key}, deadline)
        except ServiceUnavailable:
            raise
        except HttpError as error:
            raise Undeliverable(str(error), code=str(error.status or "")) from error
        # Taken by now, whatever is said of it.
        with suppress(HttpError):
            return next((_word(each, "id") for each in _objects(answer.json(), "messages")), "")
        return ""

    def find_sent(self, sending: Sending, place: Place, deadline: Deadline) -> str | None:
        """None: Meta lists no messages. A status that names the outbox row may come yet: raises
        ServiceUnavailable until it would have.
        """
        wait = sending.since + _STATUS_SECONDS - time.time()
        if wait > 0:
            raise ServiceUnavailable(
                "WhatsApp may still tell by a status that it sent this.",
                retry_after=min(wait, _LOOK_AGAIN_SECONDS),
            )
        return None

    def instead(self, content: Json, code: str) -> Json | None:
        """The words alone of what WhatsApp refuses for its picture or its buttons."""
        if code not in _CONTENT_REFUSED:
            return None
        words = _word(content, "image", "caption") or _word(content, "interactive", "body", "text")
        return _text(words) if words else None

    def pause_after(self, code: str) -> float | None:
        return _PAUSES.get(code)

    def show_typing(self, event: Event, deadline: Deadline) -> None:
        """Marks the message as read, too. It ends with the answer, or after 25 seconds."""
        if event.kind is Kind.MESSAGE:
            shown = {"status": "read", "message_id": event.id, "typing_indicator": {"type": "text"}}
            with suppress(TenderoError):
                self._post(shown, deadline)

    def _post(self, content: Json, deadline: Deadline) -> Answer:
        return self._api.request(
            "POST",
            f"{self._number}/messages",
            json={"messaging_product": "whatsapp", **content},
            headers={"Authorization": f"Bearer {self.secrets.get('whatsapp_token').strip()}"},
            deadline=deadline,
            attempts=1,
        )


def _is_same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _events(body: Json, number: str) -> Iterator[Event]:
    changes = (change for entry in _objects(body, "entry") for change in _objects(entry, "changes"))
    for change in changes:
        value = change.get("value")
        if change.get("field") != "messages" or _word(value, "metadata", "phone_number_id") != number:
            continue
        own = re.sub(r"\D", "", _word(value, "metadata", "display_phone_number"))
        for message in _objects(value, "messages"):
            is_own = own and _word(message, "from") == own
            if not is_own and not message.get("group_id") and _word(message, "type") not in _UNANSWERED:
                yield from _message(message, _objects(value, "contacts"), number)
        for status in _objects(value, "statuses"):
            yield from _fates(status, number)


def _message(message: Json, contacts: list[Json], number: str) -> Iterator[Event]:
    # Whoever has a username hides the phone; the user id is there in any case since April 2026.
    phone, user = _word(message, "from"), _word(message, "from_user_id")
    id_, type_ = _word(message, "id"), _word(message, "type")
    if not id_ or not (phone or user):
        return
    text = _first(message, *_TEXTS)
    media = [_MEDIA[type_]] if type_ in _MEDIA else [] if text else [Media.OTHER]
    known = {
        _word(each, key): _word(each, "profile", "name") for each in contacts for key in ("wa_id", "user_id")
    }
    yield Event(
        channel=WhatsApp.name,
        id=id_,
        conversation=user or phone,
        contact=user or phone,
        inbox=number,
        at=_time(message),
        text=text,
        media=tuple(media),
        name=known.get(user if user in known else phone, ""),
        # The phone counts where both are there.
        address={name: said for name, said in (("to", phone), ("recipient", user)) if said},
        details={name: said for name, paths in _DETAILS.items() if (said := _first(message, *paths))},
    )


def _fates(status: Json, number: str) -> Iterator[Event]:
    """What a status tells: that a message of the outbox was sent, and how it fared.

    Every status repeats the message's `biz_opaque_callback_data`.
    """
    id_, fate, key = (_word(status, name) for name in ("id", "status", "biz_opaque_callback_data"))
    contact = _first(status, ("recipient_user_id",), ("recipient_id",))
    common: Json = {"channel": WhatsApp.name, "conversation": contact, "contact": contact, "inbox": number}
    if id_ and key:
        told = {"outbox": key, "provider_id": id_}
        # A status may name the customer otherwise than their messages do, by phone or by user id.
        yield Event(**{**common, "conversation": ""}, kind=Kind.SENT, id=id_, at=_time(status), details=told)
    if id_ and fate in _FATES:
        codes = [str(each.get("code", "")) for each in _objects(status, "errors")]
        told = {"provider_id": id_, "delivery": fate, "code": next(iter(codes), "")}
        yield Event(**common, kind=Kind.STATUS, id=f"{id_}-{fate}", at=_time(status), details=told)


def _text(words: str) -> Json:
    return {"type": "text", "text": {"body": words}}


def _choice(suggestions: Sequence[str], language: str) -> Json | None:
    """Buttons, or a list where they are too many or too long; None where nothing fits."""
    offered = choices(suggestions)
    if offered is None:
        return None
    if offered.are_buttons:
        buttons = [{"type": "reply", "reply": {"id": each, "title": each}} for each in offered.texts]
        return {"type": "button", "action": {"buttons": buttons}}
    section = {"rows": [{"id": each, "title": each} for each in offered.texts]}
    return {"type": "list", "action": {"button": LIST_BUTTON[language], "sections": [section]}}


def _refusal(answer: Answer) -> Exception | None:
    """What an error of Meta means: the code tells, the HTTP status differs from page to page."""
    body: Any = None
    with suppress(HttpError):
        body = answer.json()
    error = body.get("error") if isinstance(body, dict) else None
    code = str(error.get("code", "")) if isinstance(error, dict) else ""
    said = _first(error, ("error_data", "details"), ("message",))
    message = f"WhatsApp answered {answer.status}, code {code or 'none'}: {excerpt(said.encode(), 200)}"
    if code in _PAUSES:
        return ServiceUnavailable(message, status=429, retry_after=_PAUSES[code], body=answer.content)
    if code in _TOKEN_REFUSED or answer.status == 401:
        return ServiceRefused(f"{message} Check WHATSAPP_TOKEN.", status=429, retry_after=_TOKEN_PAUSE)
    if answer.status < 500 and answer.status not in (408, 425, 429):
        return Undeliverable(message, code=code or str(answer.status))
    return None


def _time(value: Json) -> float:
    said = str(value.get("timestamp", ""))
    return float(said) if said.isdecimal() and len(said) < 12 else time.time()


def _first(value: Any, *paths: Sequence[str]) -> str:
    return next((said for path in paths if (said := _word(value, *path))), "")


def _word(value: Any, *path: str) -> str:
    """The text at a path of a delivery; "" for anything else."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _objects(value: Any, name: str) -> list[Json]:
    found = value.get(name) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
