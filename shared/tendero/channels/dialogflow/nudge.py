"""Messages that ask for nothing new: the customer waits, or asks again."""

from __future__ import annotations

from tendero.assistant.words import words

_WAITING = """
ok | okay | vale | dale | bueno | listo | ya | ya esta | y | y bien | y entonces | entonces | y que
que paso | a ver | dime | espero | te espero | esperando | sigo esperando | estoy esperando | sigo aqui
aqui sigo | sigues ahi | estas ahi | hay alguien | hay alguien ahi | novedades | alguna novedad | hay algo
y mi respuesta | respuesta | la respuesta | encontraste algo | lo encontraste | has encontrado algo
lo tienes | y ahora
well | and | so | and so | so then | go on | ready | done | any news | any luck | anything | found it
found anything | did you find it | did you find anything | waiting | still waiting | i'm waiting
i'm still waiting | are you there | are you still there | still there | anyone there | and now
ta | ta bom | tudo bem | beleza | entao | e entao | e ai | e | e bem | cade | pronto | achou | achou algo
encontrou | encontrou algo | conseguiu | esta ai | voce esta ai | ainda esta ai | tem alguem ai
estou esperando | to esperando | alguma novidade | e agora | e a resposta | a resposta
"""


def _told(text: str) -> str:
    """The words, whatever their case, accents and punctuation; "" for a question mark or a thumb."""
    return " ".join(words(text))


_PHRASES = frozenset(_told(each) for line in _WAITING.splitlines() for each in line.split("|"))


def is_nudge(text: str) -> bool:
    """Whether the customer only waits: "?", "ok", "¿y bien?", or nothing at all."""
    return _told(text) in _PHRASES


def is_same(text: str, question: str) -> bool:
    """Whether this is the question once more."""
    return _told(text) == _told(question)
