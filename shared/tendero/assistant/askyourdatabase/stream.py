"""Reads the server-sent events of an answer.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream gives the form. Read
more kindly than there: events count without the empty line between them, and without one at the end.
"""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any


def text_of(pieces: Iterable[bytes], most: int) -> str:
    """The answer's text out of a body in pieces; no more is read once it has `most` characters.

    `{"isText": true, "content": …}` holds a part of it. Every other object (a query, its rows, the state of a
    function) and whatever is not JSON is left out; `[DONE]` may come or not.
    """
    parts: list[str] = []
    length = 0
    for each in _objects(pieces):
        content = each.get("content")
        if each.get("isText") is True and isinstance(content, str):
            parts.append(content)
            length += len(content)
            if length >= most:
                break
    return "".join(parts)


def _objects(pieces: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    data: list[str] = []
    for line in chain(_lines(pieces), [""]):
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line:
            yield from _event(data)
            data = []


def _event(data: list[str]) -> Iterator[dict[str, Any]]:
    """One object over several lines, or one in each line."""
    whole = _object("\n".join(data))
    for each in [whole] if whole is not None else map(_object, data):
        if each is not None:
            yield each


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Lines that end with CR, LF or both; a piece may end in the middle of a character or of CRLF."""
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder("utf-8-sig")("replace"), translate=True
    )
    begun: list[str] = []
    ended = ((piece, False) for piece in pieces)
    for piece, final in chain(ended, [(b"", True)]):
        first, *others = decoder.decode(piece, final).split("\n")
        begun.append(first)
        for line in others:
            yield "".join(begun)
            begun = [line]
    yield "".join(begun)
