"""Token counts good enough for limits and usage: the real tables would have to be downloaded."""

from __future__ import annotations


def approximate_tokens(text: str) -> int:
    """Four UTF-8 bytes count as one token, rounded up."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)
