"""Vectors for products whose text lacks one: handed out in batches, made once, written in bulk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from tendero.catalog import copy
from tendero.catalog.embedder import Embedder, Vector
from tendero.platform import logs
from tendero.platform.database import Database, Row
from tendero.platform.deadline import Deadline
from tendero.platform.errors import (
    EmbeddingError,
    ServiceRefused,
    ServiceUnavailable,
    SpendLimitReached,
    TaskError,
    TenderoError,
)
from tendero.platform.settings import Settings
from tendero.platform.sql import load
from tendero.platform.tasks import TaskQueue

# Alert policies match this text: it is logged once, with severity ERROR, when a provider wants money.
STOPPED = (
    "embeddings stopped: the model provider refuses because of money. Raise the limit or the credit at the"
    " provider, then run `tendero embeddings retry`; every sync also tries one batch."
)

_SQL = load(__file__)
_log = logs.logger("embedding")
_COLUMNS = (copy.bigint, copy.text, copy.raw)


@dataclass(frozen=True, slots=True)
class FanOut:
    """`count` products whose vectors were queued or, without a queue, made; `problems` in words.

    `lacking` products were to have one, and did not get it. `refused`: nothing is embedded until somebody
    mends the settings or pays the provider.
    """

    count: int
    problems: tuple[str, ...] = ()
    lacking: int = 0
    refused: bool = False

    @classmethod
    def of(cls, outcomes: Sequence[FanOut]) -> FanOut:
        """All of them in one."""
        return cls(
            sum(each.count for each in outcomes),
            tuple(said for each in outcomes for said in each.problems),
            sum(each.lacking for each in outcomes),
            any(each.refused for each in outcomes),
        )


class FanningOut(Protocol):
    """What a sync run hands its products to."""

    def fan_out(self, run_id: int | str, product_ids: Sequence[int] | None = None) -> FanOut:
        """Sees to a vector for every product, or every one of these, that lacks one.

        The tasks' names hold `run_id`. Raises ServiceUnavailable or TaskError when the queue fails.
        """
        ...


@dataclass(slots=True)
class Embedded:
    """What became of one batch: `skipped` had a vector already, or are not shown (any more).

    `stopped` tells that the provider wants money: nothing more was asked of it.
    """

    embedded: int = 0
    skipped: int = 0
    failed: int = 0
    problem: str = ""
    stopped: bool = False


class Embeddings:
    """Keeps the vectors of one embedding model up to the products' texts.

    `queue` gives the queue of the `embed` function; a fan-out asks for it only where EMBED_URL is set.
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

    def fan_out(self, run_id: int | str, product_ids: Sequence[int] | None = None) -> FanOut:
        """See `FanningOut`: by tasks, or at once where EMBED_URL is empty.

        While the provider wants money, one batch is tried; when that succeeds, everything goes on.
        """
        ids = None if product_ids is None else list(product_ids)
        rows = self._database.fetch(_SQL["lacking"], model=self._embedder.model, ids=ids)
        batches = list(self._batches(rows))
        if not batches:
            return FanOut(0)
        stopped = self.stopped()
        if stopped and ids is not None:
            return FanOut(0, (stopped,), len(rows), refused=True)
        if self._queue is None or not self._settings.embed_url:
            return self._at_once(batches, resume=bool(stopped))
        tried = FanOut(0)
        if stopped:
            first, *batches = batches
            tried = self._at_once([first], resume=True)
            if self.stopped():
                return replace(tried, lacking=len(rows) - tried.count)
        tasks = [(self._name(batch, run_id), self._payload(batch)) for batch in batches]
        self._queue().enqueue_all(self._settings.embed_url, tasks)
        return FanOut.of((tried, FanOut(sum(map(len, batches)))))

    def embed(
        self, product_ids: Sequence[int], deadline: Deadline | None = None, *, queued: bool = False
    ) -> Embedded:
        """Makes the vectors that these products still lack. May be repeated at will.

        Texts that the embedder refuses, and a refusal because of money, are recorded in embedding_failures.
        `queued` means that a task brought the products: money then pauses the queue.

        Raises ServiceUnavailable, DatabaseError or DeadlineExceeded when trying again later makes sense.
        """
        ids = list(set(product_ids))
        rows = self._database.fetch(_SQL["texts"], ids=ids, model=self._embedder.model, deadline=deadline)
        done = Embedded(skipped=len(ids) - len(rows))
        stopped = self.stopped() if rows and queued else ""
        if stopped:
            # The next fan-out finds these products again.
            return Embedded(skipped=len(ids), problem=stopped, stopped=True)
        waiting = {row["id"]: row for row in rows}
        try:
            self._make(rows, deadline, done, waiting)
        except SpendLimitReached as error:
            self._stop(list(waiting.values()), str(error), queued)
            done.failed += len(waiting)
            done.problem, done.stopped = str(error), True
        return done

    def stopped(self) -> str:
        """What the provider said when it refused because of money; empty while it does not."""
        rows = self._database.fetch(_SQL["stopped"], model=self._embedder.model)
        return str(rows[0]["reason"]) if rows else ""

    def resume(self) -> None:
        """Lets the model be asked again, and its queue go on. Raises TaskError or ServiceUnavailable."""
        if self._queue is not None and self._settings.embed_url:
            self._queue().resume()
        self._database.execute(_SQL["unstop"], model=self._embedder.model)

    def forget_failures(self) -> int:
        """Lets texts that were refused be tried again; how many."""
        return self._database.execute(_SQL["forget_failures"], model=self._embedder.model)

    def _batches(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        most, most_characters = self._settings.embedding_batch_size, self._settings.embedding_batch_characters
        batch: list[Row] = []
        characters = 0
        for row in rows:
            if batch and (len(batch) == most or characters + row["characters"] > most_characters):
                yield batch
                batch, characters = [], 0
            batch.append(row)
            characters += row["characters"]
        if batch:
            yield batch

    def _at_once(self, batches: list[list[Row]], *, resume: bool) -> FanOut:
        count, lacking = 0, sum(map(len, batches))
        problems: list[str] = []
        for batch in batches:
            try:
                done = self.embed([row["id"] for row in batch])
            except ServiceUnavailable as error:
                # The products are in; the next run finds those without a vector.
                said = f"Embeddings are not complete: {error}"
                refused = isinstance(error, ServiceRefused)
                return FanOut(count, (*problems, said), lacking, refused)
            count += done.embedded
            lacking -= done.embedded + done.skipped
            if done.problem:
                problems.append(done.problem)
            if done.stopped:
                return FanOut(count, tuple(problems), lacking, refused=True)
            if resume:
                try:
                    self.resume()
                except (TaskError, ServiceUnavailable) as error:
                    said = f"Embeddings stay stopped: {error}"
                    return FanOut(count, (*problems, said), lacking)
                resume = False
        return FanOut(count, tuple(problems), lacking)

    def _name(self, batch: list[Row], run_id: int | str) -> str:
        """The same for the same work of the same run: an enqueue that is repeated adds no task.

        The run is in it because a name stays taken for an hour after its task was done.
        """
        content = repr(
            (self._settings.shop_id, self._embedder.model, [(r["id"], r["text_hash"]) for r in batch])
        )
        return f"embed-{hashlib.sha256(content.encode()).hexdigest()[:24]}-{run_id}"

    def _payload(self, batch: list[Row]) -> dict[str, object]:
        return {"product_ids": [row["id"] for row in batch], "model": self._embedder.model}

    def _make(
        self, rows: list[Row], deadline: Deadline | None, done: Embedded, waiting: dict[int, Row]
    ) -> None:
        """Makes and writes vectors, and takes the rows that are settled out of `waiting`.

        A batch that is refused is halved until only the texts at fault are left out. Each part is written at
        once: what was paid for is kept when a later part fails.
        """
        if not rows:
            return
        try:
            vectors = self._embedder.embed([row["text_for_embedding"] for row in rows], deadline)
        except EmbeddingError as error:
            half = len(rows) // 2
            if half:
                self._make(rows[:half], deadline, done, waiting)
                self._make(rows[half:], deadline, done, waiting)
                return
            self._record(rows, str(error), text_at_fault=True)
            _log.warning("a text was not embedded", product_id=rows[0]["id"], reason=str(error))
            done.failed += 1
            done.problem = str(error)
        else:
            made = list(zip(rows, vectors, strict=True))
            written = write_vectors(self._database, self._embedder.model, made)
            done.embedded += written
            done.skipped += len(rows) - written
        for row in rows:
            del waiting[row["id"]]

    def _stop(self, rows: list[Row], reason: str, queued: bool) -> None:
        self._record(rows, reason, text_at_fault=False)
        first = self._database.fetch(_SQL["stop"], model=self._embedder.model, reason=reason)
        queue = self._paused() if queued else "not in use"
        if first:
            _log.error(STOPPED, reason=reason, model=self._embedder.model, products=len(rows), queue=queue)

    def _paused(self) -> str:
        try:
            if self._queue is None:
                return "not known"
            self._queue().pause()
        except TenderoError as error:
            # Its tasks find the model stopped and ask nothing.
            return f"not paused: {error}"
        return "paused"

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
