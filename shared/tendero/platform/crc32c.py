"""CRC-32C, the checksum that Google's APIs send beside data (RFC 3720, appendix B.4)."""

from __future__ import annotations

from functools import cache

_POLYNOMIAL = 0x82F63B78


def crc32c(data: bytes) -> int:
    """The checksum of a few kilobytes, 0 to 2³²-1."""
    table = _table()
    value = 0xFFFFFFFF
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


@cache
def _table() -> tuple[int, ...]:
    return tuple(_entry(byte) for byte in range(256))


def _entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (_POLYNOMIAL if value & 1 else 0)
    return value
