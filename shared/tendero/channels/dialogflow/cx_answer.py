"""A reply as the response that Dialogflow CX expects."""

from __future__ import annotations

from tendero.channels.dialogflow import messenger
from tendero.channels.dialogflow.content import Content, messages, payload
from tendero.channels.dialogflow.fields import Object, filled
from tendero.channels.dialogflow.query import Query

_PARAMETER = "tendero_product_ids"


def response(content: Content, query: Query) -> Object:
    """The response as JSON, of any size."""
    rich = messenger.rich(query.edition, content.products, content.reply) if query.in_messenger else []
    ids = [product.id for product in content.products] if content.contexts else []
    said = filled({"messages": [*messages(content), *rich]})
    # The agent's static messages are for when the webhook fails: they are not said as well.
    return filled(
        {
            "fulfillmentResponse": said and {**said, "mergeBehavior": "REPLACE"},
            "sessionInfo": filled({"parameters": filled({_PARAMETER: ids})}),
            "payload": payload(content),
        }
    )
