"""Numbers and prices found in any text, however languages and currencies write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from tendero.catalog.folding import fold


@dataclass(frozen=True, slots=True)
class Amount:
    """A number found in a text at `start`…`end` (its currency included).

    `mark` is the currency's sign, code or name as folded there, empty when none stands beside the number;
    `number` is the number as written.
    """

    value: Decimal
    mark: str
    number: str
    start: int
    end: int

    def can_be(self, currency: str | None) -> bool:
        """Whether the mark may mean this currency: a bare `$` means any dollar or peso."""
        if not self.mark or not currency:
            return True
        return currency.upper() in _MEANINGS.get(self.mark, {self.mark.upper()})


_PESOS = {"ARS", "UYU", "CLP", "COP", "MXN", "DOP"}
_MEANINGS: dict[str, set[str]] = {
    "€": {"EUR"},
    "euro": {"EUR"},
    "euros": {"EUR"},
    "$": {"USD", "CAD", "AUD", *_PESOS},
    "us$": {"USD"},
    "u$s": {"USD"},
    "dolar": {"USD"},
    "dolares": {"USD"},
    "dollar": {"USD", "CAD", "AUD"},
    "dollars": {"USD", "CAD", "AUD"},
    "mx$": {"MXN"},
    "peso": _PESOS,
    "pesos": _PESOS,
    "r$": {"BRL"},
    "real": {"BRL"},
    "reais": {"BRL"},
    "reales": {"BRL"},
    "£": {"GBP"},
    "libras": {"GBP"},
    "pounds": {"GBP"},
    "soles": {"PEN"},
    "quetzales": {"GTQ"},
    "¥": {"JPY", "CNY"},
    "bs": {"BOB", "VES"},
    "bs.": {"VES", "BOB"},
    "rd$": {"DOP"},
    "c$": {"NIO", "CAD"},
    "$u": {"UYU"},
    "₲": {"PYG"},
    "₡": {"CRC"},
    "s/": {"PEN"},
    "s/.": {"PEN"},
    "b/.": {"PAB"},
    "q": {"GTQ"},
    "l": {"HNL"},
}
CURRENCY_WORDS = frozenset(mark for mark in _MEANINGS if mark.isalpha() and len(mark) > 2)
_CODES = "|".join(sorted({*chain(*_MEANINGS.values()), "CHF"})).lower()
_BEFORE = (
    rf"(?:us\$|u\$s|mx\$|rd\$|r\$|c\$|\$u|\$|€|£|¥|₲|₡|s/\.?|b/\.|\bbs\.?|\b(?:{_CODES})\b"
    # A size (`L 2 unidades`) is no amount of lempiras: those letters need the two decimals after them.
    r"|\b[ql](?=\s?[\d,]+\.\d\d\b))"
)
_AFTER = (
    rf"(?:us\$|u\$s|mx\$|r\$|\$|€|£|¥|(?:{_CODES}|euros?|dolar(?:es)?|dollars?|pesos?|reais|reales|real"
    r"|libras|pounds|soles|quetzales|bs)\b)"
)
# Thousands in groups of three with one kind of separator, then decimals after the other; or a plain number.
_NUMBER = (
    r"\d{1,3}(?:(?P<sep>[.,'’ \u00a0\u202f])\d{3})(?:(?P=sep)\d{3})*(?:(?!(?P=sep))[.,]\d{1,4})?(?!\d)"
    r"|\d+(?:[.,]\d+)?"
)
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?<![a-z]-)(?P<before>{_BEFORE})?\s?(?P<number>{_NUMBER})(?:\s?(?P<after>{_AFTER}))?"
)


def amounts(text: str) -> list[Amount]:
    """Every number of a text that stands by itself, in order, with the currency beside it if any.

    Reads both decimal styles and thousands: `1.250,00`, `1,250.00`, `1 250`, `1.250` (a thousand two
    hundred and fifty, as prices have no third decimal), `0,125`.
    """
    found = []
    for match in _AMOUNT.finditer(fold(text)):
        mark = match["after"] or match["before"] or ""
        start = match.start() if match["before"] else match.start("number")
        found.append(Amount(_value(match["number"]), mark, match["number"], start, match.end()))
    return found


def _value(number: str) -> Decimal:
    digits = re.sub(r"['’\s]", "", number)
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return Decimal(digits)
    whole, decimals = digits[:last], digits[last + 1 :]
    grouped = len(decimals) == 3 and not whole.startswith("0")
    mixed = "." in whole or "," in whole
    if grouped and (not mixed or digits[last] in whole):
        return Decimal(re.sub(r"[.,]", "", digits))
    return Decimal(re.sub(r"[.,]", "", whole) + "." + decimals)
