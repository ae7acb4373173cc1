"""Vectors for products whose text lacks one: handed out in batches, made once, written in bulk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tendero.catalog import copy
from tendero.catalog.embedder import Embedder, Vector
from tendero.platform import logs
from tendero.platform.database import Database, Row
from tendero.platform.deadline import Deadline
from tendero.platform.errors import EmbeddingError, ServiceUnavailable, SpendLimitReached
from tendero.platform.settings import Settings
from tendero.platform.sql import load
from tendero.platform.tasks import TaskQueue

_SQL = load(__file__)
_log = logs.logger("embedding")
_COLUMNS = (copy.bigint, copy.text, copy.raw)


@dataclass(frozen=True, slots=True)
class FanOut:
    """`count` products whose vectors were queued or, without a queue, made; `problems` in words."""

    count: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Embedded:
    """What became of one batch: `skipped` had a vector already, or are not shown (any more)."""

    embedded: int = 0
    skipped: int = 0
    failed: int = 0
    problem: str = ""


class Embeddings:
    """Keeps the vectors of one embedding model up to the products' texts.

    `queue` gives the queue of the `embed` function; it is asked for only where EMBED_URL is set.
    """

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        settings: Settings,
        queue: Callable[[], TaskQueue] | None = None,
    ) -> None:
        self._database = database
        self._embedder = embedder
        self._settings = settings
        self._queue = queue

    def fan_out(self, run_id: int) -> FanOut:
        """Sees to a vector for every product that lacks one: by tasks, or at once where EMBED_URL is empty.

        Raises ServiceUnavailable or TaskError when the queue does not take the tasks.
        """
        rows = self._database.fetch(_SQL["lacking"], model=self._embedder.model)
        size = self._settings.embedding_batch_size
        batches = [rows[start : start + size] for start in range(0, len(rows), size)]
        if not batches:
            return FanOut(0)
        if not (self._settings.embed_url and self._queue):
            return self._at_once(batches)
        tasks = [(self._name(batch, run_id), self._payload(batch)) for batch in batches]
        self._queue().enqueue_all(self._settings.embed_url, tasks)
        return FanOut(len(rows))

    def embed(self, product_ids: Sequence[int], deadline: Deadline | None = None) -> Embedded:
        """Makes the vectors that these products still lack. May be repeated at will.

        Texts that the embedder refuses, and a refusal because of money, are recorded in embedding_failures.
        Raises ServiceUnavailable, DatabaseError or DeadlineExceeded when trying again later makes sense.
        """
        model = self._embedder.model
        rows = self._database.fetch(_SQL["texts"], ids=list(product_ids), model=model, deadline=deadline)
        skipped = len(set(product_ids)) - len(rows)
        if not rows:
            return Embedded(skipped=skipped)
        try:
            vectors, refused = self._vectors(rows, deadline)
        except SpendLimitReached as error:
            self._record(rows, str(error), text_at_fault=False)
            _log.error(
                "embeddings stopped: the model provider refuses because of money. Raise the limit or the"
                " credit at the provider; the next sync makes what is missing.",
                reason=str(error),
                products=len(rows),
            )
            return Embedded(skipped=skipped, failed=len(rows), problem=str(error))
        written = write_vectors(self._database, model, vectors)
        return Embedded(
            embedded=written,
            skipped=skipped + len(vectors) - written,
            failed=len(rows) - len(vectors),
            problem=refused,
        )

    def _at_once(self, batches: list[list[Row]]) -> FanOut:
        count = 0
        problems: list[str] = []
        for batch in batches:
            try:
                done = self.embed([row["id"] for row in batch])
            except ServiceUnavailable as error:
                # The products are in; the next run finds those without a vector.
                return FanOut(count, (*problems, f"Embeddings are not complete: {error}"))
            count += done.embedded
            if done.problem:
                problems.append(done.problem)
        return FanOut(count, tuple(problems))

    def _name(self, batch: list[Row], run_id: int) -> str:
        """The same for the same work of the same run: an enqueue that is repeated adds no task.

        The run is in it because a name stays taken for an hour after its task was done.
        """
        content = repr(
            (self._settings.shop_id, self._embedder.model, [(r["id"], r["text_hash"]) for r in batch])
        )
        return f"embed-{hashlib.sha256(content.encode()).hexdigest()[:24]}-{run_id}"

    def _payload(self, batch: list[Row]) -> dict[str, object]:
        return {"product_ids": [row["id"] for row in batch], "model": self._embedder.model}

    def _vectors(self, rows: list[Row], deadline: Deadline | None) -> tuple[list[tuple[Row, Vector]], str]:
        """The vectors of those rows that the embedder takes, and the reason of the last refusal.

        A batch that is refused is halved until only the texts at fault are left out.
        """
        try:
            vectors = self._embedder.embed([row["text_for_embedding"] for row in rows], deadline)
        except EmbeddingError as error:
            if len(rows) == 1:
                self._record(rows, str(error), text_at_fault=True)
                _log.warning("a text was not embedded", product_id=rows[0]["id"], reason=str(error))
                return [], str(error)
        else:
            return list(zip(rows, vectors, strict=True)), ""
        half = len(rows) // 2
        one, refused = self._vectors(rows[:half], deadline)
        other, refused_too = self._vectors(rows[half:], deadline)
        return one + other, refused_too or refused

    def _record(self, rows: list[Row], reason: str, *, text_at_fault: bool) -> None:
        self._database.execute(
            _SQL["fail"],
            ids=[row["id"] for row in rows],
            model=self._embedder.model,
            reason=reason,
            text_at_fault=text_at_fault,
        )


def write_vectors(database: Database, model: str, vectors: Sequence[tuple[Row, Vector]]) -> int:
    """Stores the vectors of rows with `id` and `text_hash`, but where the text has changed; how many."""
    staged = ((row["id"], row["text_hash"], _halves(vector)) for row, vector in vectors)
    with database.transaction() as transaction:
        transaction.execute(_SQL["stage"])
        transaction.execute(_SQL["stage_inline"])
        transaction.copy(_SQL["copy_staged"], copy.rows(_COLUMNS, staged))
        row = transaction.one(_SQL["write"], model=model)
    return int(row["written"]) if row else 0


def _halves(vector: Vector) -> bytes:
    """A `halfvec` in binary. Numpy rounds to half precision many times faster than the standard library."""
    import numpy
    from pgvector import HalfVector

    return HalfVector(numpy.asarray(vector, numpy.float32)).to_binary()
