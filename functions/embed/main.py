"""The private function that the embedding queue calls: one task is one batch of products."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache, lru_cache

from flask import Request, Response

from tendero.catalog import job
from tendero.catalog.vectors import Vectors
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.errors import BadRequest, DatabaseError, ServiceUnavailable
from tendero.platform.incoming import answer, read_json, reply_json
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

_MOST_PRODUCTS = 2048
_LARGEST_ID = 2**63 - 1


@answer
def embed(request: Request) -> Response:
    """POST {"product_ids": [1, 2], "model": "…"}; 200 also for texts that were refused and recorded, 503
    when the queue should try again. A model that the shop does not use (any more) is not asked; without
    one, vectors are of the active model."""
    ids, model = _order(request)
    settings, secrets = _configured()
    # https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler
    queued = bool(request.headers.get("X-CloudTasks-QueueName"))
    try:
        done = _vectors(secrets.resolve(settings), secrets).embed(ids, model, queued=queued)
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


def _order(request: Request) -> tuple[list[int], str]:
    if request.method != "POST":
        raise BadRequest("Use POST.", status=405)
    given = read_json(request)
    ids, model = given.get("product_ids"), given.get("model", "")
    usable = isinstance(ids, list) and all(type(each) is int and 0 < each <= _LARGEST_ID for each in ids)
    if not usable or not 0 < len(ids) <= _MOST_PRODUCTS:
        raise BadRequest(f"`product_ids` must be a list of 1 to {_MOST_PRODUCTS} whole numbers.")
    if not isinstance(model, str):
        raise BadRequest("`model` must be the name of an embedding model.")
    return ids, model
