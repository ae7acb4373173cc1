"""A reply as the response that Dialogflow ES expects, the same for v2 and v2beta1."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tendero.catalog.product import Product
from tendero.channels.dialogflow import messenger, platforms
from tendero.channels.dialogflow.content import Content, messages, payload
from tendero.channels.dialogflow.fields import Object, filled
from tendero.channels.dialogflow.followup import QUESTION
from tendero.channels.dialogflow.query import Query

_CONTEXT = "tendero-products"
_CONTEXT_LIFESPAN = 5
_RESERVED_CONTEXT = re.compile(r"__system_counters__|.*_id_dialog_context|.*_dialog_params_size")


def response(content: Content, query: Query) -> Object:
    """The response as JSON, of any size."""
    return filled(
        {
            "fulfillmentText": "\n\n".join(content.texts),
            "fulfillmentMessages": _messages(content, query),
            "payload": payload(content),
            "outputContexts": _contexts(content.products, query) if content.contexts else [],
        }
    )


def _messages(content: Content, query: Query) -> list[Object]:
    texts = messages(content)
    platform = platforms.platform(query.source)
    if platform is None:
        own = messenger.rich(query.edition, content.products, content.reply) if query.in_messenger else []
        return [*texts, *own]
    rich = platforms.rich(platform, content.products, content.reply)
    # A platform that has messages of its own shows only those.
    own = [{**message, "platform": platform.name} for message in (*texts, *rich)] if rich else []
    return [*texts, *own]


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
    # That of our own event would hand an answered question on.
    if QUESTION in kept:
        return None
    return filled({"name": name, "lifespanCount": lifespan, "parameters": kept})
