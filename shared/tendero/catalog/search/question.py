"""A question as the search reads it: its words, which of them only ask, and their translations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tendero.catalog.search.glossary import is_modifier, translations
from tendero.catalog.search.normalise import fold, spoken_words
from tendero.catalog.search.ranking import MODIFIER_MASS
from tendero.catalog.search.words import FUNCTION_WORDS, is_filler

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


def read(text: str, *, translate: bool = True) -> tuple[Word, ...]:
    """The words of a question without function words, each once; at most 24, those that carry meaning first.

    Where nothing but fillers remains, they are what was asked for.
    """
    said = dict.fromkeys(each for each in spoken_words(text) if fold(each) not in FUNCTION_WORDS)
    found = {fold(each): _word(each, translate) for each in said}
    if all(word.filler for word in found.values()):
        found = {text: replace(word, mass=1.0) for text, word in found.items()}
    return tuple(sorted(found.values(), key=lambda word: word.filler)[:_MOST_WORDS])


def content(words: Sequence[Word]) -> str:
    """What was asked for, without the asking; empty when there is no word at all."""
    return " ".join(word.text for word in words if not word.filler)


def _word(spoken: str, translate: bool) -> Word:
    text = fold(spoken)
    mass = 0.0 if is_filler(spoken) else MODIFIER_MASS if is_modifier(text) else 1.0
    return Word(text, mass, translations(text) if translate else ())
