"""What each part of the search finds by itself, and all of it together."""

from __future__ import annotations

from typing import NamedTuple

from infra.eval.metrics import RECALL_AT
from tendero.catalog import products
from tendero.catalog.embedder import Embedder
from tendero.catalog.product import Product
from tendero.catalog.search import ProductSearch, lexical, question, vector
from tendero.catalog.search.result import SearchResult
from tendero.catalog.search.vector import Near
from tendero.platform.database import Database
from tendero.platform.errors import TenderoError
from tendero.platform.settings import Settings

# A busy machine may miss the time that a search gives the embedder.
_ATTEMPTS = 3


class NotCompared(TenderoError):
    """A search went without vectors: its figures would be those of the words alone."""


class Asked(NamedTuple):
    """What each leg found, best first, and the whole search's own result."""

    ranked: dict[str, list[Product]]
    result: SearchResult


class Legs:
    """Asks the search of one database."""

    def __init__(self, database: Database, embedder: Embedder, settings: Settings) -> None:
        self._database = database
        self._embedder = embedder
        self._settings = settings
        self._search = ProductSearch(database, embedder, settings)

    def ask(self, text: str, most: int = RECALL_AT) -> Asked:
        """At most `most` products of each leg. Raises NotCompared, or what its parts raise."""
        found = self._whole(text, most)
        return Asked({**self._alone(text, most), "fused": [hit.product for hit in found.hits]}, found)

    def _whole(self, text: str, most: int) -> SearchResult:
        for _ in range(_ATTEMPTS):
            found = self._search.search(text, limit=most)
            if not found.vector_problem:
                return found
        raise NotCompared(f'"{text}" was searched by words only, {_ATTEMPTS} times: {found.vector_problem}')

    def _alone(self, text: str, most: int) -> dict[str, list[Product]]:
        asked = question.read(text, translate=self._settings.search_glossary == "on")
        content = asked.content
        with self._database.transaction() as transaction:
            worded = lexical.find(transaction, asked, in_stock=False, most=most)
            near: list[Near] = []
            if content:
                (embedded,) = self._embedder.embed([content])
                near = vector.nearest(
                    transaction,
                    embedded,
                    self._embedder.model,
                    in_stock=False,
                    most=most,
                    ef_search=self._settings.hnsw_ef_search,
                )
            return {
                "lexical": products.read(transaction, [each.product_id for each in worded]),
                "vector": products.read(transaction, [each.product_id for each in near]),
            }
