"""What a question asks for, as terms of the index: slots of alternatives, weighed by how rare they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple

from tendero.catalog.search import ranking
from tendero.catalog.search.question import Question, Word
from tendero.platform.database import Row, Transaction
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)
_COLUMNS = ("words", "slots", "weights", "masses", "translated", "negated")


class Term(NamedTuple):
    """A term of the index, in so many `documents`; `weight`, 0 to 1, is what it is worth beside the word."""

    id: int
    weight: float
    documents: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing asked for. `idf` is of its terms together; `mass` as in Word; `without` are the terms of
    products that say to be without it. With no term, the catalogue does not have it."""

    number: int
    word: str
    mass: float
    idf: float
    weight: float
    terms: tuple[Term, ...]
    without: tuple[Term, ...]

    @property
    def turned(self) -> Slot:
        """What is asked for where to be without it is all that is."""
        return replace(self, terms=self.without)

    @property
    def ceiling(self) -> float:
        """Its part of the highest BM25."""
        return self.weight * self.idf * (ranking.BM25_K1 + 1)


@dataclass(frozen=True, slots=True)
class Slots:
    """Those asked for and those unwanted, in a catalogue of products of `average` length.

    `strange`: some word stands in no product's name or labels, nor in more than one product.
    """

    asked: tuple[Slot, ...] = ()
    unwanted: tuple[Slot, ...] = ()
    average: float = 0.0
    strange: bool = False


def slots(transaction: Transaction, question: Question, corrected: Mapping[str, str]) -> Slots:
    """A word of several parts has several slots; a filler that the catalogue has never or all the time none.

    `corrected` gives alternatives to misspelt words.
    """
    words = [*((word, False) for word in question.words), *((word, True) for word in question.negated)]
    if not words:
        return Slots()
    rows = transaction.fetch(_SQL["terms"], **_columns(words, corrected))
    if not rows:
        return Slots()
    documents = rows[0]["all_documents"]
    found: dict[bool, list[Slot]] = {False: [], True: []}
    strange = False
    for number, group in groupby(rows, key=lambda row: row["slot"]):
        forms = list(group)
        slot = _slot(number, forms, documents)
        strange = strange or _is_strange(forms)
        if slot:
            found[forms[0]["negated"]].append(slot)
    return Slots(tuple(found[False]), tuple(found[True]), rows[0]["average"], strange)


def _columns(words: Sequence[tuple[Word, bool]], corrected: Mapping[str, str]) -> dict[str, list[Any]]:
    """The words, their corrections and their translations, as one array per column."""
    rows: list[tuple[Any, ...]] = []
    for slot, (word, negated) in enumerate(words):
        weight = ranking.FILLER_WEIGHT if word.filler else 1.0
        rows.append((word.text, slot, weight, word.mass, False, negated))
        if word.text in corrected:
            text, right = corrected[word.text], weight * ranking.CORRECTION_WEIGHT
            rows.append((text, slot, right, word.mass, False, negated))
        translated = weight * ranking.TRANSLATION_WEIGHT
        rows.extend((text, slot, translated, word.mass, True, negated) for text in word.translations)
    return {name: [row[place] for row in rows] for place, name in enumerate(_COLUMNS)}


def _is_strange(rows: Sequence[Row]) -> bool:
    spoken = [row for row in rows if row["kind"] != "without" and not row["translated"]]
    return not any(row["named"] for row in spoken) and sum(row["documents"] for row in spoken) <= 1


def _slot(number: int, rows: Sequence[Row], documents: int) -> Slot | None:
    spoken = sum(row["documents"] for row in rows if row["kind"] != "without" and not row["translated"])
    ratio = ranking.FOREIGN_RATIO if spoken > ranking.CHANCE else ranking.FOREIGN_RATIO_OF_RARE
    terms: dict[int, Term] = {}
    without: list[Term] = []
    held = 0
    for _, group in groupby(rows, key=lambda row: (row["word"], row["translated"])):
        forms = {row["kind"]: row for row in group}
        one = forms["own"]["documents"] + forms["other"]["documents"]
        if forms["own"]["translated"] and one <= spoken * ratio:
            continue
        held += one
        for kind, share in (("own", 1.0), ("other", ranking.OTHER_FORM_SHARE)):
            row = forms[kind]
            term = Term(row["id"], row["weight"] * share, row["documents"])
            if row["documents"]:
                terms[term.id] = max(terms.get(term.id, term), term)
        lacking = forms["without"]
        if lacking["documents"]:
            without.append(Term(lacking["id"], 1.0, lacking["documents"]))
    first = rows[0]
    if first["mass"] == 0 and not 0 < held <= documents * ranking.COMMON_SHARE:
        return None
    held = min(held, documents)
    return Slot(
        number=number,
        word=first["word"],
        mass=first["mass"],
        idf=math.log(1 + (documents - held + 0.5) / (held + 0.5)),
        weight=max((term.weight for term in terms.values()), default=first["weight"]),
        terms=tuple(terms.values()),
        without=tuple(without),
    )
