"""A question as the search reads it: its words, which of them only ask, and their translations."""

from __future__ import annotations

from dataclasses import dataclass

from tendero.catalog.search.glossary import translations
from tendero.catalog.search.normalise import words
from tendero.catalog.search.words import FILLERS, FUNCTION_WORDS

_MOST_WORDS = 24


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word. A `filler` ("busco", "have") only asks."""

    text: str
    filler: bool = False
    translations: tuple[str, ...] = ()


def read(text: str, *, translate: bool = True) -> tuple[Word, ...]:
    """The words of a question without function words, each once; at most 24, those that carry meaning first.

    Where nothing but fillers remains, they are what was asked for.
    """
    spoken = [word for word in dict.fromkeys(words(text)) if word not in FUNCTION_WORDS]
    content = [word for word in spoken if word not in FILLERS]
    fillers = [word for word in spoken if word in FILLERS] if content else []
    content = content or spoken
    found = [Word(each, translations=translations(each) if translate else ()) for each in content]
    found += [
        Word(each, filler=True, translations=translations(each) if translate else ()) for each in fillers
    ]
    return tuple(found[:_MOST_WORDS])


def content(words_read: tuple[Word, ...]) -> str:
    """What was asked for, without the asking; empty when there is no word at all."""
    return " ".join(word.text for word in words_read if not word.filler)
