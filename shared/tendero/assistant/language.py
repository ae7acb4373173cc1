"""Which of Spanish, English and Portuguese a short message is written in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tendero.assistant.words import FUNCTION_WORDS, word_set, words

LANGUAGES = ("es", "en", "pt")

# What people ask a shop for; a message is often nothing but such words.
_SHOP_WORDS = {
    "es": word_set(
        """
        precio precios talla tallas color colores barato barata baratos baratas caro oferta ofertas
        rebaja rebajas descuento envio envios pedido tienda stock disponible disponibles agotado
        ayuda persona humano asesor horario horarios abren cierran pagar tarjeta garantia devolucion
        devoluciones cafe te taza tazas cafetera cafeteras molinillo molinillos botella botellas
        mochila mochilas bolso silla sillas mesa mesas lampara lamparas juguete juguetes regalo
        regalos zapato zapatos zapatilla zapatillas camisa camisas camiseta camisetas pantalon
        pantalones chaqueta abrigo rojo roja rojos rojas negro negra blanco blanca amarillo gris
        acero madera vidrio cuero algodon hombre mujer ninos cocina hogar jardin grande pequeno
        pequena mediano curso cursos primero primera segundo segunda tercero tercera ultimo ultima
        unidades cuchillo cuchillos sarten olla tetera jarra granos molido descafeinado aceite reloj
        auriculares telefono ordenador computadora carga cargador funda
        """
    ),
    "en": word_set(
        """
        much many price prices cost costs cheap cheaper cheapest expensive sale offer discount
        shipping ship delivery deliver order store shop stock available sold left size sizes colour
        colours color colors return returns refund help human person agent hours open opening pay
        payment card warranty coffee tea mug mugs cup cups maker makers grinder grinders bottle
        bottles backpack backpacks bag chair chairs table tables lamp lamps toy toys gift gifts shoe
        shoes sneakers shirt shirts pants jacket coat blue red black white green yellow grey gray
        steel wood wooden glass leather cotton men women kids kitchen home garden big large small
        medium course courses first second third last units under below than more less knife knives
        pan pot kettle jug beans ground decaf oil watch headphones phone laptop charger case details
        options
        """
    ),
    "pt": word_set(
        """
        preco precos tamanho tamanhos cor cores barato barata baratos baratas caro oferta promocao
        desconto frete entrega entregam pedido loja estoque disponivel disponiveis esgotado ajuda
        pessoa atendente horario abrem fecham pagar cartao garantia devolucao troca trocas cha
        xicara xicaras caneca canecas cafeteira cafeteiras moedor moedores garrafa garrafas mochila
        mochilas bolsa cadeira cadeiras mesa mesas luminaria luminarias brinquedo brinquedos
        presente presentes sapato sapatos tenis camisa camisas camiseta camisetas calca calcas
        jaqueta casaco vermelho vermelha preto preta branco branca amarelo cinza aco madeira vidro
        couro algodao homem mulher criancas cozinha casa jardim grande pequeno pequena medio curso
        cursos primeiro primeira segundo segunda terceiro terceira ultimo ultima unidades faca facas
        panela frigideira chaleira jarra graos moido descafeinado oleo azeite relogio fones telefone
        celular computador carregador capa detalhes opcoes
        """
    ),
}
_VOCABULARY = {name: FUNCTION_WORDS[name] | _SHOP_WORDS[name] for name in LANGUAGES}
_SPELLINGS = {
    "es": re.compile(r"[ñ¿¡]|\w(?:ci[oó]n|dad|illos?|illas?|uelos?|[aei]ndo)\b", re.IGNORECASE),
    "en": re.compile(
        r"\w(?:ing|tion|'s|n't|ght|ness|ly)\b|\b(?:wh|th|sh)\w|[a-z]w\b|\w(?:ck|ee|oo)\w?", re.IGNORECASE
    ),
    "pt": re.compile(r"[ãõçêâôà]|\w(?:ção|ções|dade|inh[oa]s?|eir[ao]s?)\b|\w[ln]h[aeo]", re.IGNORECASE),
}
# Worth less than one word that only one language has, so that a customer may change the language.
_CONVERSATION_WEIGHT = 0.8
_HINT_WEIGHT = 0.4


def detect(
    message: str,
    *,
    conversation: str | None = None,
    hint: str | None = None,
    accepted: Sequence[str] = LANGUAGES,
) -> str:
    """The language of a message, one of `accepted` (whose first is taken when nothing tells).

    `conversation` is the language of the conversation so far; `hint` what the channel says, as a code
    such as `pt-BR`. Both count where the message itself leaves doubt.
    """
    scores = evidence(message)
    usual, hinted = _code(conversation), _code(hint)
    for language in accepted:
        if language == usual:
            scores[language] += _CONVERSATION_WEIGHT
        if language == hinted:
            scores[language] += _HINT_WEIGHT
    return max(accepted, key=lambda language: scores[language])


def evidence(message: str) -> dict[str, float]:
    """How strongly the message's own words and spelling speak for each language; zeros for none."""
    scores = dict.fromkeys(LANGUAGES, 0.0)
    for word in words(message):
        if len(word) == 1 and word not in "aeioy":
            # What an apostrophe leaves over: "it's", "d'água".
            continue
        knowing = [name for name in LANGUAGES if word in _VOCABULARY[name]]
        for name in knowing:
            scores[name] += (1.0, 0.4, 0.0)[len(knowing) - 1]
    for name, spelling in _SPELLINGS.items():
        scores[name] += 0.7 * min(2, len(spelling.findall(message)))
    return scores


def _code(language: str | None) -> str:
    return (language or "").replace("_", "-").split("-")[0].lower()
