"""PostgreSQL's binary COPY format, for writing many rows at once.

Source of the format: PostgreSQL manual, "COPY", section "Binary Format".
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

Encode = Callable[[Any], bytes]

_HEADER = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
_TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
# One message of the protocol each: large enough to make flushes rare, small enough to keep memory low.
_CHUNK_BYTES = 256 * 1024
_TEXT_OID = 25
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

_length = struct.Struct("!i").pack
_fields = struct.Struct("!h").pack
_int8 = struct.Struct("!q").pack
_array_head = struct.Struct("!iIIii").pack


def text(value: Any) -> bytes:
    """For `text`. Decimals go this way too, cast to numeric by the statement that reads them."""
    return str(value).encode()


def boolean(value: bool) -> bytes:
    return b"\1" if value else b"\0"


def bigint(value: int) -> bytes:
    return _int8(value)


def timestamptz(value: datetime) -> bytes:
    """Raises TypeError for a time without a zone."""
    since = value - _EPOCH
    return _int8((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def text_array(values: Sequence[str]) -> bytes:
    """For `text[]`, one-dimensional."""
    if not values:
        return struct.pack("!iII", 0, 0, _TEXT_OID)
    encoded = [value.encode() for value in values]
    head = _array_head(1, 0, _TEXT_OID, len(encoded), 1)
    return head + b"".join(_length(len(each)) + each for each in encoded)


def jsonb(value: Any) -> bytes:
    return b"\1" + as_json(value).encode()


def as_json(value: Any) -> str:
    """Compact JSON, for a parameter cast to `jsonb` too."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def raw(value: bytes) -> bytes:
    """For values already in PostgreSQL's binary form, as `pgvector.HalfVector.to_binary` gives them."""
    return value


def rows(columns: Sequence[Encode], values: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The bytes of a `COPY … FROM STDIN (FORMAT binary)`, in chunks.

    `columns` holds one encoder per column, in the order of the statement; a value of None is NULL.
    """
    width, chunk = _fields(len(columns)), bytearray(_HEADER)
    for row in values:
        chunk += width
        for encode, value in zip(columns, row, strict=True):
            if value is None:
                chunk += _NULL
            else:
                encoded = encode(value)
                chunk += _length(len(encoded))
                chunk += encoded
        if len(chunk) >= _CHUNK_BYTES:
            yield bytes(chunk)
            chunk.clear()
    chunk += _TRAILER
    yield bytes(chunk)
