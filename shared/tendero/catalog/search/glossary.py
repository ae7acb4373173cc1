"""Everyday shop words in three languages, so that a question in one finds a catalogue in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from tendero.catalog.search.normalise import root, words
from tendero.catalog.search.words import FUNCTION_WORDS

_FILE = Path(__file__).with_name("glossary.txt")
_SHADES = Path(__file__).with_name("shades.txt")
_LONGEST = 3


class Name(NamedTuple):
    """One way to say a thing: its folded `words` without function words. `telling` are those that say by
    themselves what it is; `english` puts the head last ("air fryer"), the other two first."""

    words: tuple[str, ...]
    telling: tuple[str, ...]
    english: bool


class Meaning(NamedTuple):
    """The names that mean the same, in the file's order, and the `kinds` in its heading."""

    names: tuple[Name, ...]
    kinds: frozenset[str]


_Index = dict[tuple[str, ...], list[tuple[Name, Meaning]]]


def translations(word: str) -> tuple[str, ...]:
    """The words that mean the same as this folded one, in other languages and spellings; often none."""
    return _same((word,))[0]


def all_translations(said: Sequence[str]) -> list[tuple[str, ...]]:
    """The same for each of these neighbours. Those of a compound ("gafas de sol") stand for it as a whole:
    each gets its other names of one word, and its counterpart in those of several."""
    found: list[tuple[str, ...]] = []
    while len(found) < len(said):
        rest = said[len(found) :]
        lengths = range(min(_LONGEST, len(rest)), 1, -1)
        length = next((each for each in lengths if _meant(tuple(rest[:each]))), 1)
        found += _same(tuple(rest[:length]))
    return found


def is_modifier(word: str) -> bool:
    """Whether the folded word is known to describe a thing (a colour, a material) and not to name one."""
    meant = _meant((word,))
    return bool(meant) and all("modifiers" in meaning.kinds for _, meaning in meant)


@cache
def colours() -> frozenset[str]:
    """Folded words that mean a colour and nothing else."""
    meant = (word for each in meanings() if "colours" in each.kinds for word in _single(each))
    return frozenset(filter(is_modifier, meant))


def shades(word: str) -> tuple[str, ...]:
    """What shops call shades of the colour that this folded word means, in all languages; often none."""
    meaning = {root(each) for each in (word, *translations(word))}
    return tuple(shade for head, known in _shades().items() if root(head) in meaning for shade in known)


@cache
def meanings() -> tuple[Meaning, ...]:
    """All that are known."""
    return tuple(_read(_FILE.read_text(encoding="utf-8").splitlines()))


def _read(lines: Sequence[str]) -> Iterator[Meaning]:
    kinds: frozenset[str] = frozenset()
    for line in lines:
        if line.startswith("#"):
            kinds = frozenset(line.partition("[")[2].rstrip("]").split(", "))
        elif line:
            columns = enumerate(line.split(" | "))
            names = (_name(each, place == 1) for place, column in columns for each in column.split(", "))
            yield Meaning(tuple(names), kinds)


def _name(spelled: str, english: bool) -> Name:
    marked = {word for part in spelled.split("*")[1:] for word in words(part)[:1]}
    said = tuple(word for word in words(spelled) if word not in FUNCTION_WORDS) or tuple(words(spelled))
    return Name(said, tuple(each for each in said if len(said) == 1 or each in marked), english)


@lru_cache(maxsize=4096)
def _same(said: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """For each of the words of one name, what stands for it in the other names."""
    found: list[dict[str, None]] = [{} for _ in said]
    for own, meaning in _meant(said):
        for other in meaning.names:
            for place, word in enumerate(said):
                others = (each for each in _counterparts(own, place, other) if root(each) != root(word))
                found[place].update(dict.fromkeys(others))
    return tuple(map(tuple, found))


def _counterparts(own: Name, place: int, other: Name) -> tuple[str, ...]:
    if len(own.words) == 1 or len(other.words) == 1:
        return other.telling
    ordered = other.words if own.english == other.english else other.words[::-1]
    return (ordered[place * (len(ordered) - 1) // (len(own.words) - 1)],)


def _meant(said: tuple[str, ...]) -> list[tuple[Name, Meaning]]:
    """The names spelled like this, with what they mean; else those of its singular, else of another form: a
    rope is no `ropa`."""
    spelled, rooted = _index()
    return (
        spelled.get(said)
        or spelled.get(tuple(each.removesuffix("s") for each in said))
        or rooted.get(_roots(said), [])
    )


def _roots(said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(root, said))


@cache
def _index() -> tuple[_Index, _Index]:
    """The names and their meanings by the words as they are spelled, and by their roots."""
    spelled: _Index = {}
    rooted: _Index = {}
    for meaning in meanings():
        for name in meaning.names:
            spelled.setdefault(name.words, []).append((name, meaning))
            rooted.setdefault(_roots(name.words), []).append((name, meaning))
    return spelled, rooted


def _single(meaning: Meaning) -> Iterator[str]:
    return (name.words[0] for name in meaning.names if len(name.words) == 1)


@cache
def _shades() -> dict[str, list[str]]:
    lines = _SHADES.read_text(encoding="utf-8").splitlines()
    parts = (line.partition(" | ") for line in lines if not line.startswith("#"))
    return {head: known.split() for head, _, known in parts}
