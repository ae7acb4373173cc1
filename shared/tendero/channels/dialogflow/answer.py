"""Writes a reply as the response that Dialogflow ES expects, the same for v2 and v2beta1.

Dialogflow checks the response against its schema and drops it whole for one wrong type, an empty text in
the place of an object included: what is empty is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tendero.assistant.reply import Reply
from tendero.assistant.templates.wording import shortened
from tendero.catalog.product import Product
from tendero.channels.cards import card, web
from tendero.channels.dialogflow.query import Object, Query

# The limit is 64 KiB.
MOST_BYTES = 65_536
# How integrations name themselves in `source` (`slack_testbot` too), and the platform of their messages.
_PLATFORMS = {
    name.lower(): name for name in ("FACEBOOK", "SLACK", "TELEGRAM", "KIK", "SKYPE", "LINE", "VIBER")
}
# The smallest limits among those platforms.
_MOST_CARDS, _MOST_QUICK_REPLIES = 10, 10
_LONGEST_TITLE, _LONGEST_QUICK_REPLY = 80, 20
_SENTENCE_END = re.compile(r"[.!?…](?=\s)|\n")
_CONTEXT = "tendero-products"
_CONTEXT_LIFESPAN = 5
_RESERVED_CONTEXT = re.compile(r"__system_counters__|.*_id_dialog_context|.*_dialog_params_size")
_QUICK_REPLY_TITLE = {"es": "¿Qué te muestro?", "en": "What can I show you?", "pt": "O que mostro?"}


@dataclass(frozen=True, slots=True)
class _Content:
    """What goes into one response: as much of the reply as fits."""

    texts: Sequence[str]
    products: Sequence[Product]
    contexts: bool = True


def render(reply: Reply, query: Query) -> bytes:
    """The response body, at most MOST_BYTES: where it is too long, products go first, then text."""
    body = b""
    for content in _shrinking(reply):
        response = _response(content, reply, query)
        body = json.dumps(response, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        if len(body) <= MOST_BYTES:
            break
    return body


def _shrinking(reply: Reply) -> Iterator[_Content]:
    texts = [text for text in reply.texts if text.strip()]
    for count in range(len(reply.products), -1, -1):
        yield _Content(texts, reply.products[:count])
    content = _Content(texts, (), contexts=False)
    most = sum(map(len, texts))
    while most > 0:
        yield content
        most //= 2
        content = replace(content, texts=_cut(texts, most))


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


def _response(content: _Content, reply: Reply, query: Query) -> Object:
    platform = _PLATFORMS.get(query.source.split("_")[0])
    messages: list[Object] = [_text(text) for text in content.texts]
    if platform and (content.products or reply.quick_replies):
        # A platform that has messages of its own shows only those.
        rich = [*messages, *_cards(content.products, reply.language), *_quick_replies(reply)]
        messages += [{**message, "platform": platform} for message in rich]
    response: Object = {
        "fulfillmentText": "\n\n".join(content.texts),
        "fulfillmentMessages": messages,
        "payload": {"tendero": _payload(content, reply)},
        "outputContexts": _contexts(content.products, query) if content.contexts else [],
    }
    return _filled(response)


def _text(text: str) -> Object:
    # Several texts in one message would be variants or lines, as the platform likes.
    return {"text": {"text": [text]}}


def _cards(products: Sequence[Product], language: str) -> Iterator[Object]:
    for product in products[:_MOST_CARDS]:
        shown = card(product, language, most=_LONGEST_TITLE)
        values = {
            "title": shown.title,
            "subtitle": shown.subtitle,
            "imageUri": shown.image_url,
            "buttons": [{"text": shown.button, "postback": shown.url}] if shown.url else [],
        }
        yield {"card": _filled(values)}


def _quick_replies(reply: Reply) -> Iterator[Object]:
    fitting = [each for each in reply.quick_replies if 0 < len(each) <= _LONGEST_QUICK_REPLY]
    if fitting:
        title = _QUICK_REPLY_TITLE[reply.language]
        yield {"quickReplies": {"title": title, "quickReplies": fitting[:_MOST_QUICK_REPLIES]}}


def _payload(content: _Content, reply: Reply) -> Object:
    """What a program behind the agent may read; prices are texts, as floats would round them."""
    return _filled(
        {
            "language": reply.language,
            "outcome": reply.outcome,
            "engine": reply.engine.value,
            "products": [_product(product) for product in content.products],
            "quickReplies": list(reply.quick_replies),
        }
    )


def _product(product: Product) -> Object:
    prices = {"price": product.price, "priceMax": product.price_max, "listPrice": product.list_price}
    return _filled(
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


def _contexts(products: Sequence[Product], query: Query) -> list[Object]:
    """The ids of the shown products for the agent's next intents, beside the contexts that are active.

    Those sent back replace all active ones, so that the agent's own have to be among them.
    """
    if not products or not query.session:
        return []
    prefix = f"{query.session}/contexts/"
    own = {
        "name": prefix + _CONTEXT,
        "lifespanCount": _CONTEXT_LIFESPAN,
        "parameters": {"productIds": [product.id for product in products]},
    }
    return [*filter(None, (_kept(each, prefix) for each in query.contexts)), own]


def _kept(context: Object, prefix: str) -> Object | None:
    name, lifespan, parameters = (context.get(key) for key in ("name", "lifespanCount", "parameters"))
    if not isinstance(name, str) or not name.startswith(prefix) or type(lifespan) is not int:
        return None
    identifier = name.removeprefix(prefix)
    if identifier == _CONTEXT or _RESERVED_CONTEXT.fullmatch(identifier) or not 0 < lifespan < 2**31:
        return None
    kept = parameters if isinstance(parameters, dict) else {}
    return _filled({"name": name, "lifespanCount": lifespan, "parameters": kept})


def _filled(values: dict[str, Any]) -> Object:
    return {name: value for name, value in values.items() if value not in (None, "", [], {}, ())}
