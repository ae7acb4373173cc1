"""Cards and chips for Dialogflow Messenger, the chat window for a shop's own website.

The two editions differ in how they write pictures and links:
https://cloud.google.com/dialogflow/es/docs/integrations/dialogflow-messenger and
https://cloud.google.com/dialogflow/cx/docs/concept/integration/dialogflow-messenger/fulfillment
"""

from __future__ import annotations

from collections.abc import Sequence

from tendero.assistant.reply import Reply
from tendero.catalog.product import Product
from tendero.channels.cards import card
from tendero.channels.dialogflow.fields import Object, filled
from tendero.channels.dialogflow.query import Edition

_MOST_CARDS = 10


def rich(edition: Edition, products: Sequence[Product], reply: Reply) -> list[Object]:
    """A message with a card for each product and chips for the quick replies; none where there are none."""
    blocks = [[_info(edition, product, reply.language)] for product in products[:_MOST_CARDS]]
    chips = [{"text": each} for each in reply.quick_replies if each]
    if chips:
        blocks.append([{"type": "chips", "options": chips}])
    return [{"payload": {"richContent": blocks}}] if blocks else []


def _info(edition: Edition, product: Product, language: str) -> Object:
    shown = card(product, language)
    image: Object = filled({"rawUrl": shown.image_url})
    place: Object = {"anchor": filled({"href": shown.url}), "image": image}
    if edition is Edition.ES:
        place = {"actionLink": shown.url, "image": filled({"src": image})}
    return filled({"type": "info", "title": shown.title, "subtitle": shown.subtitle, **place})
