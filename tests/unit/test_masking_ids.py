"""Ids at WhatsApp that tell who a customer is."""

from __future__ import annotations

import pytest

from tendero.platform.masking import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no message wamid.HBgLMzQ2MDAxMTEyMjIVAgARGBI= here", "no message wamid.*** here"),
        ("to whatsapp:US.13491208655302741918", "to whatsapp:US.***"),
        ("to US.ENT.11815799212886844830.", "to US.ENT.***."),
    ],
)
def test_a_customers_ids_are_not_logged(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize("text", ["SM0123456789abcdef0123456789abcdef", "See README.md", "U.S. dollars"])
def test_other_ids_and_words_stay(text: str) -> None:
    assert masked(text) == text
