"""Pictures small enough to make on the spot."""

from __future__ import annotations

import struct
import zlib

_SIDE = 16


def png(red: int, green: int, blue: int) -> bytes:
    """A square of one colour (PNG, W3C recommendation 2003: signature, IHDR, IDAT, IEND)."""
    rows = (b"\0" + bytes((red, green, blue)) * _SIDE) * _SIDE
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
