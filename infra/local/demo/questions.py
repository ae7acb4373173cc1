"""What the demo's customers ask, and how an answer has to come about to be right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One message of a customer.

    `session` keeps questions of one conversation together. `outcomes` are those that fit. Every text in
    `contains` has to stand in the answer, whatever the case; of a model, only the first is asked. `left`
    is a SKU and the pieces that the shop has left of it by then: fewer than at the sync.
    """

    language: str
    about: str
    text: str
    outcomes: tuple[str, ...]
    contains: tuple[str, ...] = ()
    session: str = "es"
    left: tuple[str, int] | None = None


_FOUND = ("answered",)
_GREETING = ("greeting",)
_NOTHING = ("nothing_found",)

QUESTIONS = (
    Question("es", "greeting", "¡Hola, buenas tardes!", _GREETING),
    Question("es", "search", "¿Tenéis camisas de lino?", _FOUND, ("Camisa de lino Marisma", "29,90")),
    Question("es", "follow-up", "¿La tenéis en talla M?", _FOUND, ("Marisma", "29,90")),
    Question("es", "SKU", "ROP-CHI", _FOUND, ("Pantalón chino Ribera", "44,90")),
    Question("es", "price", "¿Cuánto cuesta el abrigo de paño Valdehierro?", _FOUND, ("103,20",)),
    Question(
        "es",
        "live stock",
        "¿Queda stock de la bota de montaña Peñalara?",
        _FOUND,
        ("Peñalara", "7 unidades"),
        left=("CAL-PEN", 7),
    ),
    Question("es", "not sold", "¿Tenéis televisores de 55 pulgadas?", _NOTHING),
    Question("en", "greeting", "Hi there!", _GREETING, session="en"),
    Question("en", "search", "Do you sell wireless headphones?", _FOUND, ("Auriculares", "39.90"), "en"),
    Question("en", "live stock", "Is the SKU ROP-GOR in stock?", _FOUND, ("Ventisca",), "en"),
    Question("pt", "search", "Vocês têm camisas de linho?", _FOUND, ("Camisa de lino",), "pt"),
    Question("pt", "price", "Quanto custa a bota Peñalara?", _FOUND, ("119,00",), "pt"),
    Question("pt", "not sold", "Vocês vendem caminhões?", _NOTHING, session="pt"),
    Question("pt", "thanks", "Obrigado!", ("thanks",), session="pt"),
)

# What is written at once, and what has to stand in the answer.
WHATSAPP = (
    (("¡Hola!", "¿Tenéis camisas de lino?"), "Camisa de lino Marisma"),
    (("¿La tenéis en talla M?",), "Marisma"),
)
CHAT_WINDOW = (
    (("¿Cuánto cuesta el abrigo de paño Valdehierro?",), "103,20"),
    (("Quiero hablar con una persona",), "persona"),
)
