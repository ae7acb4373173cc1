"""What a delivery of Twilio tells: a customer's message, or how one of ours fared.

Fields: twilio.com/docs/messaging/guides/webhook-request. New ones come unannounced; unknown ones are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tendero.channels.channel import Event, Kind, Media

CHANNEL = "twilio"
WHATSAPP = "whatsapp:"
_MOST_MEDIA = 10
_ARRIVED = ("", "received", "receiving")
# What became of a message in the end; the steps before tell nothing that is acted upon.
_FATES = {
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
# Twilio itself answers these whole messages and lets nothing through afterwards (21610); the customer
# comes back with START. Source: help.twilio.com, "Twilio support for opt-out keywords".
_STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"})
_MEDIA = {
    "image/": Media.IMAGE,
    "audio/": Media.AUDIO,
    "video/": Media.VIDEO,
    "text/vcard": Media.CONTACT,
    "text/x-vcard": Media.CONTACT,
    "text/": Media.FILE,
    "application/": Media.FILE,
}
_DETAILS = {
    "payload": ("ButtonPayload", "ListId"),
    "replied_to": ("OriginalRepliedMessageSid",),
    "advertisement": ("ReferralSourceUrl", "ReferralSourceId"),
    "headline": ("ReferralHeadline",),
    "latitude": ("Latitude",),
    "longitude": ("Longitude",),
    "place": ("Label", "Address"),
}


def is_whatsapp(number: str) -> bool:
    """Whether an address as Twilio writes it is one of WhatsApp; a number alone is one for SMS."""
    return number.startswith(WHATSAPP)


def events(fields: Mapping[str, str]) -> Iterator[Event]:
    """The event of a delivery; none for what asks for no answer."""
    sid = _first(fields, "MessageSid", "SmsMessageSid", "SmsSid")
    status = _first(fields, "MessageStatus", "SmsStatus").lower()
    if not sid or not fields.get("From") or not fields.get("To"):
        return
    if status not in _ARRIVED:
        if status in _FATES:
            yield _fate(fields, sid, status)
    elif not _is_answered_by_twilio(fields):
        yield _message(fields, sid)


def _message(fields: Mapping[str, str], sid: str) -> Event:
    # A customer without a visible number is `whatsapp:US.1349…`: any text may be an address.
    customer, own = fields["From"], fields["To"]
    text = _first(fields, "ButtonText", "ListTitle", "Body", "ReferralHeadline")
    media = tuple(_media(fields))
    return Event(
        channel=CHANNEL,
        id=sid,
        conversation=_conversation(customer, own),
        contact=customer,
        inbox=own,
        text=text,
        media=media if text or media else (Media.OTHER,),
        name=fields.get("ProfileName", ""),
        address={"to": customer, "from": own},
        details={name: said for name, names in _DETAILS.items() if (said := _first(fields, *names))},
    )


def _fate(fields: Mapping[str, str], sid: str, status: str) -> Event:
    customer, own = fields["To"], fields["From"]
    return Event(
        channel=CHANNEL,
        kind=Kind.STATUS,
        id=f"{sid}-{status}",
        conversation=_conversation(customer, own),
        contact=customer,
        inbox=own,
        address={"to": customer, "from": own},
        details={
            "provider_id": sid,
            "delivery": _FATES[status],
            "code": "" if fields.get("ErrorCode") == "0" else fields.get("ErrorCode", ""),
        },
    )


def _conversation(customer: str, own: str) -> str:
    """One for each of the shop's numbers that a customer writes to."""
    return f"{customer} {own}"


def _is_answered_by_twilio(fields: Mapping[str, str]) -> bool:
    # The field comes from messaging services with Advanced Opt-Out, on WhatsApp as well.
    if fields.get("OptOutType"):
        return True
    return not is_whatsapp(fields["From"]) and fields.get("Body", "").strip().lower() in _STOP_WORDS


def _media(fields: Mapping[str, str]) -> Iterator[Media]:
    if fields.get("Latitude") and fields.get("Longitude"):
        yield Media.LOCATION
    count = fields.get("NumMedia", "0")
    for number in range(min(int(count), _MOST_MEDIA) if count.isdecimal() else 0):
        type_ = fields.get(f"MediaContentType{number}", "").lower()
        if fields.get("MessageType") == "sticker":
            yield Media.STICKER
        else:
            yield next((kind for start, kind in _MEDIA.items() if type_.startswith(start)), Media.OTHER)


def _first(fields: Mapping[str, str], *names: str) -> str:
    return next((said for name in names if (said := fields.get(name, "").strip())), "")
