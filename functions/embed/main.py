"""The private function that the embedding queue calls: one task is one batch of products."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from functools import cache, lru_cache

from flask import Request, Response

from tendero.catalog import job
from tendero.catalog.claims import CLAIM_SECONDS
from tendero.catalog.order import EmbedOrder
from tendero.catalog.vectors import Vectors
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.errors import (
    BadRequest,
    DatabaseError,
    DeadlineExceeded,
    ServiceUnavailable,
    TenderoError,
)
from tendero.platform.incoming import answer, read_json, reply_json
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

_log = logs.logger("embed")

_TRY_AGAIN = (ServiceUnavailable, DatabaseError, DeadlineExceeded)


@answer
def embed(request: Request) -> Response:
    """POST {"product_ids": [1, 2], "model": "…"}; 200 also for texts that were refused and recorded, 503
    when the queue should try again, 409 when somebody else is at these products and may yet fail. A model
    that the shop does not use (any more) is not asked; without one, vectors are of the active model."""
    order = _order(request)
    settings, secrets = _configured()
    vectors = _vectors(secrets.resolve(settings), secrets)
    attempt = _attempt(request)
    last = attempt >= settings.embed_max_attempts
    try:
        if last:
            # Whatever ends this attempt, the queue deletes the task without a word.
            _give_up(vectors, order, attempt, "the last attempt was cut off")
        done = vectors.embed(order.product_ids, order.model, queued=attempt > 0)
    except Exception as error:
        if last:
            with suppress(TenderoError):
                _give_up(vectors, order, attempt, str(error) or type(error).__name__)
        if not isinstance(error, _TRY_AGAIN):
            raise
        _log.warning("to be tried again", reason=str(error), attempt=attempt)
        return reply_json({"error": "Not possible now; try again later."}, 503)
    if last and (done.busy or done.stopped):
        _give_up(vectors, order, attempt, done.problem or "another task is at these products")
    if done.busy:
        # Not a 503, with which the queue would slow down all its tasks.
        answered = reply_json({"error": f"{done.busy} products are being embedded by another task."}, 409)
        answered.headers["Retry-After"] = str(int(CLAIM_SECONDS))
        return answered
    return reply_json(asdict(done))


def _attempt(request: Request) -> int:
    """Which of the queue's attempts this is, from 1; 0 when no queue has called."""
    # https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler
    if not request.headers.get("X-CloudTasks-QueueName"):
        return 0
    return request.headers.get("X-CloudTasks-TaskRetryCount", 0, type=int) + 1


def _give_up(vectors: Vectors, order: EmbedOrder, attempt: int, reason: str) -> None:
    vectors.give_up(order.product_ids, order.model, f"The queue gave up after {attempt} attempts: {reason}")


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
