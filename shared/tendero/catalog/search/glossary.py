"""Everyday shop words in three languages, so that a question in one finds a catalogue in another."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tendero.catalog.search.normalise import fold, root

_FILE = Path(__file__).with_name("glossary.txt")
_SHADES = Path(__file__).with_name("shades.txt")
_HEADING = re.compile(r"\[(.+)\]$")


@dataclass(slots=True)
class _Glossary:
    """By a word's root: the words that mean the same, in the file's order. The roots of modifiers and of
    names of things; the words for colours."""

    same: dict[str, dict[str, None]] = field(default_factory=dict)
    modifiers: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    colours: set[str] = field(default_factory=set)

    def add(self, meaning: list[str], kinds: Collection[str]) -> None:
        for word in meaning:
            others = (each for each in meaning if root(each) != root(word))
            self.same.setdefault(root(word), {}).update(dict.fromkeys(others))
            (self.modifiers if "modifiers" in kinds else self.names).add(root(word))
        self.colours.update(meaning if "colours" in kinds else ())


def translations(word: str) -> tuple[str, ...]:
    """The words that mean the same as this folded one, in other languages and spellings; often none."""
    return tuple(_glossary().same.get(root(word), ()))


def is_modifier(word: str) -> bool:
    """Whether the folded word is known to describe a thing (a colour, a material) and not to name one."""
    return root(word) in _glossary().modifiers - _glossary().names


def colours() -> frozenset[str]:
    """Folded words that mean a colour and nothing else."""
    return frozenset(filter(is_modifier, _glossary().colours))


def shades(word: str) -> tuple[str, ...]:
    """What shops call shades of the colour that this folded word means, in all languages; often none."""
    meaning = {root(each) for each in (word, *translations(word))}
    return tuple(shade for head, known in _shades().items() if root(head) in meaning for shade in known)


@cache
def _shades() -> dict[str, list[str]]:
    lines = _SHADES.read_text(encoding="utf-8").splitlines()
    parts = (line.partition(" | ") for line in lines if not line.startswith("#"))
    return {head: known.split() for head, _, known in parts}


@cache
def _glossary() -> _Glossary:
    found = _Glossary()
    kinds: list[str] = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = _HEADING.search(line)
            kinds = heading[1].split(", ") if heading else []
        elif line:
            meaning = [fold(word) for word in line.replace("|", " ").replace(",", " ").split()]
            found.add(meaning, kinds)
    return found
