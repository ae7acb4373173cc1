"""What a customer is told who sends no words but something that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

from tendero.assistant.reply import EngineName, Reply
from tendero.assistant.thought import Thought
from tendero.channels.channel import Media

_SENTENCES: dict[str, dict[Media, str]] = {
    "es": {
        Media.AUDIO: "Todavía no puedo escuchar audios.",
        Media.IMAGE: "Todavía no puedo ver imágenes.",
        Media.VIDEO: "Todavía no puedo ver vídeos.",
        Media.FILE: "Todavía no puedo abrir archivos.",
        Media.LOCATION: "Gracias por la ubicación, pero no puedo usarla.",
        Media.CONTACT: "Gracias por el contacto, pero no puedo usarlo.",
        Media.STICKER: "¡Bonito sticker!",
        Media.OTHER: "No puedo leer ese tipo de mensaje.",
    },
    "en": {
        Media.AUDIO: "I can't listen to voice messages yet.",
        Media.IMAGE: "I can't look at pictures yet.",
        Media.VIDEO: "I can't watch videos yet.",
        Media.FILE: "I can't open files yet.",
        Media.LOCATION: "Thank you for the location, but I can't use it.",
        Media.CONTACT: "Thank you for the contact, but I can't use it.",
        Media.STICKER: "Nice sticker!",
        Media.OTHER: "I can't read that kind of message.",
    },
    "pt": {
        Media.AUDIO: "Ainda não consigo ouvir áudios.",
        Media.IMAGE: "Ainda não consigo ver imagens.",
        Media.VIDEO: "Ainda não consigo ver vídeos.",
        Media.FILE: "Ainda não consigo abrir arquivos.",
        Media.LOCATION: "Obrigado pela localização, mas não consigo usá-la.",
        Media.CONTACT: "Obrigado pelo contato, mas não consigo usá-lo.",
        Media.STICKER: "Bonita figurinha!",
        Media.OTHER: "Não consigo ler esse tipo de mensagem.",
    },
}
# As history keeps them: no word of it is taken for something to search for.
_SIGNS = {
    Media.AUDIO: "🎤",
    Media.IMAGE: "📷",
    Media.VIDEO: "🎬",
    Media.FILE: "📎",
    Media.LOCATION: "📍",
    Media.CONTACT: "👤",
    Media.STICKER: "🙂",
    Media.OTHER: "❔",
}
_INVITATION = {
    "es": "Escríbeme qué buscas, por favor, y te ayudo.",
    "en": "Please write to me what you are looking for, and I'll help.",
    "pt": "Escreva o que você procura, por favor, e eu ajudo.",
}


def declined(media: Sequence[Media], language: str) -> Thought:
    """A polite answer to messages without words, each kind of thing mentioned once."""
    kinds = list(dict.fromkeys(media))
    sentences = [_SENTENCES[language][each] for each in kinds]
    reply = Reply(
        texts=(" ".join([*sentences, _INVITATION[language]]),),
        language=language,
        engine=EngineName.TEMPLATES,
        outcome="media",
    )
    return Thought(message=" ".join(_SIGNS[each] for each in kinds), reply=reply)
