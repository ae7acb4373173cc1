"""Price limits in a question: "menos de $30.000", "between 20 and 40 euros", "até R$ 100", "50 o menos"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tendero.catalog.amounts import Amount, amounts
from tendero.catalog.folding import fold
from tendero.catalog.search.words import read_words


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most to pay, None where nothing is said; `spans` are the places that say it."""

    low: Decimal | None = None
    high: Decimal | None = None
    spans: tuple[tuple[int, int], ...] = ()


def _either(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


_ABOUT = Decimal("0.25")
_SMALL = r"\s*(?:(?:de|a|los|las|o|os|un|unos|uns|the|r\$|\$|€)\s*)*$"
_LEAD = (
    r"(?:\b(?:que\s+)?(?:cuesten?|valgan?|salgan?|custem?|costing|priced|precios?|precos?|price|presupuesto"
    r"|orcamento|budget)\s+(?:de\s+|entre\s+)?)?"
)
_AT_MOST = _either(
    r"(?:no|nao)\s+(?:mas|mais)\s+(?:de|que|do que)",
    r"(?:que\s+)?(?:no|nao)\s+(?:pasen?|superen?|excedan?|cuesten?\s+mas|passem?|ultrapassem?|custem?\s+mais)"
    r"(?:\s+(?:de|que))?",
    r"menos\s+(?:de|que|do que)|(?:por\s+)?debajo\s+de|abaixo\s+de|hasta|ate|(?:no\s+)?maximo(?:\s+de)?|max",
    r"como\s+mucho|a\s+lo\s+sumo|tope(?:\s+de)?|inferior(?:es)?\s+a|menor(?:es)?\s+(?:de|que|a)",
    r"mas\s+barat[oa]s?\s+(?:de|que)|mais\s+barat[oa]s?\s+(?:do\s+)?que|(?:presupuesto|orcamento)(?:\s+de)?",
    r"(?:no|not)\s+more\s+than|not\s+over|under|below|beneath|(?:less|lower|cheaper)\s+than|up\s+to|at\s+most",
    r"maximum(?:\s+of)?|budget(?:\s+(?:is|of))?|<=?",
)
_AT_LEAST = _either(
    r"(?:no|nao)\s+menos\s+(?:de|que|do que)|not?\s+less\s+than",
    r"ma(?:s|is)\s+(?:de|que|do\s+que)|desde|a\s+partir\s+d[eo]s?|minimo(?:\s+de)?|no\s+minimo",
    r"(?:por\s+lo|al|pelo)\s+menos|por\s+encima\s+de|acima\s+de|superior(?:es)?\s+a|mayor(?:es)?\s+(?:de|que|a)",
    r"maior(?:es)?\s+(?:de|que)|over|above|more\s+than|at\s+least|starting\s+at|minimum(?:\s+of)?|min|>=?",
)
_NEARLY = _either(
    r"unos|unas|alrededor\s+de|cerca\s+de|aproximadamente|mas\s+o\s+menos|mais\s+ou\s+menos|por\s+volta\s+de",
    r"about|around|approximately|roughly|some",
)
_BEFORE = {
    "high": re.compile(rf"{_LEAD}(?<![\w]){_AT_MOST}{_SMALL}"),
    "low": re.compile(rf"{_LEAD}(?<![\w]){_AT_LEAST}{_SMALL}"),
    "near": re.compile(rf"{_LEAD}(?<![\w]){_NEARLY}{_SMALL}"),
}
# A price alone is the most that somebody would pay; without a currency it takes more than "de 20".
_PAID = re.compile(rf"{_LEAD}(?:\b(?:por|de|a|for|at|within|from)\s*)?$")
_PAID_BARE = re.compile(r"\bpor\s*$")
_AFTER = {
    "high": re.compile(
        r"\s*(?:,\s*)?(?:(?:o|ou|or|y)\s+(?:menos|less|under|below|menor|abaixo|mais\s+barato|mas\s+barato|cheaper)"
        r"|como\s+mucho|(?:de\s+)?(?:maximo|tope)|no\s+maximo|max|at\s+most|maximum)\b"
    ),
    "low": re.compile(
        r"\s*(?:(?:o|ou|or|y|e|and)\s+(?:mas|mais|more|up|above|over|mayor|acima)\b|en\s+adelante\b|para\s+cima\b"
        r"|\+)"
    ),
}
_RANGE_BEFORE = re.compile(rf"{_LEAD}(?<![\w])(?:entre|between|desde|from)\s*(?:los|las|os|the)?\s*$")
_LOOSE_BEFORE = re.compile(rf"{_LEAD}(?:\bde\s*)?$")
_RANGE_BETWEEN = re.compile(
    r"\s*(?:y|e|a|and|to|until|hasta|ate|o|ou|or)\s+(?:los\s+|las\s+|os\s+)?|\s*[-–—]\s*"
)
_THOUSANDS = re.compile(
    r"\s?(?:mil|k|thousand)\b(?:\s*(?:de\s+)?(?P<mark>€|\$|euros?|pesos|dolares|dollars|reais))?"
)
# What is counted or measured is no price; nor what a size word, a number sign or a fraction stands before.
# What numbers measure or count.
COUNTED = read_words("counted.txt")
_UNITS = "|".join(sorted(COUNTED, key=len, reverse=True))
_COUNTED = re.compile(
    r"\s?(?:%|°|º|ª|\"|”|″|'|x\s?\d|×|/\s?\d|por\s+cien)"
    rf"|\s?-?(?:{_UNITS})\b|\s?in\b(?!\s+(?:the|an?|any|my|stock|size|red|black|white|blue|green|gr[ae]y|pink)\b)"
)
_NUMBERED = re.compile(
    r"(?:\b(?:tallas?|talles?|sizes?|tamanos?|tamanhos?|numeros?|number|modelos?|model|item|sku|ref|codigos?|code"
    r"|n|no|nro)[\s.:º°#]*(?:(?:de|del|eu|us|uk|entre|between|from|desde)\s+)*|#|\d\s?[/x×]\s?)$"
)


def limits(text: str) -> Limits:
    """The price limits that a text in Spanish, English or Portuguese names.

    A bare number counts with words such as "under" or "entre" only, a marked one ("50 €") is the most to
    pay, "unos 50" a quarter more or less. Sizes, measures and counts are no prices. Of several limits on one
    side the tightest holds; where none can hold together, the later ones do not.
    """
    reading = _Reading(fold(text))
    found = list(reading.limits())
    low = max((each.low for each in found if each.low is not None), default=None)
    high = min((each.high for each in found if each.high is not None), default=None)
    if low is not None and high is not None and low > high:
        return Limits(found[0].low, found[0].high, found[0].spans)
    return Limits(low, high, tuple(span for each in found for span in each.spans))


class _Reading:
    """One folded text and the amounts in it that may be prices."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._amounts = [self._whole(each) for each in amounts(text)]

    def limits(self) -> Iterable[Limits]:
        place = 0
        while place < len(self._amounts):
            pair = self._amounts[place : place + 2]
            found = self._range(*pair) if len(pair) == 2 else None
            place += 1 if found is None else 2
            found = found or self._single(pair[0])
            if found is not None:
                yield found

    def _whole(self, amount: Amount) -> Amount:
        """With "mil" or "k" after it as thousands."""
        thousands = _THOUSANDS.match(self._text, amount.end)
        if thousands is None or amount.value >= 1000:
            return amount
        mark = amount.mark or thousands["mark"] or ""
        return Amount(amount.value * 1000, mark, amount.number, amount.start, thousands.end())

    def _range(self, first: Amount, second: Amount) -> Limits | None:
        if not _RANGE_BETWEEN.fullmatch(self._text[first.end : second.start]):
            return None
        before = self._text[: first.start]
        marked = first.mark or second.mark
        cue = _RANGE_BEFORE.search(before) or (_LOOSE_BEFORE.search(before) if marked else None)
        if cue is None or _NUMBERED.search(before) or (not second.mark and self._is_counted(second)):
            return None
        low, high = sorted((first.value, second.value))
        return Limits(low, high, ((cue.start(), second.end),))

    def _single(self, amount: Amount) -> Limits | None:
        before = self._text[: amount.start]
        if not amount.mark and (self._is_counted(amount) or _NUMBERED.search(before)):
            return None
        cues = {side: pattern.search(before) for side, pattern in _BEFORE.items()}
        side, cue = next(((side, cue) for side, cue in cues.items() if cue), ("", None))
        if cue is not None:
            return _limit(side, amount.value, (cue.start(), amount.end))
        for side, pattern in _AFTER.items():
            after = pattern.match(self._text, amount.end)
            if after is not None:
                return _limit(side, amount.value, (amount.start, after.end()))
        return self._paid(amount, before)

    def _paid(self, amount: Amount, before: str) -> Limits | None:
        ends = not re.match(r"\s*\w", self._text[amount.end :])
        cue = _PAID.search(before) if amount.mark else _PAID_BARE.search(before) if ends else None
        return None if cue is None else _limit("high", amount.value, (cue.start(), amount.end))

    def _is_counted(self, amount: Amount) -> bool:
        after = self._text[amount.end :]
        return bool(_COUNTED.match(after) or re.match(r"\w", after))


def _limit(side: str, value: Decimal, span: tuple[int, int]) -> Limits:
    if side == "near":
        return Limits(value * (1 - _ABOUT), value * (1 + _ABOUT), (span,))
    return Limits(high=value, spans=(span,)) if side == "high" else Limits(low=value, spans=(span,))
