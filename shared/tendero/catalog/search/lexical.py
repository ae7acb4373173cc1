"""Products by the words of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
    rows = transaction.fetch(
        _SQL["lexical"],
        **_columns(words),
        common_share=ranking.COMMON_SHARE,
        k1=ranking.BM25_K1,
        b=ranking.BM25_B,
        foreign_ratio=ranking.FOREIGN_RATIO,
        coverage_share=ranking.COVERAGE_SHARE,
        text_share=ranking.TEXT_SHARE,
        name_weight=ranking.FIELD_WEIGHTS.name,
        label_weight=ranking.FIELD_WEIGHTS.label,
        text_weight=ranking.FIELD_WEIGHTS.text,
        in_stock=in_stock,
        most=most,
    )
    return [Found(row["id"], float(row["score"]), float(row["coverage"])) for row in rows]


def _columns(words: Sequence[Word]) -> dict[str, list[Any]]:
    """The words and their translations, as one array per column."""
    rows = [
        (text, slot, _weight(word, translated), word.mass, translated)
        for slot, word in enumerate(words)
        for translated, texts in ((False, (word.text,)), (True, word.translations))
        for text in texts
    ]
    names = ("words", "slots", "weights", "masses", "translated")
    return {name: [row[number] for row in rows] for number, name in enumerate(names)}


def _weight(word: Word, translated: bool) -> float:
    return (ranking.FILLER_WEIGHT if word.filler else 1.0) * (
        ranking.TRANSLATION_WEIGHT if translated else 1.0
    )
