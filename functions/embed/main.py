"""The private function that the embedding queue calls: one task is one batch of products."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache, lru_cache

from flask import Request, Response

from tendero.catalog import job
from tendero.catalog.order import EmbedOrder
from tendero.catalog.vectors import Vectors
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.errors import BadRequest, DatabaseError, ServiceUnavailable
from tendero.platform.incoming import answer, read_json, reply_json
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings


@answer
def embed(request: Request) -> Response:
    """POST {"product_ids": [1, 2], "model": "…"}; 200 also for texts that were refused and recorded, 503
    when the queue should try again. A model that the shop does not use (any more) is not asked; without
    one, vectors are of the active model."""
    order = _order(request)
    settings, secrets = _configured()
    # https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler
    queued = bool(request.headers.get("X-CloudTasks-QueueName"))
    try:
        done = _vectors(secrets.resolve(settings), secrets).embed(
            order.product_ids, order.model, queued=queued
        )
    except (ServiceUnavailable, DatabaseError) as error:
        logs.logger("embed").warning("to be tried again", reason=str(error))
        return reply_json({"error": "Not possible now; try again later."}, 503)
    return reply_json(asdict(done))


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
