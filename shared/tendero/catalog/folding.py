"""Letters without accents, where positions matter."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    return (unicodedata.normalize("NFKD", character) or character)[0].lower()[0]


def fold(text: str) -> str:
    """Lower case without accents, character by character: positions in the result are those in `text`.

    Combining accents that stand alone are kept; normalise to NFC first where they can occur.
    """
    return "".join(map(_folded, text))
