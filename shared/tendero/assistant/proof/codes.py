"""SKUs, barcodes, phone numbers and promises of time in a reply against the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tendero.assistant.proof import courses
from tendero.assistant.proof.draft import Draft, Failure, FailureKind
from tendero.catalog.folding import fold

_LABELLED = re.compile(
    r"\b(?:sku|ref(?:erencia|erence)?|cod(?:igo|e|\.)?|barcode|ean|upc|isbn)\b(?: de (?:producto|produto"
    r"|barras))?"
    r"[ .:#º°*`(]*(?P<code>[a-z0-9][\w./-]*\w|\d)"
)
_CODE = re.compile(r"(?<![\w.,/-])(?=[\w./-]*\d)(?=[\d./-]*[a-z])[a-z0-9]+(?:[-_./][a-z0-9]+)*(?![\w-])")
_LONG_NUMBER = re.compile(r"(?<![\w.,])\+?\d(?:[ ()-]{0,2}\d){6,}(?![\w,])")
_SHORTEST_CODE = 4
_MEASURE = re.compile(r"\d+(?:[.,]\d+)?(?:x\d+(?:[.,]\d+)?)*-?[a-z]{0,4}|\d+(?:st|nd|rd|th)|[a-z]\d{1,2}")
_DURATION = re.compile(
    r"\b\d+(?:\s?[-–/a]\s?\d+)?\s?(?:horas?|hours?|hrs?|h|dias?|days?|semanas?|weeks?|mes(?:es)?|months?"
    r"|anos?|years?)"
    r"(?!\w)|\b(?:envios?|entregas?|frete|shipping|delivery)\s+(?:\w+\s)?(?:gratis|gratuit\w+|free)\b"
    r"|\bfree (?:shipping|delivery)\b|\b(?:frete|envio) gratis\b"
)
_DENIAL = re.compile(
    r"\b(?:no|not|nao|sin|sem|without|none|ningun\w*|nenhum\w*|don't|couldn't|can't)\b|\?\s*$"
)


def failures(draft: Draft) -> Iterator[Failure]:
    """Codes and long numbers that no row holds, and times and free services that no row promises."""
    known = _known(draft)
    text = draft.own_words
    reported: set[int] = set()
    for match in _LABELLED.finditer(text):
        code, start = match["code"], match.start("code")
        shown = draft.text[start : match.end()]
        looks_like_code = re.search(r"\d|[-/]", code) or shown.isupper()
        if looks_like_code and not _is_known(draft, code, start, known):
            reported.add(start)
            yield Failure(FailureKind.CODE, shown, "no row has this code")
    for match in (*_CODE.finditer(text), *_LONG_NUMBER.finditer(text)):
        code = match[0]
        measured = len(code) < _SHORTEST_CODE or _MEASURE.fullmatch(code)
        if (
            match.start() not in reported
            and not measured
            and not _is_known(draft, code, match.start(), known)
        ):
            yield Failure(FailureKind.CODE, draft.text[match.start() : match.end()], "no row has this code")
    for match in _DURATION.finditer(text):
        if not draft.is_in_rows(match[0]) and not courses.judges_length(draft, match.start()):
            shown = draft.text[match.start() : match.end()]
            yield Failure(FailureKind.PROMISE, shown, "no row promises this")


def _known(draft: Draft) -> frozenset[str]:
    codes = {fold(code) for each in draft.all_products for code in (each.sku, each.barcode) if code}
    ids = {str(each.id) for each in draft.all_products} | {each.external_id for each in draft.all_products}
    return frozenset(codes | ids)


def _is_known(draft: Draft, code: str, position: int, known: frozenset[str]) -> bool:
    plain = code if re.search(r"[a-z]", code) else re.sub(r"\D", "", code)
    if plain in known or draft.is_in_rows(code) or code in draft.vocabulary:
        return True
    return _asked_back(draft, code, position)


def _asked_back(draft: Draft, code: str, position: int) -> bool:
    """The customer's own code, said not to exist or asked about."""
    return code in draft.message and _DENIAL.search(draft.sentence(position)) is not None
