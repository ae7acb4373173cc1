"""Words of a question, folded, and the roots by which forms of one word are known as such."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# A number keeps its decimals and its inch sign; the database's search_fold reads both.
_WORD = re.compile(r"\d+(?:[.,]\d+)+[^\W_]*|[^\W_]+(?:(?<=\d)(?:\"|”|″|''))?")
_ENDINGS = (
    (re.compile(r"(?<=[aeou])is$"), "l"),
    (re.compile(r"(?<=[acsnrbtxl])oes$"), "ao"),
    (re.compile(r"(?<=\w\w)ces$"), "z"),
    (re.compile(r"(?<=\w{3})ies$"), "y"),
    (re.compile(r"(?<=\w\w[lrndzxjh])es$"), ""),
    (re.compile(r"(?<=\w{2})(?<!s)s$"), ""),
)
_LAST_VOWEL = re.compile(r"(?<=\w{3})[aeo]$")


def fold(text: str) -> str:
    """Lower case without accents, as the database's search_fold."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(each for each in decomposed if not "\u0300" <= each <= "\u036f").lower()


def spoken_words(text: str) -> list[str]:
    """The words and numbers of a text in lower case, in order, accents kept."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def words(text: str) -> list[str]:
    """The folded words and numbers of a text, in order."""
    return [fold(word) for word in spoken_words(text)]


@lru_cache(maxsize=8192)
def root(word: str) -> str:
    """A folded word without plural and last vowel: `rojas`, `rojo` → `roj`. Made for looking words up."""
    if any(each.isdigit() for each in word):
        return word
    for pattern, ending in _ENDINGS:
        if pattern.search(word):
            word = pattern.sub(ending, word)
            break
    return _LAST_VOWEL.sub("", word)
