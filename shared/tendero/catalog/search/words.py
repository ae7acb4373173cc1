"""Words that say little: those that build sentences, and those that only ask."""

from __future__ import annotations

from pathlib import Path


def _read(name: str) -> frozenset[str]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


FUNCTION_WORDS = _read("function_words.txt")
FILLERS = _read("fillers.txt") - FUNCTION_WORDS
