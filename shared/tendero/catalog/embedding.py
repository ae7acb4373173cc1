"""Vectors for products whose text lacks one: handed out in batches, made once, written in bulk."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Protocol

from tendero.catalog import copy
from tendero.catalog.claims import CLAIM_SECONDS, WORK_SECONDS, Claim, claimed
from tendero.catalog.embedder import Embedder, Vector
from tendero.platform import logs
from tendero.platform.database import Database, Row
from tendero.platform.deadline import Deadline
from tendero.platform.errors import (
    DeadlineExceeded,
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
# Products that a fan-out holds in memory, and tasks handed to the queue at once.
_PAGE = 5_000
_MOST_TASKS = 100
_MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class FanOut:
    """`count` products whose vectors were queued or, without a queue, made; `problems` in words.

    `lacking` products were to have one, and did not get it. `refused`: nothing is embedded until somebody
    mends the settings or pays the provider. `busy` were left to somebody else who has them embedded now.
    `cut`: not all products were gone through.
    """

    count: int
    problems: tuple[str, ...] = ()
    lacking: int = 0
    refused: bool = False
    busy: int = 0
    cut: bool = False

    @classmethod
    def of(cls, outcomes: Sequence[FanOut]) -> FanOut:
        """All of them in one."""
        return cls(
            sum(each.count for each in outcomes),
            tuple(dict.fromkeys(said for each in outcomes for said in each.problems))[:_MOST_PROBLEMS],
            sum(each.lacking for each in outcomes),
            any(each.refused for each in outcomes),
            sum(each.busy for each in outcomes),
            any(each.cut for each in outcomes),
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

    `busy` are being embedded by somebody else, who may yet fail. `stopped` tells that the provider wants
    money: nothing more was asked of it.
    """

    embedded: int = 0
    skipped: int = 0
    failed: int = 0
    problem: str = ""
    stopped: bool = False
    busy: int = 0


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
        stopped = self.stopped()
        if stopped and ids is not None:
            lacking = self._count(ids)
            return FanOut(0, (stopped,), lacking, refused=True) if lacking else FanOut(0)
        if self._queue is None or not self._settings.embed_url:
            return self._patiently(ids, resume=bool(stopped))
        batches = self._batches(self._lacking(ids))
        tried = FanOut(0)
        if stopped:
            tried = self._at_once(islice(batches, 1), ids, resume=True)
            if self.stopped():
                return tried
        return FanOut.of((tried, FanOut(self._enqueued(batches, run_id))))

    def embed(
        self, product_ids: Sequence[int], deadline: Deadline | None = None, *, queued: bool = False
    ) -> Embedded:
        """Makes the vectors that these products still lack. May be repeated at will, and by many at once.

        Texts that the embedder refuses, and a refusal because of money, are recorded in embedding_failures.
        `queued` means that a task brought the products: money then pauses the queue.

        Raises ServiceUnavailable, DatabaseError or DeadlineExceeded when trying again later makes sense.
        """
        ids = list(set(product_ids))
        stopped = self.stopped() if queued else ""
        if stopped:
            # The next fan-out finds these products again.
            return Embedded(skipped=len(ids), problem=stopped, stopped=True)
        paid = self._embedder.paid
        if paid:
            deadline = Deadline(WORK_SECONDS) if deadline is None else deadline.within(WORK_SECONDS)
        with claimed(self._database, self._embedder.model, _SQL["texts"], ids, needed=paid) as claim:
            done = Embedded(skipped=len(ids) - len(claim.waiting) - claim.busy, busy=claim.busy)
            try:
                self._make(list(claim.waiting.values()), deadline, done, claim)
            except SpendLimitReached as error:
                done.failed += len(claim.waiting)
                done.problem, done.stopped = str(error), True
                self._stop(claim, str(error), queued)
        return done

    def give_up(self, product_ids: Sequence[int], reason: str) -> None:
        """Records why those of these products that still lack a vector do not get it from their task. The
        next fan-out finds them again."""
        rows = self._database.fetch(_SQL["texts"], ids=list(product_ids), model=self._embedder.model)
        self._record(rows, reason, text_at_fault=False)

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

    def _lacking(self, ids: list[int] | None, after: int = 0) -> Iterator[Row]:
        """Of these products, or of all, those beyond `after` that lack a vector, read page by page."""
        while True:
            page = self._database.fetch(
                _SQL["lacking"], model=self._embedder.model, ids=ids, after=after, most=_PAGE
            )
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1]["id"]

    def _count(self, ids: list[int] | None, after: int = 0) -> int:
        return sum(1 for _ in self._lacking(ids, after))

    def _batches(self, rows: Iterable[Row]) -> Iterator[list[Row]]:
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

    def _enqueued(self, batches: Iterator[list[Row]], run_id: int | str) -> int:
        assert self._queue is not None
        queue, count = self._queue(), 0
        while several := list(islice(batches, _MOST_TASKS)):
            tasks = [(self._name(batch, run_id), self._payload(batch)) for batch in several]
            queue.enqueue_all(self._settings.embed_url, tasks)
            count += sum(map(len, several))
        return count

    def _patiently(self, ids: list[int] | None, *, resume: bool) -> FanOut:
        """Goes over the products again while some are left to others: whoever has died meanwhile no longer
        holds them after CLAIM_SECONDS."""
        outcome = self._at_once(self._batches(self._lacking(ids)), ids, resume=resume)
        patience = Deadline(CLAIM_SECONDS + 1)
        while outcome.busy and ids is None and not outcome.cut and not patience.expired:
            time.sleep(1)
            again = self._at_once(self._batches(self._lacking(ids)), ids, resume=False)
            outcome = replace(FanOut.of((outcome, again)), busy=again.busy)
        return outcome

    def _at_once(self, batches: Iterable[list[Row]], ids: list[int] | None, *, resume: bool) -> FanOut:
        """`batches` come out of `ids`, or of all products; `resume`: the first that succeeds ends a stop."""
        outcome = FanOut(0)
        for batch in batches:
            step = self._step(batch)
            if resume and not step.cut and (step.count or step.lacking):
                step, resume = FanOut.of((step, self._resumed())), False
            outcome = FanOut.of((outcome, step))
            if step.cut:
                return replace(outcome, lacking=outcome.lacking + self._count(ids, batch[-1]["id"]))
        return outcome

    def _step(self, batch: list[Row]) -> FanOut:
        ids = [row["id"] for row in batch]
        try:
            done = self.embed(ids)
        except (ServiceUnavailable, DeadlineExceeded) as error:
            # The products are in; the next run finds those without a vector.
            said = f"Embeddings are not complete: {error}"
            return FanOut(0, (said,), self._count(ids), isinstance(error, ServiceRefused), cut=True)
        lacking = len(batch) - done.embedded - done.skipped - done.busy
        problems = (done.problem,) if done.problem else ()
        return FanOut(done.embedded, problems, lacking, done.stopped, done.busy, cut=done.stopped)

    def _resumed(self) -> FanOut:
        try:
            self.resume()
        except (TaskError, ServiceUnavailable) as error:
            return FanOut(0, (f"Embeddings stay stopped: {error}",), cut=True)
        return FanOut(0)

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

    def _make(self, rows: list[Row], deadline: Deadline | None, done: Embedded, claim: Claim) -> None:
        """Makes and writes vectors, and settles the rows.

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
                self._make(rows[:half], deadline, done, claim)
                self._make(rows[half:], deadline, done, claim)
                return
            self._record(rows, str(error), text_at_fault=True, until=claim.until)
            _log.warning("a text was not embedded", product_id=rows[0]["id"], reason=str(error))
            done.failed += 1
            done.problem = str(error)
        else:
            made = list(zip(rows, vectors, strict=True))
            written = write_vectors(self._database, self._embedder.model, made, claim.until)
            done.embedded += written
            done.skipped += len(rows) - written
        claim.settle(rows)

    def _stop(self, claim: Claim, reason: str, queued: bool) -> None:
        rows = list(claim.waiting.values())
        self._record(rows, reason, text_at_fault=False, until=claim.until)
        claim.settle(rows)
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

    def _record(
        self, rows: list[Row], reason: str, *, text_at_fault: bool, until: datetime | None = None
    ) -> None:
        self._database.execute(
            _SQL["fail"],
            ids=[row["id"] for row in rows],
            model=self._embedder.model,
            reason=reason,
            text_at_fault=text_at_fault,
            until=until,
        )


def write_vectors(
    database: Database, model: str, vectors: Sequence[tuple[Row, Vector]], until: datetime | None = None
) -> int:
    """Stores the vectors of rows with `id` and `text_hash`, but where the text has changed; how many.

    Drops the claims on them that run `until` then, in the same transaction.
    """
    staged = ((row["id"], row["text_hash"], _halves(vector)) for row, vector in vectors)
    with database.transaction() as transaction:
        transaction.execute(_SQL["stage"])
        transaction.execute(_SQL["stage_inline"])
        transaction.copy(_SQL["copy_staged"], copy.rows(_COLUMNS, staged))
        row = transaction.one(_SQL["write"], model=model, until=until)
    return int(row["written"]) if row else 0


def _halves(vector: Vector) -> bytes:
    """A `halfvec` in binary. Numpy rounds to half precision many times faster than the standard library."""
    import numpy
    from pgvector import HalfVector

    return HalfVector(numpy.asarray(vector, numpy.float32)).to_binary()
