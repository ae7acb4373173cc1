"""The private function that the embedding queue calls: one task is one batch of products."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache, lru_cache

from flask import Request, Response

from tendero.catalog import job
from tendero.catalog.embedding import Embeddings
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
    when the queue should try again. Vectors are of the model that is configured now."""
    ids = _product_ids(request)
    settings, secrets = _configured()
    try:
        done = _embeddings(secrets.resolve(settings), secrets).embed(ids)
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
def _embeddings(settings: Settings, secrets: Secrets) -> Embeddings:
    return job.embeddings(settings, secrets, database(settings))


def _product_ids(request: Request) -> list[int]:
    if request.method != "POST":
        raise BadRequest("Use POST.", status=405)
    ids = read_json(request).get("product_ids")
    usable = isinstance(ids, list) and all(type(each) is int and 0 < each <= _LARGEST_ID for each in ids)
    if not usable or not 0 < len(ids) <= _MOST_PRODUCTS:
        raise BadRequest(f"`product_ids` must be a list of 1 to {_MOST_PRODUCTS} whole numbers.")
    return ids
