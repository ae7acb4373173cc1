"""Cards and quick replies of the platforms that Dialogflow ES is connected to, within what each takes.

Limits as the platforms state them: developers.facebook.com (generic template, quick replies),
developers.line.biz (template messages), core.telegram.org/bots/api, docs.slack.dev (message attachments).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tendero.assistant.reply import Reply
from tendero.catalog.product import Product
from tendero.channels.cards import card
from tendero.channels.choices import QUESTION
from tendero.channels.dialogflow.fields import Object, filled

_DETAILS = {"es": "Más detalles", "en": "More details", "pt": "Mais detalhes"}
# Telegram's limit for what a button sends.
_LONGEST_POSTBACK = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What a platform takes. `name` is Dialogflow's; titles and quick replies are counted in characters.

    `secure` says that pictures have to be on https addresses.
    """

    name: str
    cards: int = 10
    longest_title: int = 80
    quick_replies: int = 10
    longest_quick_reply: int = 20
    secure: bool = False


# The integrations' names in `source`. Those that Google has given up get the smallest limits of all.
_PLATFORMS = {
    "facebook": Platform(name="FACEBOOK", quick_replies=11),
    "telegram": Platform(name="TELEGRAM", longest_title=200, longest_quick_reply=40),
    "slack": Platform(name="SLACK", longest_title=150, quick_replies=5, longest_quick_reply=30),
    # One answer may hold five messages: a text, the cards and the quick replies.
    "line": Platform(name="LINE", cards=3, longest_title=40, quick_replies=4, secure=True),
    "viber": Platform(name="VIBER", quick_replies=6),
    "kik": Platform(name="KIK"),
    "skype": Platform(name="SKYPE"),
    "hangouts": Platform(name="GOOGLE_HANGOUTS", quick_replies=0),
}


def platform(source: str) -> Platform | None:
    """The platform that `source` names (`slack_testbot` too), None for one without messages of its own."""
    return _PLATFORMS.get(source.split("_")[0])


def rich(of: Platform, products: Sequence[Product], reply: Reply) -> list[Object]:
    """The cards and quick replies, without the platform's name."""
    return [*_cards(of, products, reply.language), *_quick_replies(of, reply)]


def _cards(of: Platform, products: Sequence[Product], language: str) -> Iterator[Object]:
    for product in products[: of.cards]:
        shown = card(product, language, most=of.longest_title)
        unfit = of.secure and not shown.image_url.startswith("https://")
        values = {
            "title": shown.title,
            "subtitle": shown.subtitle,
            "imageUri": "" if unfit else shown.image_url,
            "buttons": _buttons(product, shown.button, shown.url, language),
        }
        yield {"card": filled(values)}


def _buttons(product: Product, text: str, url: str, language: str) -> list[Object]:
    """To the shop, and a question about the product, which the customer's tap sends."""
    buttons = [{"text": text, "postback": url}] if url else []
    question = next((each for each in (product.sku, product.name) if each and _can_be_sent(each)), "")
    return [*buttons, *([{"text": _DETAILS[language], "postback": question}] if question else [])]


def _can_be_sent(text: str) -> bool:
    return len(text.encode()) <= _LONGEST_POSTBACK


def _quick_replies(of: Platform, reply: Reply) -> Iterator[Object]:
    fitting = [each for each in reply.quick_replies if 0 < len(each) <= of.longest_quick_reply]
    if fitting[: of.quick_replies]:
        title = QUESTION[reply.language]
        yield {"quickReplies": {"title": title, "quickReplies": fitting[: of.quick_replies]}}
