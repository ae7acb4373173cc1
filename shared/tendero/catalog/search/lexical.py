"""Products by the words of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tendero.catalog.search import ranking
from tendero.catalog.search.question import Word
from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__)


@dataclass(frozen=True, slots=True)
class Found:
    """`score` is BM25's; `coverage`, 0 to 1, is how much of the question its words cover."""

    product_id: int
    score: float
    coverage: float


def find(transaction: Transaction, words: Sequence[Word], *, in_stock: bool, most: int) -> list[Found]:
    """At most `most` active products, best first."""
    spoken = [(slot, each, 1.0) for slot, word in enumerate(words) for each in (word.text,)]
    spoken += [
        (slot, each, ranking.TRANSLATION_WEIGHT)
        for slot, word in enumerate(words)
        for each in word.translations
    ]
    rows = transaction.fetch(
        _SQL["lexical"],
        words=[text for _, text, _ in spoken],
        slots=[slot for slot, _, _ in spoken],
        weights=[weight * (ranking.FILLER_WEIGHT if words[slot].filler else 1) for slot, _, weight in spoken],
        fillers=[words[slot].filler for slot, _, _ in spoken],
        common_share=ranking.COMMON_SHARE,
        k1=ranking.BM25_K1,
        b=ranking.BM25_B,
        text_share=ranking.TEXT_SHARE,
        name_weight=ranking.FIELD_WEIGHTS.name,
        label_weight=ranking.FIELD_WEIGHTS.label,
        text_weight=ranking.FIELD_WEIGHTS.text,
        in_stock=in_stock,
        most=most,
    )
    return [Found(row["id"], float(row["score"]), float(row["coverage"])) for row in rows]
