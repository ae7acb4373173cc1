"""What the scripted model says, in the customer's language."""

from __future__ import annotations

TEXTS = {
    "es": {
        "greeting": "¡Hola! ¿Qué producto buscas?",
        "thanks": "¡De nada! ¿Necesitas algo más?",
        "found": "Esto es lo que tenemos:",
        "similar": "No encontré exactamente eso; lo más parecido que tenemos es:",
        "nothing": "No encontré productos para «{query}».",
        "price": "{name} cuesta {price}.",
        "no_price": "No tengo el precio de {name}.",
        "units": "Hay {count} en stock.",
        "available": "Está disponible.",
        "sold_out": "Está agotado.",
    },
    "en": {
        "greeting": "Hello! Which product are you looking for?",
        "thanks": "You're welcome! Anything else?",
        "found": "This is what we have:",
        "similar": "I did not find exactly that; the closest we have is:",
        "nothing": "I found no products for “{query}”.",
        "price": "{name} costs {price}.",
        "no_price": "I do not have the price of {name}.",
        "units": "There are {count} in stock.",
        "available": "It is available.",
        "sold_out": "It is out of stock.",
    },
    "pt": {
        "greeting": "Olá! Que produto você procura?",
        "thanks": "De nada! Precisa de mais alguma coisa?",
        "found": "Isto é o que temos:",
        "similar": "Não encontrei exatamente isso; o mais parecido que temos é:",
        "nothing": "Não encontrei produtos para “{query}”.",
        "price": "{name} custa {price}.",
        "no_price": "Não tenho o preço de {name}.",
        "units": "Há {count} em estoque.",
        "available": "Está disponível.",
        "sold_out": "Está esgotado.",
    },
}
