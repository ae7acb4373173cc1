"""The routes of webhooks: list, create, read, change, delete."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from infra.local.demo_shop import dates, params
from infra.local.demo_shop.errors import ApiError, invalid_id
from infra.local.demo_shop.render import to_bytes
from infra.local.demo_shop.replies import Call, Reply, json_reply, page_of
from infra.local.demo_shop.webhooks import TOPICS, Webhook

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop

_LIST: dict[str, params.Check] = {
    **params.PAGING,
    "status": params.one_of("all", "active", "paused", "disabled"),
}


def webhook_list(shop: Shop, call: Call) -> Reply:
    if call.method == "POST":
        return _create(shop, call.body())
    args = call.args(_LIST)
    wanted = args.get("status", "all")
    rows = [h for h in shop.webhooks.subscribed.values() if wanted in ("all", h.status)]
    rows.sort(key=lambda hook: hook.id, reverse=args.get("order", "desc") == "desc")
    return page_of(call, shop.base_url, rows, args, lambda hook: to_bytes(_body(shop, hook)))


def webhook(shop: Shop, call: Call, webhook_id: int) -> Reply:
    hook = shop.webhooks.subscribed.get(webhook_id)
    if hook is None:
        raise invalid_id("shop_webhook")
    if call.method == "DELETE":
        if not call.flag("force"):
            text = "Webhooks do not support trashing."
            raise ApiError("woocommerce_rest_trash_not_supported", text, 501)
        del shop.webhooks.subscribed[webhook_id]
    elif call.method in ("PUT", "PATCH", "POST"):
        _change(shop, hook, call.body())
    return json_reply(_body(shop, hook))


def _create(shop: Shop, body: dict[str, Any]) -> Reply:
    topic, url = body.get("topic", ""), body.get("delivery_url", "")
    _check(topic, url)
    name = body.get("name") or f"Webhook created on {shop.now():%b %d, %Y @ %I:%M %p}"
    hook = shop.webhooks.add(name, topic, url, body.get("secret") or secrets.token_hex(16))
    return json_reply(_body(shop, hook), 201)


def _change(shop: Shop, hook: Webhook, body: dict[str, Any]) -> None:
    """`failures` stays as it is: a webhook set active again is disabled by its next failure."""
    _check(body.get("topic", hook.topic), body.get("delivery_url", hook.delivery_url))
    for name in ("name", "topic", "delivery_url", "secret"):
        if body.get(name):
            setattr(hook, name, body[name])
    if "status" in body:
        if body["status"] not in ("active", "paused", "disabled"):
            text = "Webhook status must be valid."
            raise ApiError("woocommerce_rest_shop_webhook_invalid_status", text, 400)
        hook.status = body["status"]
    hook.modified = shop.now()


def _check(topic: str, url: str) -> None:
    if topic not in TOPICS:
        text = "Webhook topic is required and must be valid."
        raise ApiError("woocommerce_rest_shop_webhook_invalid_topic", text, 400)
    if not str(url).startswith(("http://", "https://")):
        text = "Webhook delivery URL must be a valid URL starting with http:// or https://."
        raise ApiError("woocommerce_rest_shop_webhook_invalid_delivery_url", text, 400)


def _body(shop: Shop, hook: Webhook) -> dict[str, Any]:
    created, modified = dates.write(hook.created, shop.zone), dates.write(hook.modified, shop.zone)
    resource, _, event = hook.topic.partition(".")
    collection = f"{shop.api_url}/webhooks"
    return {
        "id": hook.id,
        "name": hook.name,
        "status": hook.status,
        "topic": hook.topic,
        "resource": resource,
        "event": event,
        "hooks": [f"woocommerce_{event}_product"],
        "delivery_url": hook.delivery_url,
        "date_created": created[0],
        "date_created_gmt": created[1],
        "date_modified": modified[0],
        "date_modified_gmt": modified[1],
        "_links": {"self": [{"href": f"{collection}/{hook.id}"}], "collection": [{"href": collection}]},
    }
