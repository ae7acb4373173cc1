"""What shoppers meant by words that the catalogue does not have."""

from __future__ import annotations

from collections import defaultdict

from tendero.catalog.search.question import Question
from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)
# Two slips only in a word of so many letters; in one of less than the other, only a letter that was left out.
_LONG = 8
_SHORT = 5
# Nobody means a word by more letters than these; comparing them would take seconds.
_LONGEST = 40
# A correction stands in the names or labels of so many products at least; in small catalogues of fewer.
_LEAST_PRODUCTS = 3


def corrections(transaction: Transaction, question: Question) -> dict[str, str]:
    """The catalogue's word for each word of the question that no product's name has and that seems misspelt.

    The nearest, and of these the most frequent: one slip away (a letter too few, too many, another, or two
    swapped), in long words two; one more where both sound alike. Words that the glossary knows stay.
    """
    strange = (word.text for word in question.words if not word.filler and not word.translations)
    words = [word for word in strange if len(word) <= _LONGEST]
    if not words:
        return {}
    likely: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for row in transaction.fetch(_SQL["likely"], words=words, long=_LONG, least=_LEAST_PRODUCTS):
        word, correction = row["word"], row["correction"]
        slips = distance(word, correction) - row["sounds_alike"]
        if _is_plausible(word, correction, slips):
            likely[word].append((slips, -row["named"], correction))
    return {word: min(found)[-1] for word, found in likely.items()}


def _is_plausible(word: str, correction: str, slips: int) -> bool:
    if len(word) < _SHORT:
        return slips <= 1 and len(correction) == len(word) + 1 and correction[0] == word[0]
    return slips <= (2 if len(word) >= _LONG else 1)


def distance(one: str, other: str) -> int:
    """How many slips lie between two words: letters too few, too many, others, or two neighbours swapped.

    Source: optimal string alignment (Damerau 1964, restricted to one edit of each letter).
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, its in enumerate(other, start=1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != its))
            if row > 1 and column > 1 and letter == other[column - 2] and its == one[row - 2]:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]
