"""Small numbers as they are said in Spanish, English and Portuguese."""

from __future__ import annotations

_WORDS = {
    word: number
    for number, forms in enumerate(
        (
            "un una uno one um uma",
            "dos two dois duas",
            "tres three",
            "cuatro four quatro",
            "cinco five",
            "seis six",
            "siete seven sete",
            "ocho eight oito",
            "nueve nine nove",
            "diez ten dez",
        ),
        start=1,
    )
    for word in forms.split()
}
# A pattern for folded text.
NUMERAL = rf"(?:\d+|{'|'.join(_WORDS)})"


def value(numeral: str) -> int:
    """The number of what NUMERAL matched."""
    return _WORDS.get(numeral) or int(numeral)
