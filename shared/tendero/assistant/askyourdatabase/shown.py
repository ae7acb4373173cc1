"""What of an answer may be shown: written by others, about rows that nobody here has checked."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from tendero.assistant import links
from tendero.assistant.templates import shortened

_VERBS = r"select|with|insert|update|delete|create|alter|drop|truncate|explain|grant"
_SQL = re.compile(rf"\s*(?:--[^\n]*\s*)*(?:{_VERBS})\b", re.IGNORECASE)
_SQL_NAME = re.compile(r"(?:\w*sql\w*|sqlite)", re.IGNORECASE)
_FENCED = re.compile(r"```[ \t]*([\w+-]*)[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_QUOTED = re.compile(rf"`\s*(?:{_VERBS})\b[^`\n]*\b(?:from|into|set|table|as)\b[^`\n]*`", re.IGNORECASE)
# In capitals only: "select a size from the list" is English. Up to its semicolon or an empty line.
_LINE = r"(?:(?!\n[ \t]*\n)[^;])"
_BARE = re.compile(
    rf"^[ \t>]*(?:SELECT\b{_LINE}*?\bFROM\b|WITH\s+\w+\s+AS\s*\(|INSERT\s+INTO\b|UPDATE\s+\S+\s+SET\b"
    rf"|DELETE\s+FROM\b){_LINE}*;?[ \t]*",
    re.MULTILINE,
)
_GAPS = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


@dataclass(frozen=True, slots=True)
class Shown:
    """A text for customers, "" where nothing is left, and notes on what was taken out."""

    text: str
    notes: tuple[str, ...] = ()


def shown(answer: str, hosts: Collection[str], most: int) -> Shown:
    """An answer without SQL and without links to other hosts, at most `most` characters, in plain text."""
    from tendero.assistant.speaker import plain

    notes: list[str] = []
    without_sql = _BARE.sub("", _QUOTED.sub("", _FENCED.sub(_kept, answer)))
    if without_sql != answer:
        notes.append("SQL was left out of the answer")
    text, foreign = links.without_foreign(without_sql, hosts)
    if foreign:
        named = ", ".join(dict.fromkeys(map(links.host, foreign)))
        notes.append(f"links were left out of the answer: {named}")
    text = plain(_GAPS.sub("\n\n", text))
    if len(text) > most:
        notes.append(f"the answer was cut at {most} characters")
    return Shown(shortened(text, most), tuple(notes))


def _kept(fence: re.Match[str]) -> str:
    """What a fence holds stays, without the fence, unless it is SQL."""
    return "" if _SQL_NAME.fullmatch(fence[1]) or _SQL.match(fence[2]) else fence[2]
