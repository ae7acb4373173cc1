"""Substances that a product may be free of, and how texts say that it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("substances.txt")
# "sin gluten", "libre de gluten", "não contém glúten", "free from gluten", "no added sugar"; also the second
# of several: "sin lactosa ni gluten". PostgreSQL and Python read these patterns alike.
_ABSENT = (
    "(?:sin|sem|without|zero|cero|0 ?%(?: de)?|nada de|libres? de|livres? de|isent[oa]s? de|exent[oa]s? de"
    "|free (?:from|of)|(?:no|nao) (?:cont(?:iene|ienen|em)|llevan?|levam?)|contains? no|no added"
    "|(?:does not|do not|doesn.t) contain)"
)
_OTHERS = "(?: [a-z]+(?: [a-z]+)? (?:y|e|ni|nem|o|ou|or|nor|and))*"
_FILLED = "(?: (?:added|anadid[oa]s?|adicionad[oa]s?))?"
# "No apto para celíacos" says the contrary.
_DENIED = "(?<!no )(?<!no es )(?<!not )(?<!nao )(?<!nao e )"


class Substance(NamedTuple):
    """`name` is its first word in the list; `words` all of them. `pattern` finds in a folded text that it is
    absent; such a text has one of the `signs` in it, which is sooner found."""

    name: str
    words: tuple[str, ...]
    signs: tuple[str, ...]
    pattern: str


def substance(word: str) -> Substance | None:
    """The substance that a folded word means."""
    return _by_word().get(word)


@cache
def substances() -> tuple[Substance, ...]:
    """All that are known."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(_read(line) for line in lines if line and not line.startswith("#"))


@cache
def _by_word() -> dict[str, Substance]:
    return {word: each for each in substances() for word in each.words}


def _read(line: str) -> Substance:
    words, _, phrases = line.partition(" | ")
    names, signs = _listed(words), _listed(phrases)
    said = "|".join(names)
    ways = "|".join((f"{_ABSENT}{_OTHERS}{_FILLED} (?:{said})", f"(?:{said})[ -]free", *signs))
    return Substance(names[0], names, (*names, *signs), rf"(?:^|[^a-z0-9]){_DENIED}(?:{ways})(?:[^a-z0-9]|$)")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
