"""Numbers as shops send them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.numbers import amount

prices = st.decimals(min_value=0, max_value=10**9, places=2)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("15", "15"),
        ("140.12", "140.12"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("19,99", "19.99"),
        ("1,234", "1234"),
        ("1 234,50 €", "1234.50"),
        ("€ 12", "12"),
        ("1'234.50", "1234.50"),
        (".5", "0.5"),
        (19.99, "19.99"),
        (0, "0"),
        ("-5", "-5"),
    ],
)
def test_prices_are_read_in_every_usual_form(sent: Any, meant: str) -> None:
    assert amount(sent) == Decimal(meant)


@pytest.mark.parametrize("sent", ["", None, False, float("nan"), "NaN"])
def test_nothing_is_none(sent: Any) -> None:
    assert amount(sent) is None


@pytest.mark.parametrize(
    "sent", ["abc", "1.2.3", "2 x 15", "-", True, [], {}, "inf", float("inf"), 10**11, "1e99"]
)
def test_what_is_no_number_is_refused(sent: Any) -> None:
    with pytest.raises(ValueError, match=r"is not a number|is too large"):
        amount(sent)


@given(prices)
def test_a_price_survives_its_own_writing(price: Decimal) -> None:
    assert amount(str(price)) == price
    assert amount(f"{price:,}") == price
    assert amount(f"{price:,}".translate(str.maketrans(",.", ".,"))) == price


@given(st.text() | st.floats() | st.integers() | st.booleans() | st.none() | st.lists(st.integers()))
def test_anything_is_a_number_nothing_or_refused(value: Any) -> None:
    try:
        found = amount(value)
    except ValueError:
        return
    assert found is None or found.is_finite()
