"""Prices as text, and back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.assistant.money import format_price
from tendero.catalog.amounts import amounts

CURRENCIES = [
    "EUR",
    "USD",
    "GBP",
    "BRL",
    "ARS",
    "CLP",
    "COP",
    "MXN",
    "PEN",
    "GTQ",
    "HNL",
    "UYU",
    "CHF",
    "CRC",
]


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        ("19.9", "EUR", "es", "19,90 €"),
        ("19.9", "EUR", "pt", "19,90 €"),
        ("19.9", "EUR", "en", "€19.90"),
        ("1250", "ARS", "es", "$ 1.250,00"),
        ("49.9", "BRL", "pt", "R$ 49,90"),
        ("49.9", "BRL", "en", "R$49.90"),
        ("1250.5", "MXN", "es", "$ 1,250.50"),
        ("1250.5", "USD", "en", "$1,250.50"),
        ("12990", "CLP", "es", "$ 12.990"),
        ("1234567.891", "EUR", "es", "1.234.567,89 €"),
        ("0", "EUR", "es", "0,00 €"),
        ("20", "CHF", "en", "CHF 20.00"),
        ("20", None, "es", "20,00"),
    ],
)
def test_prices_are_written_as_language_and_currency_ask(
    amount: str, currency: str | None, language: str, text: str
) -> None:
    assert format_price(Decimal(amount), currency, language) == text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("cuesta 1.250,00 €", ["1250.00"]),
        ("1,250.00 USD", ["1250.00"]),
        ("R$49,90", ["49.90"]),
        ("$ 1.250", ["1250"]),
        ("S/ 12.50", ["12.50"]),
        ("1 250,00 €", ["1250.00"]),
        ("entre 10 y 12,5 euros", ["10", "12.5"]),
        ("0,125 l", ["0.125"]),
        ("1,234,567.89", ["1234567.89"]),
        ("talla M 42, 2 unidades", ["42", "2"]),
        ("v1.2.3 CAF-102 ABC123", []),
        ("sin números", []),
    ],
)
def test_amounts_are_found_in_both_decimal_styles(text: str, values: list[str]) -> None:
    assert [each.value for each in amounts(text)] == list(map(Decimal, values))


@pytest.mark.parametrize(
    ("text", "currency", "possible"),
    [
        ("20 €", "EUR", True),
        ("20 €", "USD", False),
        ("$20", "MXN", True),
        ("$20", "USD", True),
        ("$20", "EUR", False),
        ("20 euros", "EUR", True),
        ("20 reais", "BRL", True),
        ("20", "EUR", True),
        ("R$ 20", "USD", False),
    ],
)
def test_a_currency_mark_tells_which_currencies_it_may_mean(text: str, currency: str, possible: bool) -> None:
    (amount,) = amounts(text)
    assert amount.can_be(currency) is possible


@given(
    st.decimals(min_value=0, max_value=99_999_999, places=2),
    st.sampled_from(CURRENCIES),
    st.sampled_from(["es", "en", "pt"]),
    st.sampled_from(["", "cuesta ", "Precio: ", "(", "- "]),
    st.sampled_from(["", ".", ", y", ")", " hoy"]),
)
def test_a_written_price_is_read_back(
    amount: Decimal, currency: str, language: str, before: str, after: str
) -> None:
    written = format_price(amount, currency, language)
    (found,) = amounts(before + written + after)
    assert found.value == amount
    assert found.can_be(currency)
    assert (before + written + after)[found.start : found.end] == written


@given(st.text(max_size=200))
def test_any_text_can_be_searched_for_amounts(text: str) -> None:
    for found in amounts(text):
        assert 0 <= found.start < found.end <= len(text)
