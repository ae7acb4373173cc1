"""The private function that the embedding queue calls: one task is one batch of products."""

from __future__ import annotations

from functools import cache, lru_cache

from flask import Request, Response

from tendero.catalog import job
from tendero.catalog.delivery import Delivery, carry_out
from tendero.catalog.order import EmbedOrder
from tendero.catalog.vectors import Vectors
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.errors import BadRequest
from tendero.platform.incoming import answer, read_json, reply_json
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings


@answer
def embed(request: Request) -> Response:
    """POST {"product_ids": [1, 2], "model": "…"}; see `delivery.carry_out` for the answers. A model that the
    shop does not use (any more) is not asked; without one, vectors are of the active model."""
    delivery = Delivery.of(_order(request), request.headers)
    settings, secrets = _configured()
    vectors = _vectors(secrets.resolve(settings), secrets)
    body, status, headers = carry_out(delivery, vectors, settings.embed_max_attempts)
    response = reply_json(body, status)
    response.headers.update(headers)
    return response


@cache
def _configured() -> tuple[Settings, Secrets]:
    settings = Settings.load()
    logs.setup(settings, "sync")
    return settings, Secrets(settings)


@lru_cache(maxsize=1)
def _vectors(settings: Settings, secrets: Secrets) -> Vectors:
    return job.vectors(settings, secrets, database(settings))


def _order(request: Request) -> EmbedOrder:
    if request.method != "POST":
        raise BadRequest("Use POST.", status=405)
    return EmbedOrder.parse(read_json(request))
