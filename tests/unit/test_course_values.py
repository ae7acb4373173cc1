"""What people type into a course table, read as values."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.courses import values


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ("4500", "4500"),
        ("$4,500.00", "4500"),
        ("4.500 €", "4500"),
        ("$ 1.250.000 MXN", "1250000"),
        ("1.250,50", "1250.5"),
        ("99,90", "99.9"),
        ("12.5", "12.5"),
        ("0.125", "0.125"),
        (" Gratis ", "0"),
        (Decimal("4.500"), "4.5"),
        (4500, "4500"),
    ],
)
def test_a_price_is_read_as_it_was_meant(written: Any, price: str) -> None:
    assert values.price(written) == Decimal(price)


@pytest.mark.parametrize("written", [None, "", "  "])
def test_no_price_is_none(written: str | None) -> None:
    assert values.price(written) is None


@pytest.mark.parametrize("written", ["a consultar", "100 o 200", "1e99"])
def test_what_is_no_price_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is "):
        values.price(written)


@given(st.decimals(min_value=0, max_value=9_999_999, places=2))
def test_a_price_written_with_two_decimals_in_either_way_is_itself(price: Decimal) -> None:
    english = f"{price:,.2f}"
    spanish = english.translate(str.maketrans(",.", ".,"))
    assert values.price(english) == values.price(f"{spanish} €") == price


@given(st.none() | st.text() | st.integers() | st.booleans() | st.decimals() | st.datetimes())
def test_no_value_breaks_the_reading(value: Any) -> None:
    values.line(value), values.text(value), values.currency(value), values.address(value)
    values.whole(value), values.day(value), values.is_on(value)
    with suppress(ValueError):
        values.price(value)


def test_a_day_comes_from_dates_times_and_text() -> None:
    for written in (date(2026, 3, 1), datetime(2026, 3, 1, 18, 0), "2026-03-01", "2026-03-01 18:00"):
        assert values.day(written) == date(2026, 3, 1)
    assert values.day("pronto") is None


def test_only_a_word_that_says_so_hides() -> None:
    for shown in (None, "", "active", "Publicado", True, "abierto"):
        assert values.is_on(shown), shown
    for hidden in (False, "Inactivo", "draft", "0"):
        assert not values.is_on(hidden), hidden


def test_a_currency_is_a_code() -> None:
    assert [values.currency(each) for each in ("eur", " MXN ", "$", None, "pesos")] == [
        "EUR",
        "MXN",
        None,
        None,
        None,
    ]
