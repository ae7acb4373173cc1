"""SKUs and barcodes that a question may hold."""

from __future__ import annotations

import re

_MOST_CANDIDATES = 6
# Longer than any SKU that somebody types.
_MOST_CHARACTERS = 64
_EDGES = "¿?¡!.,;:()[]{}<>\"'«»“”‘’…*`"
_ANNOUNCED = re.compile(
    r"(?:\b(?:sku|c[oó]d(?:igo)?|code|ref(?:erencia|erence|er[eê]ncia)?|barcode|ean|gtin|isbn|item|modelo|model"
    r"|art[ií]culo|artigo)\b|#)[\s.:#º°]*(?:n[uú]mero\s|number\s|n[oº°]?[.:]?\s)?\s*([^\s,;?!]+)",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"\d{6,}")
_MIXED = re.compile(r"(?=.*\d)(?=.*[^\W\d_]|\d+[-_/]\d)[\w./+#-]{3,}")
_JOINED = re.compile(r"(?!\d+(?:\.\d+)+$)[^\W_]+(?:[-_/.][^\W_]+)+")


def candidates(text: str) -> list[str]:
    """What may be codes in a question, likeliest first: looking each up costs one query.

    The whole text; what follows a word such as "SKU" or "código"; words that mix letters and digits or are
    joined by hyphens; long numbers. A short number alone is an amount or a size, not a code.
    """
    whole = text.strip().strip(_EDGES).strip()
    found = [whole] if 0 < len(whole) <= _MOST_CHARACTERS else []
    found += [match.strip(_EDGES) for match in _ANNOUNCED.findall(text)]
    found += [word for word in (raw.strip(_EDGES) for raw in text.split()) if _is_like_a_code(word)]
    unique = {each.lower(): each for each in reversed(found) if 0 < len(each) <= _MOST_CHARACTERS}
    return list(reversed(unique.values()))[:_MOST_CANDIDATES]


def only_code(text: str) -> str:
    """The code that a message is, where it is nothing else; empty for a word that only might be one."""
    whole = text.strip().strip(_EDGES).strip()
    announced = _ANNOUNCED.fullmatch(whole)
    word = announced[1].strip(_EDGES) if announced else whole
    if not (announced or _is_like_a_code(word)) or len(word) > _MOST_CHARACTERS:
        return ""
    # "t-shirt" and "modelo nuevo" are words.
    return word if word.isupper() or any(each.isdigit() for each in word) else ""


def _is_like_a_code(word: str) -> bool:
    return any(pattern.fullmatch(word) for pattern in (_LONG_NUMBER, _MIXED, _JOINED))
