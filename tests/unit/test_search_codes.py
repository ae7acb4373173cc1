"""Codes in a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.search.codes import candidates, only_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ABC-123", "ABC-123"),
        ("¿tienen el ABC-123?", "ABC-123"),
        ("precio de woo-beanie-logo", "woo-beanie-logo"),
        ("busco (TX_90/B) gracias", "TX_90/B"),
        ("código: 4711, por favor", "4711"),
        ("Do you have SKU 88?", "88"),
        ("ref. A1", "A1"),
        ("el 8412345678905 lo tienen", "8412345678905"),
        ("código de barras 123456", "123456"),
        ("item no. 77", "77"),
        ("#5531", "5531"),
        ("K380 mouse", "K380"),
        ("Café Único", "Café Único"),
    ],
)
def test_what_looks_like_a_code_is_a_candidate(text: str, code: str) -> None:
    assert code in candidates(text)


@pytest.mark.parametrize(
    "text", ["quiero 2 tazas de 500 ml", "menos de 30.000 pesos", "talla 42 en rojo", "a - b"]
)
def test_amounts_and_sizes_are_none(text: str) -> None:
    assert candidates(text) == [text]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ROP-GOR", "ROP-GOR"),
        ("¿CAF-999?", "CAF-999"),
        ("woo-cap-99", "woo-cap-99"),
        ("8412345678905", "8412345678905"),
        ("sku 88", "88"),
        ("ref. A1", "A1"),
        ("t-shirt", ""),
        ("modelo nuevo", ""),
        ("TAZAS", ""),
        ("42", ""),
        ("¿tienen el ABC-123?", ""),
    ],
)
def test_a_message_is_only_a_code_where_nothing_else_is_said(text: str, code: str) -> None:
    assert only_code(text) == code


@given(st.text(max_size=200))
def test_candidates_are_few_short_and_part_of_the_text(text: str) -> None:
    found = candidates(text)
    assert len(found) <= 6
    assert all(each and len(each) <= 64 and each in text for each in found)
    assert len({each.lower() for each in found}) == len(found)
