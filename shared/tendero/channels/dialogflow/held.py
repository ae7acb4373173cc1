"""A reply as it is held in the database until the customer's next message."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tendero.assistant.reply import EngineName, Reply
from tendero.catalog.product import Product
from tendero.channels.dialogflow.fields import Object


def write(reply: Reply) -> Object:
    """The reply as JSON, with the facts that its text rests on."""
    return {
        "texts": list(reply.texts),
        "language": reply.language,
        "engine": reply.engine.value,
        "outcome": reply.outcome,
        "quick_replies": list(reply.quick_replies),
        "products": [{"id": product.id, "facts": _facts(product)} for product in reply.products],
    }


def product_ids(held: Object) -> list[int]:
    return [each["id"] for each in held["products"]]


def read(held: Object, products: Sequence[Product]) -> Reply | None:
    """The reply with its products as they are now; None when one has gone or costs something else."""
    now = {product.id: product for product in products}
    for each in held["products"]:
        if each["id"] not in now or _facts(now[each["id"]]) != each["facts"]:
            return None
    return Reply(
        texts=tuple(held["texts"]),
        language=held["language"],
        engine=EngineName(held["engine"]),
        outcome=held["outcome"],
        quick_replies=tuple(held["quick_replies"]),
        products=tuple(now[each] for each in product_ids(held)),
    )


def _facts(product: Product) -> list[str]:
    amounts = (
        product.price,
        product.price_max,
        product.list_price,
        product.sale_price,
        product.stock_quantity,
    )
    return [product.stock_status.value, *(_plain(amount) for amount in amounts)]


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"
