"""What words and vectors found, in one order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from tendero.catalog.search import ranking


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that the words or the vectors found.

    `lexical` is BM25 over the most that the question could score, 0 to 1. `kept` is what the question's
    unwanted words leave of the score: 1 where they say nothing. `branded`: the question names its brand.
    `similarity` is the cosine with the question, `likeness` that with the mean of the best candidates; None
    where the product has no vector, or none was compared.
    """

    product_id: int
    lexical: float = 0.0
    kept: float = 1.0
    branded: bool = False
    similarity: float | None = None
    likeness: float | None = None


def scores(candidates: Sequence[Candidate], trust: float) -> dict[int, float]:
    """Each candidate's score by its id, best first; of equals, the smaller id.

    kept · (lexical + trust · (similarity + likeness)), and a bonus for the brand. `trust` is what the vectors
    weigh beside the words, see `Closeness`. A product without a vector is taken for as near as the others are
    on average: it may be new, and must not sink for that.
    """
    similar = _mean(candidates, lambda each: each.similarity)
    like = _mean(candidates, lambda each: each.likeness)

    def score(each: Candidate) -> float:
        near = similar if each.similarity is None else each.similarity
        near += like if each.likeness is None else each.likeness
        return each.kept * (each.lexical + trust * near) + ranking.BRAND_BONUS * each.branded

    found = {each.product_id: score(each) for each in candidates}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _mean(candidates: Iterable[Candidate], value: Callable[[Candidate], float | None]) -> float:
    known = [found for each in candidates if (found := value(each)) is not None]
    return fsum(known) / len(known) if known else 0.0
