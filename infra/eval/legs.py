"""What each part of the search finds by itself, and all of it together."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from infra.eval.metrics import RECALL_AT
from tendero.catalog.embedder import Embedder
from tendero.catalog.product import Product
from tendero.catalog.search import Hit, ProductSearch, SearchResult
from tendero.catalog.search.candidates import Why
from tendero.catalog.search.ranking import DEPTH
from tendero.platform.database import Database
from tendero.platform.errors import TenderoError
from tendero.platform.settings import Settings

# A busy machine may miss the time that a search gives the embedder.
_ATTEMPTS = 3
# All that both legs hand over.
_EVERYTHING = 2 * DEPTH


class NotCompared(TenderoError):
    """A search went without vectors: its figures would be those of the words alone."""


class Asked(NamedTuple):
    """What each leg found, best first, and the whole search's own result."""

    ranked: dict[str, list[Product]]
    result: SearchResult


class Legs:
    """Asks the search of one database."""

    def __init__(self, database: Database, embedder: Embedder, settings: Settings) -> None:
        self._search = ProductSearch(database, embedder, settings)

    def ask(self, text: str, most: int = RECALL_AT) -> Asked:
        """At most `most` products of each leg. Raises NotCompared, or what its parts raise."""
        found = self._whole(text)
        return Asked({leg: _ranked(found, leg)[:most] for leg in _PLACES}, found)

    def _whole(self, text: str) -> SearchResult:
        for _ in range(_ATTEMPTS):
            found = self._search.search(text, limit=_EVERYTHING)
            if not found.vector_problem:
                return found
        raise NotCompared(f'"{text}" was searched by words only, {_ATTEMPTS} times: {found.vector_problem}')


def _ranked(found: SearchResult, leg: str) -> list[Product]:
    """What one leg found, in its own order; what codes or filters alone found counts for each."""
    places = [(_PLACES[leg](number, hit), hit.product) for number, hit in enumerate(found.hits, start=1)]
    return [product for place, product in sorted(places, key=lambda each: each[0] or 0) if place is not None]


def _of_leg(number: int, hit: Hit, rank: Callable[[Why], int | None]) -> int | None:
    return number if hit.why is None else rank(hit.why)


_PLACES: dict[str, Callable[[int, Hit], int | None]] = {
    "lexical": lambda number, hit: _of_leg(number, hit, lambda why: why.lexical_rank),
    "vector": lambda number, hit: _of_leg(number, hit, lambda why: why.vector_rank),
    "fused": lambda number, hit: number,
}
