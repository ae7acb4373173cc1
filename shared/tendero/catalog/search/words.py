"""Words that say little: those that build sentences, and those that only ask."""

from __future__ import annotations

from pathlib import Path

from tendero.catalog.search.normalise import fold


def read_words(name: str) -> frozenset[str]:
    """The words of a file of this folder."""
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


FUNCTION_WORDS = read_words("function_words.txt")
_SPELLED = read_words("fillers.txt")
_FOLDED = frozenset(map(fold, _SPELLED))


def is_filler(spoken: str) -> bool:
    """Whether a word in lower case only asks. Without accents it may be any spelling; `té` is not `te`."""
    return spoken in _SPELLED or (spoken in _FOLDED and spoken == fold(spoken))
