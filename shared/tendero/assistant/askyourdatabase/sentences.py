"""What a customer is told when AskYourDatabase gives no answer."""

from __future__ import annotations

# By outcome, then by language.
SENTENCES: dict[str, dict[str, str]] = {
    "late": {
        "es": "Perdona, la respuesta tarda más de lo normal. Inténtalo de nuevo en un momento, por favor.",
        "en": "Sorry, the answer is taking longer than usual. Please try again in a moment.",
        "pt": "Desculpe, a resposta demora mais que o normal. Tente de novo em um momento, por favor.",
    },
    "busy": {
        "es": "Ahora mismo recibo muchas preguntas. Vuelve a escribirme en un par de minutos, por favor.",
        "en": "I am getting a lot of questions right now. Please write to me again in a couple of minutes.",
        "pt": "Estou recebendo muitas perguntas agora. Escreva de novo daqui a alguns minutos, por favor.",
    },
    "failed": {
        "es": "Perdona, ahora mismo no puedo responder a eso. Inténtalo de nuevo en unos minutos, por favor.",
        "en": "Sorry, I can't answer that right now. Please try again in a few minutes.",
        "pt": "Desculpe, não consigo responder a isso agora. Tente de novo em alguns minutos, por favor.",
    },
}
