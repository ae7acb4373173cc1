"""Finds products for a customer's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tendero.catalog import products
from tendero.catalog.embedder import Embedder, Vector
from tendero.catalog.models import Find, Models
from tendero.catalog.product import Product
from tendero.catalog.search import lexical, question, ranking, typos
from tendero.catalog.search.candidates import Legs, Why, ordered
from tendero.catalog.search.coded import coded
from tendero.catalog.search.filters import (
    Demand,
    Filters,
    condition,
    fitting,
    matching,
    relaxations,
)
from tendero.catalog.search.leg import Neighbours, VectorLeg, load_soon
from tendero.catalog.search.passing import Passing
from tendero.catalog.search.question import Question
from tendero.catalog.search.result import Hit, SearchResult
from tendero.catalog.search.slots import Slots, slots
from tendero.catalog.search.variations import can_be_bought, narrowed
from tendero.catalog.search.vocabulary import recognised
from tendero.catalog.search.watch import Watch
from tendero.catalog.text import clean
from tendero.platform.database import Database, Transaction
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings

_MOST_CHARACTERS = 1_000
# How many of the first hits must hold one that is surely meant.
_FIRST = 3
# Filters that leave nothing are given up in at most so many ways: each is a search.
_MOST_RELAXED = 8
# Less than this is too little time for another search.
_LEAST_SECONDS = 0.3


class ProductSearch:
    """Exact codes first; else words (BM25) and vectors, in parallel, summed into one score.

    Threads may share it; up to two connections of the pool per search. A slow or failing embedder only costs
    the vectors. `embedder` is the configured one; `find` gives another that the shop has been switched to.
    """

    def __init__(
        self, database: Database, embedder: Embedder, settings: Settings, find: Find | None = None
    ) -> None:
        self._database = database
        self._models = Models(embedder, find)
        self._translate = settings.search_glossary == "on"
        self._leg = VectorLeg(database, settings.hnsw_ef_search)

    def search(
        self, text: str, *, in_stock: bool = False, limit: int = 10, deadline: Deadline | None = None
    ) -> SearchResult:
        """At most `limit` active products, best first; a variation shows as its product narrowed to it.

        What the text demands (price, stock, colour, size, brand, category, to be without something) is met by
        every hit; where nothing meets all of it, demands are given up one at a time. With `in_stock`, only
        what can be bought now, whatever is given up. Raises DatabaseError or DeadlineExceeded.
        """
        watch = Watch()
        said = clean(text)[:_MOST_CHARACTERS].strip()
        if not said or limit < 1:
            return SearchResult()
        asked = question.read(said, translate=self._translate)
        with self._database.transaction(deadline) as transaction:
            with watch.stage("codes"):
                named = coded(transaction, asked.codes)
                embedder = self._models.active(transaction)
            if named:
                kept = [each for each in named if can_be_bought(each) or not in_stock]
                hits = tuple(Hit(each, 1.0, ("code",)) for each in kept[:limit])
                return SearchResult(
                    hits, exact=True, confident=True, milliseconds=watch.times(), question=asked
                )
            with watch.stage("understand"):
                asked = recognised(transaction, asked)
                meant = slots(transaction, asked, {})
                corrected = typos.corrections(transaction, asked) if meant.strange else {}
                if corrected:
                    meant = slots(transaction, asked, corrected)
        one = _Search(
            self._database, self._leg, embedder, asked, meant, corrected, in_stock, limit, deadline, watch
        )
        return one.result()


@dataclass(frozen=True, slots=True)
class _Found:
    """What one set of filters brought."""

    filters: Filters
    hits: tuple[Hit, ...]
    neighbours: Neighbours

    @property
    def confident(self) -> bool:
        return any(hit.score >= ranking.CONFIDENT for hit in self.hits[:_FIRST])


@dataclass(slots=True)
class _Search:
    """One question while it is being searched for."""

    database: Database
    leg: VectorLeg
    embedder: Embedder
    asked: Question
    meant: Slots
    corrected: Mapping[str, str]
    in_stock: bool
    limit: int
    deadline: Deadline | None
    watch: Watch
    vector: Vector | None = None
    legs: dict[Filters, Legs] = field(default_factory=dict)

    def result(self) -> SearchResult:
        demanded = self.asked.filters & Filters(in_stock=self.in_stock)
        found = self._find(demanded)
        relaxed: tuple[Demand, ...] = ()
        if not found.confident and self.asked.filters and not (found.hits and self._is_not_sold()):
            for filters, given_up in self._relaxations():
                other = self._find(filters & Filters(in_stock=self.in_stock))
                if other.confident or (other.hits and not found.hits):
                    found, relaxed = other, given_up
                if found.confident:
                    break
        return SearchResult(
            found.hits,
            confident=found.confident,
            vector_used=found.neighbours.vector is not None,
            vector_problem=found.neighbours.problem,
            milliseconds=self.watch.times(),
            filters=found.filters,
            # A category's words are searched for still.
            relaxed=tuple(each for each in relaxed if each.name != "categories"),
            corrected=self.corrected,
            question=self.asked,
        )

    def _is_not_sold(self) -> bool:
        """Whether giving up every demand would not help either: spares a search for each."""
        filters = Filters(in_stock=self.in_stock)
        return not (self._may_be_sure(self._legs(filters)) and self._find(filters).confident)

    def _may_be_sure(self, legs: Legs) -> bool:
        """Whether any product could score enough, whatever their order."""
        nearest = max((each.similarity for each in legs.neighbours.near), default=0.0)
        covered = max((each.coverage for each in legs.worded), default=0.0)
        return max(covered, ranking.closeness(self.embedder.model).score(nearest)) >= ranking.CONFIDENT

    def _relaxations(self) -> Iterator[tuple[Filters, tuple[Demand, ...]]]:
        for number, (filters, given_up) in enumerate(relaxations(self.asked.filters)):
            late = self.deadline is not None and self.deadline.remaining() < _LEAST_SECONDS
            if number == _MOST_RELAXED or late:
                return
            # The caller's own wish stays.
            if not (self.in_stock and [each.name for each in given_up] == ["in_stock"]):
                yield filters, given_up

    def _find(self, filters: Filters) -> _Found:
        if not self.asked.words and not self.asked.negated:
            return self._demanded(filters)
        legs = self._legs(filters)
        with self.database.transaction(self.deadline) as transaction:
            with self.watch.stage("order"):
                why = ordered(transaction, self.asked, self.meant, legs, self.embedder.model)
            with self.watch.stage("read"):
                hits = tuple(self._hits(transaction, filters, why))
        return _Found(filters, hits, legs.neighbours)

    def _demanded(self, filters: Filters) -> _Found:
        """For a question that names nothing but demands: "¿qué tienen en oferta?"."""
        with self.watch.stage("filters"), self.database.transaction(self.deadline) as transaction:
            ids = matching(transaction, filters, self.limit)
            variations = fitting(transaction, filters, ids)
            shown = [narrowed(each, self.asked.words, variations) for each in products.read(transaction, ids)]
        hits = tuple(Hit(each, 1.0, ("filters",)) for each in shown if each is not None)
        return _Found(filters, hits, Neighbours())

    def _legs(self, filters: Filters) -> Legs:
        """Asked once for the same filters, in however many ways these are come to."""
        if filters not in self.legs:
            self.legs[filters] = self._asked(filters)
        return self.legs[filters]

    def _asked(self, filters: Filters) -> Legs:
        met = Passing(condition(filters))
        # A cold embedder loads for longer than the words take: who has no time, and words that are sure, goes
        # without it this once.
        cold = self.deadline is not None and not self.embedder.ready
        wait = None if cold else self._start(met)
        with self.watch.stage("lexical"), self.database.transaction(self.deadline) as transaction:
            worded = lexical.find(transaction, self.meant, met, most=ranking.DEPTH)
        if cold and any(each.coverage >= ranking.CONFIDENT for each in worded[:_FIRST]):
            load_soon(self.embedder)
            neighbours = Neighbours()
        else:
            neighbours = (wait or self._start(met))()
        self.vector = neighbours.vector or self.vector
        return Legs(worded, neighbours)

    def _start(self, met: Passing) -> Callable[[], Neighbours]:
        return self.leg.start(self.embedder, self.asked.content, met, self.deadline, self.watch, self.vector)

    def _hits(self, transaction: Transaction, filters: Filters, why: Mapping[int, Why]) -> Iterator[Hit]:
        ids, given = list(why), 0
        for start in range(0, len(ids), self.limit):
            batch = ids[start : start + self.limit]
            variations = fitting(transaction, filters, batch)
            for product in products.read(transaction, batch):
                shown = narrowed(product, self.asked.words, variations)
                if shown is None:
                    continue
                yield self._hit(shown, why[product.id])
                given += 1
                if given == self.limit:
                    return

    def _hit(self, product: Product, why: Why) -> Hit:
        closest = ranking.closeness(self.embedder.model).score(why.similarity or 0.0)
        score = min(1.0, max(why.coverage, closest) * min(1.0, why.kept))
        legs = (("lexical", why.lexical_rank), ("vector", why.vector_rank))
        return Hit(product, score, tuple(name for name, rank in legs if rank is not None), why)
