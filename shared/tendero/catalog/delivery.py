"""What the function `embed` does with one delivery of a task, and what it answers the queue."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from tendero.catalog.claims import CLAIM_SECONDS
from tendero.catalog.embedding import Embedded
from tendero.catalog.order import EmbedOrder
from tendero.catalog.vectors import Vectors
from tendero.platform import logs
from tendero.platform.errors import DatabaseError, DeadlineExceeded, ServiceUnavailable, TenderoError
from tendero.platform.incoming import attempt_of

_log = logs.logger("embed")
_TRY_AGAIN = (ServiceUnavailable, DatabaseError, DeadlineExceeded)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An order, and which of the queue's attempts at it this is, from 1; 0 where no queue has called."""

    order: EmbedOrder
    attempt: int = 0

    @classmethod
    def of(cls, order: EmbedOrder, headers: Mapping[str, str]) -> Delivery:
        """Reads Cloud Tasks' headers."""
        return cls(order, attempt_of(headers))


def carry_out(
    delivery: Delivery, vectors: Vectors, most_attempts: int
) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The answer, its HTTP status and headers: 200 also for texts that were refused and recorded, 503 when
    the queue should try again, 409 when somebody else is at these products and may yet fail.

    After `most_attempts` the queue deletes the task without a word: at the last one, the reason is recorded.
    Raises what has another cause than a service or the database.
    """
    last = delivery.attempt >= most_attempts
    try:
        done = _embed(delivery, vectors, last)
    except Exception as error:
        if last:
            with suppress(TenderoError):
                _give_up(delivery, vectors, str(error) or type(error).__name__)
        if not isinstance(error, _TRY_AGAIN):
            raise
        _log.warning("to be tried again", reason=str(error), attempt=delivery.attempt)
        return {"error": "Not possible now; try again later."}, 503, {}
    if done.busy:
        # Not a 503, with which the queue would slow down all its tasks.
        said = f"{done.busy} products are being embedded by somebody else."
        return {"error": said}, 409, {"Retry-After": str(int(CLAIM_SECONDS))}
    return asdict(done), 200, {}


def _embed(delivery: Delivery, vectors: Vectors, last: bool) -> Embedded:
    order = delivery.order
    if last:
        # For the case that the process does not live to tell; a success takes it back.
        _give_up(delivery, vectors, "the last one was cut off")
    done = vectors.embed(order.product_ids, order.model, queued=delivery.attempt > 0)
    if last and (done.busy or done.stopped):
        _give_up(delivery, vectors, done.problem or "somebody else was at these products")
    return done


def _give_up(delivery: Delivery, vectors: Vectors, reason: str) -> None:
    said = f"The queue gave up after {delivery.attempt} attempts: {reason}"
    vectors.give_up(delivery.order.product_ids, delivery.order.model, said)
