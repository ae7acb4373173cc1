"""Everyday shop words in three languages, so that a question in one finds a catalogue in another."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tendero.catalog.search.normalise import fold, root

_FILE = Path(__file__).with_name("glossary.txt")


def translations(word: str) -> tuple[str, ...]:
    """The words that mean the same as this folded one, in other languages and spellings; often none."""
    return _by_root().get(root(word), ())


@cache
def _by_root() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        meaning = [fold(word) for word in line.replace("|", " ").replace(",", " ").split()]
        for word in meaning:
            others = (each for each in meaning if root(each) != root(word))
            found.setdefault(root(word), {}).update(dict.fromkeys(others))
    return {key: tuple(others) for key, others in found.items()}
