"""The vectors' part of a search, in a thread of its own beside that of the words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass

from tendero.catalog.embedder import Embedder, Vector
from tendero.catalog.search import ranking, vector
from tendero.catalog.search.passing import Passing
from tendero.catalog.search.vector import Near
from tendero.catalog.search.watch import Watch
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import TenderoError
from tendero.platform.logs import logger

_log = logger("search")
# What the leg may take: a slow embedder costs the vectors, not the answer.
_SECONDS = 1.2
_SHARE = 0.5
_AFTER_THE_ANSWER_SECONDS = 0.5
# Threads that may hang in an embedder at once; further searches do without vectors.
_MOST = 16


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The question's vector and the products near it; without either, `problem` says why, where something
    failed."""

    vector: Vector | None = None
    near: tuple[Near, ...] = ()
    problem: str = ""


class VectorLeg:
    """Embeds questions and asks for their neighbours. Threads may share it."""

    def __init__(self, database: Database, ef_search: int) -> None:
        self._database = database
        self._ef_search = ef_search
        self._places = threading.BoundedSemaphore(_MOST)

    def start(
        self,
        embedder: Embedder,
        text: str,
        passing: Passing,
        deadline: Deadline | None,
        watch: Watch,
        known: Vector | None = None,
    ) -> Callable[[], Neighbours]:
        """Begins; what is returned waits for the end, within the leg's share of the deadline. `known` is the
        vector of the text, where it has been made before."""
        if not text:
            return Neighbours
        if not self._places.acquire(blocking=False):
            return lambda: Neighbours(problem=f"{_MOST} searches wait for the embedder already.")
        limit = _budget(deadline)
        allowed = limit.remaining()
        done: list[Neighbours] = []

        def run() -> None:
            try:
                embedded = known
                if embedded is None:
                    with watch.stage("embed"):
                        (embedded,) = embedder.embed([text], limit)
                with watch.stage("vector"):
                    near = self._near(embedder.model, embedded, passing, limit)
                done.append(Neighbours(embedded, near))
            except TenderoError as error:
                _log.warning("search without vectors", reason=str(error))
                done.append(Neighbours(problem=str(error)))
            except Exception as error:
                _log.exception("search without vectors")
                done.append(Neighbours(problem=f"{type(error).__name__}: {error}"))
            finally:
                self._places.release()

        # A daemon, so that an embedder that hangs does not keep the process from ending.
        thread = threading.Thread(target=copy_context().run, args=(run,), name="search-vector", daemon=True)
        thread.start()

        def wait() -> Neighbours:
            thread.join(limit.remaining())
            return done[0] if done else Neighbours(problem=f"The embedder took longer than {allowed:.1f} s.")

        return wait

    def _near(self, model: str, embedded: Vector, passing: Passing, limit: Deadline) -> tuple[Near, ...]:
        most = ranking.NEIGHBOURS_FILTERED if passing.condition else ranking.NEIGHBOURS
        with self._database.transaction(limit) as transaction:
            found = vector.nearest(
                transaction, embedded, model, passing, most=most, ef_search=self._ef_search
            )
        return tuple(found)


def load_soon(embedder: Embedder) -> None:
    """Loads the embedder when this answer is out."""

    def load() -> None:
        try:
            embedder.load()
        except Exception:
            _log.exception("the embedder does not load")

    timer = threading.Timer(_AFTER_THE_ANSWER_SECONDS, load)
    timer.daemon = True
    timer.start()


def _budget(deadline: Deadline | None) -> Deadline:
    if deadline is None:
        return Deadline(_SECONDS)
    return deadline.within(min(_SECONDS, deadline.remaining() * _SHARE))
