"""Everyday shop words in three languages, so that a question in one finds a catalogue in another."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tendero.catalog.search.normalise import fold, root

_FILE = Path(__file__).with_name("glossary.txt")
_MODIFIERS = "[modifiers]"


@dataclass(slots=True)
class _Glossary:
    """By a word's root: the words that mean the same, in the file's order; and the roots of modifiers."""

    same: dict[str, dict[str, None]] = field(default_factory=dict)
    modifiers: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def add(self, meaning: list[str], *, modifiers: bool) -> None:
        for word in meaning:
            others = (each for each in meaning if root(each) != root(word))
            self.same.setdefault(root(word), {}).update(dict.fromkeys(others))
            (self.modifiers if modifiers else self.names).add(root(word))


def translations(word: str) -> tuple[str, ...]:
    """The words that mean the same as this folded one, in other languages and spellings; often none."""
    return tuple(_glossary().same.get(root(word), ()))


def is_modifier(word: str) -> bool:
    """Whether the folded word is known to describe a thing (a colour, a material) and not to name one."""
    return root(word) in _glossary().modifiers - _glossary().names


@cache
def _glossary() -> _Glossary:
    found = _Glossary()
    modifiers = False
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            modifiers = line.endswith(_MODIFIERS)
        elif line:
            meaning = [fold(word) for word in line.replace("|", " ").replace(",", " ").split()]
            found.add(meaning, modifiers=modifiers)
    return found
