"""Words of a text in Spanish, English or Portuguese: folded, stemmed, and the language they suggest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LANGUAGES = ("es", "en", "pt")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MARKERS = {
    "es": _set(
        "hola buenas buenos dias tardes noches gracias que tienen tienes tiene cuanto cuanta cuantos cuesta "
        "cuestan precio precios busco quiero quisiera necesito hay donde el la los las un una unos unas del "
        "de con por favor quedan queda cual cuales para algo me mi y en tengo esta este ese eso si vale "
        "disponible disponibles"
    ),
    "en": _set(
        "hello hi hey thanks thank you have has how much many price prices cost costs i need want looking "
        "for the an is are there in what which of with my good morning afternoon evening please any it does "
        "do can show me your this that some available left"
    ),
    "pt": _set(
        "oi ola bom boa dia tarde noite obrigado obrigada voces voce tem quanto quantos custa custam preco "
        "precos procuro quero queria preciso onde o os um uma uns umas do da de dos das na com por favor "
        "qual quais para e em estoque disponivel disponiveis nao meu minha esse essa isso sim que me"
    ),
}
_LETTERS = {"es": re.compile("[ñ¿¡]", re.I), "pt": re.compile("[ãõçêâô]", re.I)}

PRICE_WORDS = _set(
    "price prices cost costs precio precios cuesta cuestan vale valen preco precos custa custam valor"
)
STOCK_WORDS = _set(
    "stock available availability disponible disponibles disponibilidad quedan queda unidades existencias "
    "estoque disponivel disponiveis disponibilidade units left"
)
_PRICE_PHRASES = re.compile(r"\b(how much|cuanto (?:sale|es|cobran)|quanto (?:e|sai))\b")
GREETINGS = _set(
    "hola buenas buenos dias tardes noches hello hi hey good morning afternoon evening oi ola bom boa dia "
    "tarde noite tal"
)
THANKS = _set("gracias thanks thank obrigado obrigada")
STOP_WORDS = frozenset().union(*_MARKERS.values(), PRICE_WORDS, STOCK_WORDS, GREETINGS, THANKS, {"a", "and"})


def fold(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """The folded words and numbers of a text, in order."""
    return re.findall(r"\w+", fold(text))


def stem(word: str) -> str:
    """A folded word without its plural and its last vowel: cafeteras, cafetera → cafeter."""
    short = re.sub(r"(?<=\w{3})(?:es|s)$", "", word)
    return re.sub(r"(?<=\w{3})[aeo]$", "", short)


def topics(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, each once."""
    return list(dict.fromkeys(stem(word) for word in words(text) if word not in STOP_WORDS))


def asks_price(text: str) -> bool:
    """Whether the text asks what something costs."""
    return not PRICE_WORDS.isdisjoint(words(text)) or _PRICE_PHRASES.search(fold(text)) is not None


def asks_stock(text: str) -> bool:
    """Whether the text asks if something is there to be bought."""
    return not STOCK_WORDS.isdisjoint(words(text))


def language(texts: Iterable[str]) -> str:
    """`es`, `en` or `pt`: the first text that gives a hint decides; Spanish when none does."""
    for text in texts:
        said = words(text)
        scores = {
            name: sum(word in _MARKERS[name] for word in said)
            + (2 if name in _LETTERS and _LETTERS[name].search(text) else 0)
            for name in LANGUAGES
        }
        best = max(scores, key=lambda name: scores[name])
        if scores[best]:
            return best
    return "es"
