"""What a search gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tendero.catalog.product import Product
from tendero.catalog.search.candidates import Why
from tendero.catalog.search.filters import Demand, Filters
from tendero.catalog.search.question import Question


@dataclass(frozen=True, slots=True)
class Hit:
    """A product that was found; `legs` says by what: `code`, `lexical`, `vector`, or `filters` alone.

    `score`, from 0 to 1, tells how well it fits the question and may be compared between questions: the share
    of the question's weight that its words carry, or what its vector's closeness is worth. From
    `ranking.CONFIDENT` on it is what was asked for. Hits are ordered by `why.total`, not by score.
    """

    product: Product
    score: float
    legs: tuple[str, ...]
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first. `exact`: the question named them by code; with no hits, the coded one has no stock.

    `confident` is false when the hits are only near what was asked for: the shop does not seem to sell it.
    `vector_used` is false when no vectors were compared; `vector_problem` says why, where something failed.
    `milliseconds` per stage. All hits meet `filters`; `relaxed` are those demands of the question that
    nothing met, given up so that there are hits. `corrected` maps words as typed to those searched for.
    `question` is the text as it was understood.
    """

    hits: tuple[Hit, ...] = ()
    exact: bool = False
    confident: bool = False
    vector_used: bool = False
    vector_problem: str = ""
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    filters: Filters | None = None
    relaxed: tuple[Demand, ...] = ()
    corrected: Mapping[str, str] = field(default_factory=dict)
    question: Question | None = None
