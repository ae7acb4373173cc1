"""What goes into one response: as much of a reply as fits, and what a program behind the agent may read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tendero.assistant.reply import Reply
from tendero.assistant.templates.wording import shortened
from tendero.catalog.product import Product
from tendero.channels.cards import web
from tendero.channels.dialogflow.fields import Object, filled

_SENTENCE_END = re.compile(r"[.!?…](?=\s)|\n")


@dataclass(frozen=True, slots=True)
class Content:
    """The part of `reply` that is written; `contexts` says whether the product ids are kept for later."""

    reply: Reply
    texts: Sequence[str]
    products: Sequence[Product]
    contexts: bool = True


def shrinking(reply: Reply) -> Iterator[Content]:
    """The whole reply, then less and less of it: products go first, then text."""
    texts = [text for text in reply.texts if text.strip()]
    for count in range(len(reply.products), -1, -1):
        yield Content(reply, texts, reply.products[:count])
    content = Content(reply, texts, (), contexts=False)
    most = sum(map(len, texts))
    while most > 0:
        yield content
        most //= 2
        content = replace(content, texts=_cut(texts, most))


def messages(content: Content) -> list[Object]:
    """A message for each bubble."""
    # Several texts in one message would be variants or lines, as the platform likes.
    return [{"text": {"text": [text]}} for text in content.texts]


def payload(content: Content) -> Object:
    """What a program behind the agent may read; prices are texts, as floats would round them."""
    reply = content.reply
    read = {
        "language": reply.language,
        "outcome": reply.outcome,
        "engine": reply.engine.value,
        "handoff": reply.handoff,
        "products": [_product(product) for product in content.products],
        "quickReplies": list(reply.quick_replies),
    }
    return {"tendero": filled(read)}


def _product(product: Product) -> Object:
    prices = {"price": product.price, "priceMax": product.price_max, "listPrice": product.list_price}
    return filled(
        {
            "id": product.id,
            "externalId": product.external_id,
            "sku": product.sku,
            "name": product.name,
            **{name: None if price is None else f"{price.normalize():f}" for name, price in prices.items()},
            "currency": product.currency,
            "stockStatus": product.stock_status.value,
            "url": web(product.url),
            "imageUrl": web(product.image_url),
        }
    )


def _cut(texts: Sequence[str], most: int) -> list[str]:
    """The first `most` characters, up to the end of a sentence."""
    kept: list[str] = []
    for text in texts:
        if len(text) > most:
            ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, most)]
            kept.append(text[: ends[-1]].rstrip() if ends else shortened(text, max(most, 1)))
            break
        kept.append(text)
        most -= len(text)
    return [text for text in kept if text]
