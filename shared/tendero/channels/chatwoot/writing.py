"""Writes a reply as Chatwoot's messages: text, cards and choices as far as the inbox's platform shows them.

Text is CommonMark: since 4.9 Chatwoot writes it in each platform's own markup, except for API inboxes, whose
programs get it as it is. Item keys: app/models/concerns/content_attribute_validator.rb, which refuses others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tendero.assistant.reply import Reply
from tendero.channels.cards import Card, card
from tendero.channels.chatwoot.conversation import Json
from tendero.channels.text import plain, split

_WIDGET, _API = "Channel::WebWidget", "Channel::Api"
# What the platforms behind the inboxes take at a time; Chatwoot itself takes 150,000 and lets the rest fail.
_LONGEST = {
    "Channel::TwilioSms": 1600,
    "Channel::Sms": 1600,
    "Channel::Whatsapp": 4096,
    "Channel::Telegram": 4096,
    "Channel::FacebookPage": 2000,
    "Channel::Instagram": 1000,
    "Channel::Line": 5000,
}
_LONGEST_ELSEWHERE = 10_000
# Where choices can be tapped: how many, and how long they may be. Others are sent the text alone.
_CHOICES = {
    _WIDGET: (10, 100),
    "Channel::Whatsapp": (10, 20),
    "Channel::Telegram": (10, 40),
    "Channel::FacebookPage": (11, 20),
    "Channel::Line": (4, 20),
}
# The shortest of them, WhatsApp's, for a text with choices below it.
_LONGEST_ABOVE_CHOICES = 1024
_MOST_CARDS = 10
_QUESTION = {"es": "¿Qué te muestro?", "en": "What can I show you?", "pt": "O que mostro?"}


def messages(reply: Reply, channel: str) -> list[Json]:
    """The reply as `Api.send_message` takes it, in order, for this kind of inbox (`Channel::WebWidget`)."""
    written = [{"content": text} for text in _texts(reply, channel)]
    if channel == _WIDGET:
        written += _cards(reply)
    choices = _choices(reply, channel)
    if not choices:
        return written
    select = {
        "content_type": "input_select",
        "content_attributes": {"items": [{"title": each, "value": each} for each in choices]},
    }
    last = written[-1] if written else {}
    if last.keys() == {"content"} and len(last["content"]) <= _LONGEST_ABOVE_CHOICES:
        return [*written[:-1], {**last, **select}]
    return [*written, {"content": _QUESTION[reply.language], **select}]


def _texts(reply: Reply, channel: str) -> list[str]:
    text = "\n\n".join(each.strip() for each in reply.texts if each.strip())
    if reply.quick_replies and not _choices(reply, channel):
        lines = "\n".join(f"- {each}" for each in reply.quick_replies)
        text = f"{text}\n\n{_QUESTION[reply.language]}\n{lines}".strip()
    text = plain(text) if channel == _API else text
    return split(text, _LONGEST.get(channel, _LONGEST_ELSEWHERE))


def _choices(reply: Reply, channel: str) -> Sequence[str]:
    most, longest = _CHOICES.get(channel, (0, 0))
    return [each for each in reply.quick_replies if each.strip() and len(each) <= longest][:most]


def _cards(reply: Reply) -> Iterator[Json]:
    """One message of cards, where there are any: those with a picture and a page to go to.

    A card without a button is refused, one without a picture shows a broken one.
    """
    made = [card(product, reply.language) for product in reply.products]
    shown = [each for each in made if each.url and each.image_url][:_MOST_CARDS]
    if shown:
        yield {
            # What people see in the dashboard, and mails in the place of cards.
            "content": "\n".join(f"{each.title} · {each.subtitle}" for each in shown),
            "content_type": "cards",
            "content_attributes": {"items": [_item(each) for each in shown]},
        }


def _item(shown: Card) -> Json:
    return {
        "title": shown.title,
        "description": shown.subtitle,
        "media_url": shown.image_url,
        "actions": [{"type": "link", "text": shown.button, "uri": shown.url}],
    }
