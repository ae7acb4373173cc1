"""A question as the search reads it: what is asked for, what must not be there, what is demanded."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from tendero.catalog.search.codes import candidates
from tendero.catalog.search.filters import Choice, Filters
from tendero.catalog.search.glossary import all_translations, is_modifier
from tendero.catalog.search.prices import limits
from tendero.catalog.search.ranking import MODIFIER_MASS
from tendero.catalog.search.spoken import Spoken, spoken
from tendero.catalog.search.wishes import wishes
from tendero.catalog.search.words import is_filler

_MOST_WORDS = 24


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word. `mass` says how far it names what is wanted: 0 where it only asks ("busco", "have")."""

    text: str
    mass: float = 1.0
    translations: tuple[str, ...] = ()

    @property
    def filler(self) -> bool:
        return self.mass == 0


@dataclass(frozen=True, slots=True)
class Question:
    """`words` are asked for and `negated` unwanted ("sin gluten"), each once and never both.

    `filters` are those that the text alone gives: prices, sale, stock. `codes` may be SKUs or barcodes,
    likeliest first. `spoken` is what else was said, in order: `vocabulary.recognised` finds names in it,
    which become filters. `brands` are those named, whether or not they became one.
    """

    said: str
    words: tuple[Word, ...] = ()
    negated: tuple[Word, ...] = ()
    filters: Filters = field(default_factory=Filters)
    codes: tuple[str, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    brands: tuple[Choice, ...] = ()

    @property
    def content(self) -> str:
        """What was asked for, without the asking, for an embedder; empty when there is no word at all."""
        return " ".join(word.text for word in self.words if not word.filler)


def read(text: str, *, translate: bool = True) -> Question:
    """A question without function words, in Spanish, English or Portuguese; at most 24 words asked for, those
    that carry meaning first.

    Where nothing but fillers remains and nothing is demanded, they are what was asked for. Numbers are not
    converted between units: 1,5 l is 1.5 l, but not 1500 ml.
    """
    said = unicodedata.normalize("NFC", text)
    priced, wished = limits(said), wishes(said)
    filters = Filters(wished.in_stock, wished.on_sale, priced.low, priced.high)
    heard = tuple(spoken(_without(said, (*priced.spans, *wished.spans))))
    asked = _words((each for each in heard if not each.negated), translate)
    if not filters and all(word.filler for word in asked):
        asked = [replace(word, mass=1.0) for word in asked]
    texts = {word.text for word in asked}
    unwanted = _words((each for each in heard if each.negated and each.text not in texts), translate)
    return Question(
        said,
        tuple(sorted(asked, key=lambda word: word.filler)[:_MOST_WORDS]),
        tuple(word for word in unwanted if not word.filler)[:_MOST_WORDS],
        filters,
        tuple(candidates(said)),
        heard,
    )


def _words(heard: Iterable[Spoken], translate: bool) -> list[Word]:
    found: dict[str, Word] = {}
    for _, run in groupby(heard, key=lambda each: each.run):
        said = list(run)
        others = all_translations([each.text for each in said]) if translate else [()] * len(said)
        for each, same in zip(said, others, strict=True):
            found.setdefault(each.text, _word(each, same))
    return list(found.values())


def _word(said: Spoken, same: tuple[str, ...]) -> Word:
    mass = 0.0 if is_filler(said.spelled) else MODIFIER_MASS if is_modifier(said.text) else 1.0
    return Word(said.text, mass, same)


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with a full stop for each span, so that what stood around it does not become neighbours."""
    for start, end in spans:
        text = text[:start] + ";" + " " * (end - start - 1) + text[end:]
    return text
