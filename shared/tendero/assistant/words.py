"""Words of a short Spanish, English or Portuguese message: folded, and those that carry meaning."""

from __future__ import annotations

import re
import unicodedata

from tendero.catalog.folding import fold

_WORD = re.compile(r"\w+(?:[-./]\w+)*")


def word_set(text: str) -> frozenset[str]:
    """The words of a block of text."""
    return frozenset(text.split())


# Folded words that build sentences in each language; they say what a message is written in, never what
# it is about.
FUNCTION_WORDS = {
    "es": word_set(
        """
        ok hola buenas buenos buen dias dia tardes tarde noches noche gracias muchas mucho el la los
        las lo un una unos unas de del al a y o u que como cual cuales cuando cuanto cuanta
        cuantos cuantas donde quien con sin para por en es son esta estan este esto estos estas ese
        esa eso esos esas aquel aquella mi mis tu tus su sus me te se le les nos yo usted ustedes
        hay tiene tienen tienes tenes tengo tendran quiero quisiera queria necesito busco buscando
        puedo puede pueden podria podrias venden vende vendes ofrecen manejan cuesta cuestan valen
        sale salen mas menos muy tambien pero si no ni algo algun alguna alguno algunos otro otra
        otros otras voy va ver muestrame mostrame ensename dame dime quedan queda hacen ya solo todo todos
        toda todas fue era ser sea sean estar dale listo genial perfecto adios chau hasta luego favor
        disculpa disculpe perdon saludos hablar alguien cosa cosas entonces aqui ahi porfa sirve
        saber gustaria interesa pregunta ahora pronto bien tal manda mandame llega estoy buscas tipo
        """
    ),
    "en": word_set(
        """
        hello hi hey thanks thank you the a an of for with without in on at is are am was were do
        does did have has had can could would will what what's which who where when how i i'm me my
        mine your yours we our they it its it's this that that's these those there and or but not no
        yes yeah any some need needs want wants wanted looking look looks show find get buy sell
        sells tell know about from to be been if so then please too also just only very someone
        something anything good morning afternoon evening night bye goodbye see one ones another
        other else ok okay great cool nice perfect let us them by as give like question now kind don
        doesn isn s t m re ve ll d say says made make
        """
    ),
    "pt": word_set(
        """
        ok oi ola bom boa dia tarde noite obrigado obrigada muito o os a as um uma uns umas de do da
        dos das no na nos nas num numa ao aos e ou que qual quais quando quanto quanta quantos
        quantas onde quem com sem vou vai vamos para pra pro por em sao esta estao este isto esse
        essa isso esses
        essas aquele aquela meu minha meus minhas seu sua seus suas me te se lhe eu voce voces vc
        vcs tem tenho quero queria gostaria preciso procuro procurando posso pode podem poderia
        vendem vende custa custam sai mais menos tambem mas sim nao nem algo algum alguma alguns
        algumas outro outra outros outras ver mostra mostrar mostre ha hoje ja so tudo todo todos
        toda todas foi era ser seja sejam estar tchau ate logo favor desculpe desculpa falar alguem coisa
        coisas entao aqui beleza legal saber pergunta agora bem serve manda chega estou otimo
        perfeito fica dele dela eles elas pela pelo pelas pelos tipo gostei quer
        """
    ),
}


def words(text: str) -> list[str]:
    """The folded words, numbers and codes (`caf-102`, `1.5`) of a text, in order."""
    return _WORD.findall(fold(unicodedata.normalize("NFC", text)))


_FUNCTIONAL = frozenset().union(*FUNCTION_WORDS.values())


def content_words(text: str) -> list[str]:
    """The folded words that carry meaning, in order, each once."""
    return [word for word in dict.fromkeys(words(text)) if word not in _FUNCTIONAL]
