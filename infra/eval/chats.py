"""What a shop's customers searched for, from its chats or from a list, without what tells who they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.eval.rows import BadFile
from tendero.assistant.templates.intent import read
from tendero.assistant.words import words
from tendero.catalog.text import clean
from tendero.platform.database import Database
from tendero.platform.masking import masked
from tendero.platform.sql import load

_SQL = load(__file__)
# Different messages that are looked at, the most common ones.
_MOST_MESSAGES = 20_000
# A longer message tells a story; nobody types it into a search.
_MOST_WORDS = 20
_HIDDEN = "•••"
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
# A phone number as it is written within its country, with blanks, dots, dashes or brackets.
_NUMBER = re.compile(r"(?<![\w.,])\(?\d(?:[ ().-]{0,2}\d){7,14}(?!\w)")


@dataclass(frozen=True, slots=True)
class Query:
    """A search, and the number of conversations it came up in; 0 where that is not known."""

    text: str
    conversations: int = 0


def asked(database: Database, most: int) -> list[Query]:
    """The customers' searches in the chats, the most frequent first: neither small talk, nor follow-ups that
    name no product, nor bare codes, which need no judging."""
    found: dict[tuple[str, ...], Query] = {}
    for row in database.fetch(_SQL["asked"], most=_MOST_MESSAGES):
        text = anonymous(row["content"])
        key = tuple(words(text))
        if not 0 < len(key) <= _MOST_WORDS or not _searches(text):
            continue
        # The most common way to write it comes first, and stands for the others.
        before = found.get(key, Query(text))
        found[key] = Query(before.text, before.conversations + row["conversations"])
    return sorted(found.values(), key=lambda each: -each.conversations)[:most]


def listed(file: Path, most: int) -> list[Query]:
    """The queries of a text file, one a line. Raises BadFile."""
    try:
        texts = [anonymous(line) for line in file.read_text(encoding="utf-8-sig").split("\n")]
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{file} cannot be read: {error}.") from error
    return [Query(text) for text in dict.fromkeys(filter(None, texts))][:most]


def shown(database: Database) -> Iterator[int]:
    """Ids of the products that a search of the shop can give, without their variations."""
    return (row["id"] for row in database.fetch(_SQL["shown"]))


def anonymous(text: str) -> str:
    """On one line, and without e-mail addresses, phone numbers and secrets."""
    return str(masked(_NUMBER.sub(_HIDDEN, _ADDRESS.sub(_HIDDEN, " ".join(clean(text).split())))))


def _searches(text: str) -> bool:
    intent = read(text)
    return intent.names_product and not intent.code
