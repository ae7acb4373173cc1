"""What a question asks for, as terms of the index: slots of alternatives, weighed by how rare they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from tendero.catalog.search import ranking
from tendero.catalog.search.question import Word
from tendero.platform.database import Row, Transaction
from tendero.platform.sql import load

_SQL = load(__file__)


class Term(NamedTuple):
    """A term of the index; `weight`, 0 to 1, is what it is worth beside the word itself."""

    id: int
    weight: float


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing asked for. `idf` is of its terms together; `mass` as in Word; `without` are the terms of
    products that say to be without it. With no term, the catalogue does not have it."""

    number: int
    word: str
    mass: float
    idf: float
    documents: int
    weight: float
    terms: tuple[Term, ...]
    without: tuple[int, ...]

    @property
    def ceiling(self) -> float:
        """Its part of the highest BM25."""
        return self.weight * self.idf * (ranking.BM25_K1 + 1)


class Statistics(NamedTuple):
    """Of the shop's index: how many products, and their average weighted length."""

    documents: int
    average: float


def statistics(transaction: Transaction) -> Statistics | None:
    """None for an empty index."""
    row = transaction.one(_SQL["statistics"])
    return Statistics(row["documents"], row["average"]) if row else None


def slots(
    transaction: Transaction, words: Sequence[Word], corrected: Mapping[str, str], documents: int
) -> list[Slot]:
    """The slots of words, in their order, in a catalogue of so many products.

    A word of more than one part has several slots. `corrected` gives alternatives to misspelt words.
    """
    rows = transaction.fetch(_SQL["terms"], **_columns(words, corrected))
    found = (
        _slot(number, list(group), documents) for number, group in groupby(rows, key=lambda row: row["slot"])
    )
    return [slot for slot in found if slot]


def _columns(words: Sequence[Word], corrected: Mapping[str, str]) -> dict[str, list[Any]]:
    """The words, their corrections and their translations, as one array per column."""
    rows = []
    for slot, word in enumerate(words):
        weight = ranking.FILLER_WEIGHT if word.filler else 1.0
        rows.append((word.text, slot, weight, word.mass, False))
        if word.text in corrected:
            rows.append((corrected[word.text], slot, weight * ranking.CORRECTION_WEIGHT, word.mass, False))
        translated = weight * ranking.TRANSLATION_WEIGHT
        rows.extend((text, slot, translated, word.mass, True) for text in word.translations)
    names = ("words", "slots", "weights", "masses", "translated")
    return {name: [row[number] for row in rows] for number, name in enumerate(names)}


def _slot(number: int, rows: Sequence[Row], documents: int) -> Slot | None:
    """None for a word of asking that the catalogue has never or all the time."""
    spoken = sum(row["documents"] for row in rows if row["kind"] != "without" and not row["translated"])
    ratio = ranking.FOREIGN_RATIO if spoken > ranking.CHANCE else ranking.FOREIGN_RATIO_OF_RARE
    terms: dict[int, float] = {}
    without: list[int] = []
    held = 0
    for _, group in groupby(rows, key=lambda row: (row["word"], row["translated"])):
        forms = {row["kind"]: row for row in group}
        one = forms["own"]["documents"] + forms["other"]["documents"]
        if forms["own"]["translated"] and one <= spoken * ratio:
            continue
        held += one
        for kind, share in (("own", 1.0), ("other", ranking.OTHER_FORM_SHARE)):
            row = forms[kind]
            if row["documents"] and share:
                terms[row["id"]] = max(terms.get(row["id"], 0.0), row["weight"] * share)
        if forms["without"]["documents"]:
            without.append(forms["without"]["id"])
    first = rows[0]
    if first["mass"] == 0 and not 0 < held <= documents * ranking.COMMON_SHARE:
        return None
    held = min(held, documents)
    return Slot(
        number=number,
        word=first["word"],
        mass=first["mass"],
        weight=max(terms.values(), default=first["weight"]),
        idf=math.log(1 + (documents - held + 0.5) / (held + 0.5)),
        documents=held,
        terms=tuple(Term(id, weight) for id, weight in terms.items()),
        without=tuple(without),
    )
