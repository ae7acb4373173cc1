"""Finds products for a customer's words."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial

from tendero.catalog import products
from tendero.catalog.embedder import Embedder
from tendero.catalog.item import Kind
from tendero.catalog.models import Find, Models
from tendero.catalog.product import Product
from tendero.catalog.search import lexical, question, ranking, vector
from tendero.catalog.search.codes import candidates
from tendero.catalog.search.fusion import fused
from tendero.catalog.search.lexical import Found
from tendero.catalog.search.question import Word
from tendero.catalog.search.ranking import Closeness
from tendero.catalog.search.result import Hit, SearchResult
from tendero.catalog.search.variations import can_be_bought, narrowed, with_variations
from tendero.catalog.search.vector import Near
from tendero.catalog.text import clean
from tendero.platform.database import Database, Transaction
from tendero.platform.deadline import Deadline
from tendero.platform.errors import TenderoError
from tendero.platform.logs import logger
from tendero.platform.settings import Settings

_log = logger("search")
_MOST_CHARACTERS = 1_000
# What the vector leg may take: a slow embedder costs the vectors, not the answer.
_VECTOR_SECONDS = 1.2
_VECTOR_SHARE = 0.5
_AFTER_THE_ANSWER_SECONDS = 0.5
# Threads that may hang in an embedder at once; further searches do without vectors.
_MOST_LEGS = 16
# How many of the first hits must hold one that is surely meant.
_FIRST = 3


class ProductSearch:
    """Exact codes first; else words (BM25) and vectors, in parallel, fused by rank.

    Threads may share it; up to two connections of the pool per search. A slow or failing embedder only costs
    the vectors. `embedder` is the configured one; `find` gives another that the shop has been switched to.
    """

    def __init__(
        self, database: Database, embedder: Embedder, settings: Settings, find: Find | None = None
    ) -> None:
        self._database = database
        self._models = Models(embedder, find)
        self._settings = settings
        self._places = threading.BoundedSemaphore(_MOST_LEGS)

    def search(
        self, text: str, *, in_stock: bool = False, limit: int = 10, deadline: Deadline | None = None
    ) -> SearchResult:
        """At most `limit` active products, best first; a variation shows as its product narrowed to it.

        With `in_stock`, only what can be bought now. Raises DatabaseError or DeadlineExceeded.
        """
        watch = _Watch()
        said = clean(text)[:_MOST_CHARACTERS].strip()
        if not said or limit < 1:
            return SearchResult()
        with watch.stage("codes"), self._database.transaction(deadline) as transaction:
            coded = _by_code(transaction, said)
            embedder = self._models.active(transaction)
        if coded:
            kept = [each for each in coded if can_be_bought(each) or not in_stock]
            hits = tuple(Hit(each, 1.0, ("code",)) for each in kept[:limit])
            return SearchResult(hits, exact=True, confident=True, milliseconds=watch.times())
        asked = question.read(said, translate=self._settings.search_glossary == "on")
        start_leg = partial(self._vector_leg, embedder, asked.content, in_stock, deadline, watch)
        # A cold embedder loads for longer than the words take: who has no time, and words that are sure, goes
        # without it this once.
        cold = deadline is not None and not embedder.ready
        leg = None if cold else start_leg()
        with watch.stage("lexical"), self._database.transaction(deadline) as transaction:
            worded = lexical.find(transaction, asked, in_stock=in_stock, most=ranking.DEPTH)
        if cold and any(each.coverage >= ranking.CONFIDENT for each in worded[:_FIRST]):
            _load_soon(embedder)
            near, problem = None, ""
        else:
            near, problem = (leg or start_leg())()
        with watch.stage("read"):
            closeness = ranking.closeness(embedder.model)
            hits = self._hits(worded, near or [], closeness, asked.words, in_stock, limit, deadline)
        return SearchResult(
            hits,
            confident=any(hit.score >= ranking.CONFIDENT for hit in hits[:_FIRST]),
            vector_used=near is not None,
            vector_problem=problem,
            milliseconds=watch.times(),
        )

    def _vector_leg(
        self, embedder: Embedder, text: str, in_stock: bool, deadline: Deadline | None, watch: _Watch
    ) -> Callable[[], tuple[list[Near] | None, str]]:
        """Starts the leg; what is returned waits for it: None, and why, when it gave nothing in time."""
        limit = _budget(deadline)
        if not text:
            return lambda: (None, "")
        if not self._places.acquire(blocking=False):
            return lambda: (None, f"{_MOST_LEGS} searches wait for the embedder already.")
        allowed = limit.remaining()
        found: list[list[Near]] = []
        problems: list[str] = []

        def run() -> None:
            try:
                with watch.stage("embed"):
                    (embedded,) = embedder.embed([text], limit)
                with watch.stage("vector"), self._database.transaction(limit) as transaction:
                    found.append(
                        vector.nearest(
                            transaction,
                            embedded,
                            embedder.model,
                            in_stock=in_stock,
                            most=ranking.DEPTH,
                            ef_search=self._settings.hnsw_ef_search,
                        )
                    )
            except TenderoError as error:
                _log.warning("search without vectors", reason=str(error))
                problems.append(str(error))
            except Exception as error:
                _log.exception("search without vectors")
                problems.append(f"{type(error).__name__}: {error}")
            finally:
                self._places.release()

        # A daemon, so that an embedder that hangs does not keep the process from ending.
        thread = threading.Thread(target=copy_context().run, args=(run,), name="search-vector", daemon=True)
        thread.start()

        def wait() -> tuple[list[Near] | None, str]:
            thread.join(limit.remaining())
            if found:
                return found[0], ""
            return None, problems[0] if problems else f"The embedder took longer than {allowed:.1f} s."

        return wait

    def _hits(
        self,
        worded: Sequence[Found],
        near: Sequence[Near],
        closeness: Closeness,
        asked: Sequence[Word],
        in_stock: bool,
        limit: int,
        deadline: Deadline | None,
    ) -> tuple[Hit, ...]:
        coverage = {each.product_id: each.coverage for each in worded}
        similarity = {each.product_id: each.similarity for each in near}
        trust = closeness.trust(max(similarity.values(), default=0.0))
        order = fused((([*coverage], 1.0), ([*similarity], trust)), ranking.RRF_K)
        hits: list[Hit] = []
        for product in self._read(order, limit, deadline):
            shown = narrowed(product, asked, in_stock=in_stock)
            if shown is None:
                continue
            closest = closeness.score(similarity.get(product.id, 0.0))
            score = max(coverage.get(product.id, 0.0), closest)
            legs = [("lexical", coverage), ("vector", similarity)]
            hits.append(Hit(shown, score, tuple(name for name, ids in legs if product.id in ids)))
            if len(hits) == limit:
                break
        return tuple(hits)

    def _read(self, ids: Sequence[int], at_once: int, deadline: Deadline | None) -> Iterator[Product]:
        for start in range(0, len(ids), at_once):
            yield from products.by_ids(self._database, ids[start : start + at_once], deadline)


def _by_code(transaction: Transaction, text: str) -> list[Product]:
    for_codes = (products.ids_by_code(transaction, code) for code in candidates(text))
    ids = list(dict.fromkeys(each for found in for_codes for each in found))
    return _parents(transaction, products.read(transaction, ids))


def _load_soon(embedder: Embedder) -> None:
    """Loads the embedder when this answer is out."""

    def load() -> None:
        try:
            embedder.load()
        except Exception:
            _log.exception("the embedder does not load")

    timer = threading.Timer(_AFTER_THE_ANSWER_SECONDS, load)
    timer.daemon = True
    timer.start()


def _parents(transaction: Transaction, found: Sequence[Product]) -> list[Product]:
    """What was found, with each variation replaced by its product, narrowed to it."""
    whole = {each.id: each for each in found if each.kind is not Kind.VARIATION}
    wanted: dict[int, list[int]] = {}
    for each in found:
        if each.kind is Kind.VARIATION and each.parent_external_id is not None:
            parent = products.id_by_external_id(transaction, each.source, each.parent_external_id)
            if parent is not None and parent not in whole:
                wanted.setdefault(parent, []).append(each.id)
    parents = products.read(transaction, list(wanted))
    return [*whole.values(), *(with_variations(each, wanted[each.id]) for each in parents)]


def _budget(deadline: Deadline | None) -> Deadline:
    if deadline is None:
        return Deadline(_VECTOR_SECONDS)
    return deadline.within(min(_VECTOR_SECONDS, deadline.remaining() * _VECTOR_SHARE))


class _Watch:
    """Milliseconds per stage; stages may run at the same time."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._times: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self._times[name] = _milliseconds(began)

    def times(self) -> dict[str, float]:
        return {**self._times, "total": _milliseconds(self._began)}


def _milliseconds(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
