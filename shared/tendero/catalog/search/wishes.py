"""That a question asks for reduced prices, or for what can be bought now."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tendero.catalog.folding import fold


@dataclass(frozen=True, slots=True)
class Wishes:
    """`spans` are the places that say so."""

    on_sale: bool = False
    in_stock: bool = False
    spans: tuple[tuple[int, int], ...] = ()


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(phrases) + r")\b")


_THAT_IS = (
    r"(?:que\s+(?:est[ae]n?|estejam?|tengan?|tenham?|haya|tienen|tiene|hay|sean?)\s+|that\s+(?:are|is)\s+)?"
)
_SALE = _any(
    _THAT_IS + r"(?:en|con|de|a|em|com|on|with|at)\s+(?:la\s+|una?\s+|algun[a]?\s+|alguma?\s+|a\s+|some\s+)?"
    r"(?:oferta|promocion|promo|rebajas?|descuentos?|liquidacion|remate|promocao|desconto|liquidacao|offer|sale"
    r"|discount)s?",
    _THAT_IS + r"(?:rebajad|descontad|remarcad)[oa]s?",
    r"ofertas?|promociones|promocoes|rebajas|descuentos?|descontos?|discounts?|discounted|clearance|reduced"
    r"|liquidacion|liquidacao|(?:deals?|specials?)\s+(?:on|for|in)|special\s+offers?",
)
_NOW = _any(
    _THAT_IS
    + r"(?:solo|solamente|unicamente|only|so|somente|apenas)\s+(?:(?:lo|los|las|o|os|as|que|what|is)\s+)*"
    r"(?:este\s+|esta\s+|haya\s+)?(?:en\s+stock|in\s+stock|em\s+estoque|disponibles?|disponive(?:l|is)|available)",
    _THAT_IS + r"(?:en|con|in|em|com)\s+(?:stock|estoque|existencias?)",
    _THAT_IS + r"(?:disponibles|disponiveis)(?:\s+(?:ahora|ya|agora))?",
    _THAT_IS + r"(?:available|disponible|disponivel)(?:\s+(?:now|today|ahora|ya|hoy|agora|hoje))?",
    r"(?:de\s+|para\s+)?(?:pronta\s+entrega|entrega\s+inmediata)",
)
# Who asks whether one thing is there wants to hear it of that thing, not to be shown others that are.
_WHETHER = re.compile(
    r"\b(?:esta|estan|estao|queda|quedan|is|are|isn|aren|ainda|todavia|still|do\s+you|have|has|got|tienen?|tienes"
    r"|teneis|tenes|tem|voces|hay|ha|habra)\b(?!\s+(?:algo|algun|alguna|algunos|algunas|any|some|something))"
)
_SEVERAL = re.compile(r"disponibles|disponiveis|\bque\s|\bthat\s|\bsolo|\bonly\b|\bapenas\b|\bsomente\b")


def wishes(text: str) -> Wishes:
    """What a text in Spanish, English or Portuguese asks for beside the thing itself.

    "¿Está disponible la cafetera?" asks about one thing, and is no wish to see what is in stock.
    """
    said = fold(text)
    sale = [match.span() for match in _SALE.finditer(said)]
    now = [match.span() for match in _NOW.finditer(said) if _is_wish(said, match)]
    return Wishes(bool(sale), bool(now), (*sale, *now))


def _is_wish(said: str, match: re.Match[str]) -> bool:
    return bool(_SEVERAL.search(match[0])) or not _WHETHER.search(said[: match.start()])
