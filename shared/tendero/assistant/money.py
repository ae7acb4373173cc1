"""Prices as text, written the way a language and a currency write them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class _Currency:
    """`comma` is whether Spanish and Portuguese write its decimals after a comma."""

    symbol: str
    decimals: int = 2
    comma: bool = True
    after: bool = False


_CURRENCIES = {
    "EUR": _Currency("€", after=True),
    "USD": _Currency("US$"),
    "GBP": _Currency("£"),
    "BRL": _Currency("R$"),
    "ARS": _Currency("$"),
    "UYU": _Currency("$U"),
    "CLP": _Currency("$", decimals=0),
    "COP": _Currency("$", decimals=0),
    "PYG": _Currency("₲", decimals=0),
    "JPY": _Currency("¥", decimals=0),
    "MXN": _Currency("$", comma=False),
    "PEN": _Currency("S/", comma=False),
    "GTQ": _Currency("Q", comma=False),
    "HNL": _Currency("L", comma=False),
    "NIO": _Currency("C$", comma=False),
    "DOP": _Currency("RD$", comma=False),
    "PAB": _Currency("B/.", comma=False),
    "CRC": _Currency("₡"),
    "BOB": _Currency("Bs"),
    "VES": _Currency("Bs."),
}
_ENGLISH_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "BRL": "R$", "MXN": "MX$", "JPY": "¥"}


def format_price(amount: Decimal, currency: str | None, language: str) -> str:
    """An amount as a customer reads it: `19,90 €`, `€19.90`, `$ 1.250,00`, `R$ 49,90`.

    Without a currency only the number is written. An amount finer than the currency's decimals is rounded
    half up to two decimals.
    """
    code = (currency or "").upper()
    known = _CURRENCIES.get(code, _Currency(code))
    decimals = known.decimals if amount == amount.to_integral_value() else 2
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    number = f"{rounded:,f}"
    if language != "en" and known.comma:
        number = number.translate(str.maketrans(",.", ".,"))
    if not code:
        return number
    if language == "en":
        symbol = _ENGLISH_SYMBOLS.get(code)
        return f"{symbol}{number}" if symbol else f"{code} {number}"
    return f"{number} {known.symbol}" if known.after else f"{known.symbol} {number}"
