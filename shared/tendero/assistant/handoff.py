"""When a person should take a conversation over, and what they and the customer are told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tendero.assistant.reply import Reply
from tendero.assistant.templates import Intent, IntentKind
from tendero.catalog.folding import fold

# Outcomes of turns that could not help.
FAILED = frozenset({"unavailable", "nothing_found", "late", "busy", "failed"})
_MOST_ASKED, _LONGEST_ASKED, _MOST_PRODUCTS = 5, 200, 5
# About folded text. Questions on how the shop handles such things are none of these.
_OUTSIDE = re.compile(
    "|".join(
        (
            # Orders.
            r"\b(?:donde (?:esta|anda|viene)|estado de|cancelar?|anular|modificar|cuando (?:llega|viene))\b"
            r".{0,20}\b(?:pedido|paquete|envio|compra)\b",
            r"\b(?:where(?: i|')?s|status of|cancel|change|track|when (?:will|does))\b"
            r".{0,20}\bmy (?:order|parcel|package|delivery)\b",
            r"\b(?:onde esta|status d[oa]|cancelar|alterar|rastrear|quando chega)\b"
            r".{0,20}\b(?:pedido|pacote|encomenda|compra)\b",
            r"\b(?:no|nunca|nao) (?:me |lo |la |o |a )?(?:ha |han |he )?"
            r"(?:llego(?! al?\b)|llegaron|llegado|recibi|recibido|chegou|chegaram|recebi)\b",
            r"\b(?:never|not|n't|hasn t|haven t|didn t) (?:yet )?(?:arrived?|received?|got|get) "
            r".{0,12}\b(?:order|parcel|package|delivery)\b|\b(?:order|parcel|package) .{0,20}\b(?:never|not"
            r"|n't|hasn t|didn t) .{0,8}\barrived?\b",
            # What arrived broken or wrong.
            r"\b(?:llego|llegaron|llegado|recibi|vino|chegou|chegaram|recebi|veio|arrived|received|came)\b"
            r".{0,30}\b(?:rot[oa]s?|danad[oa]s?|defectuos[oa]s?|equivocad[oa]s?|incomplet[oa]s?|quebrad[oa]s?"
            r"|danificad[oa]s?|defeituos[oa]s?|errad[oa]s?|broken|damaged|defective|faulty|wrong|incomplete)\b",
            # Complaints.
            r"\b(?:una queja|quejarme|(?:un|una|mi) reclam\w+|(?:hojas?|libro) de reclamac\w+|estafa\w*"
            r"|complain|a complaint|scam\w*|uma reclamac\w+|(?:quero|vou) reclamar|procon"
            r"|(?:e|foi|cai (?:em|num)) (?:um )?golpe)\b",
            r"(?<!anti )(?<!contra )(?<!contra el )(?<!contra la )\bfraudes?\b",
            # Money back, and payments that went wrong.
            r"\b(?:quiero|quisiera|necesito|exijo|pido|solicito|quero|preciso|want|need|demand|request)\b"
            r"(?! (?:saber|conocer|conhecer|entender|to know|to understand))"
            r".{0,20}\b(?:reembolso|devolucion|refund|money back|estorno|devolucao)\b(?! polic)",
            r"\b(?:(?:devuelv|devolv|reembols)\w* .{0,12}\b(?:dinero|dinheiro)"
            r"|(?:get|give) .{0,8}money back)\b",
            r"\b(?:cobrad[oa]s?|cobraron|cobraram|charged|cobro|cobranca|charge)\b"
            r".{0,25}\b(?:dos veces|doble|duplicad[oa]|de mas|indebid[oa]|twice|double|wrong\w*|duas vezes"
            r"|em dobro|a mais|indevid[oa])\b",
            r"\b(?:pago|pagamento|payment|tarjeta|cartao|card)\b"
            r".{0,20}\b(?:rechazad[oa]|fall[oa]|fallido|recusad[oa]|falhou|declined|failed|rejected)\b",
        )
    )
)


@dataclass(frozen=True, slots=True)
class _Words:
    """What the customer is told, and the person's note."""

    asked: str
    outside: str
    failed: str
    alone: str
    title: str
    customer: str
    reason: str
    reasons: dict[str, str]
    questions: str
    products: str


_WORDS = {
    "es": _Words(
        "Claro, le paso la conversación a una persona de la tienda. Te responderá por aquí.",
        "De eso se encarga una persona de la tienda: le paso la conversación. Te responderá por aquí.",
        "Siento no poder ayudarte mejor. Le paso la conversación a una persona de la tienda.",
        "De eso se encarga una persona de la tienda, y desde este chat no puedo pasarte con ella: escribe a"
        " la tienda por sus medios de contacto habituales, por favor.",
        "El asistente pasa esta conversación a una persona.",
        "Cliente: {name}",
        "Motivo: {reason}",
        {
            "asked": "pide hablar con una persona",
            "outside": "pregunta por un pedido, un pago, un reembolso o una queja",
            "failed": "el asistente no ha podido ayudar varias veces seguidas",
        },
        "Lo que ha escrito:",
        "Productos mostrados: {names}",
    ),
    "en": _Words(
        "Of course, I'm passing the conversation to a person at the shop. They will answer you here.",
        "A person at the shop takes care of that: I'm passing them the conversation. They will answer here.",
        "I'm sorry I can't help better. I'm passing the conversation to a person at the shop.",
        "A person at the shop takes care of that, and I cannot pass you on from this chat: please use the"
        " shop's usual contact channels.",
        "The assistant passes this conversation to a person.",
        "Customer: {name}",
        "Reason: {reason}",
        {
            "asked": "asks for a person",
            "outside": "asks about an order, a payment, a refund or has a complaint",
            "failed": "the assistant could not help several times in a row",
        },
        "What they wrote:",
        "Products shown: {names}",
    ),
    "pt": _Words(
        "Claro, vou passar a conversa para uma pessoa da loja. Ela responde por aqui.",
        "Disso cuida uma pessoa da loja: vou passar a conversa para ela. Ela responde por aqui.",
        "Sinto não poder ajudar melhor. Vou passar a conversa para uma pessoa da loja.",
        "Disso cuida uma pessoa da loja, e por este chat não consigo passar você para ela: fale com a loja"
        " pelos contatos de sempre, por favor.",
        "O assistente passa esta conversa para uma pessoa.",
        "Cliente: {name}",
        "Motivo: {reason}",
        {
            "asked": "pede para falar com uma pessoa",
            "outside": "pergunta por um pedido, um pagamento, um reembolso ou faz uma reclamação",
            "failed": "o assistente não conseguiu ajudar várias vezes seguidas",
        },
        "O que escreveu:",
        "Produtos mostrados: {names}",
    ),
}


def reason(message: str, intent: Intent, outcome: str, *, failed_before: int, most_failures: int) -> str:
    """Why a person should take over after this turn (see `Reply.handoff`), "" where none should.

    `failed_before` turns just before this one could not help; `most_failures` in a row are enough, 0: never.
    """
    if intent.kind is IntentKind.PERSON:
        return "asked"
    if intent.store_fact == "order" or _OUTSIDE.search(fold(message)):
        return "outside"
    if most_failures and outcome in FAILED and failed_before + 1 >= most_failures:
        return "failed"
    return ""


def announced(reply: Reply) -> Reply:
    """The reply of an assistant that now hands the conversation over: what was asked of a person is not
    answered beside that."""
    words = _WORDS[reply.language]
    if reply.handoff == "failed":
        return replace(reply, texts=(*reply.texts, words.failed), quick_replies=())
    text = words.asked if reply.handoff == "asked" else words.outside
    return replace(reply, texts=(text,), products=(), quick_replies=())


def alone(reply: Reply) -> Reply:
    """The reply as it is while nobody has taken over. Who complains is not told of a search that found no
    product."""
    if reply.handoff != "outside" or reply.outcome != "nothing_found":
        return reply
    text = _WORDS[reply.language].alone
    return replace(reply, texts=(text,), products=(), quick_replies=(), outcome="person")


def summary(why: str, language: str, *, name: str, asked: Sequence[str], products: Sequence[str]) -> str:
    """The note for the person, in the shop's language: plain text.

    `asked` is what the customer wrote, oldest first; `products` are the names of those shown.
    """
    words = _WORDS[language]
    lines = [words.title]
    if name:
        lines.append(words.customer.format(name=_line(name)))
    lines.append(words.reason.format(reason=words.reasons[why]))
    said = [f"- {_line(each)}" for each in asked[-_MOST_ASKED:] if each.strip()]
    if said:
        lines += [words.questions, *said]
    if products:
        lines.append(words.products.format(names=", ".join(dict.fromkeys(products[:_MOST_PRODUCTS]))))
    return "\n".join(lines)


def _line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_ASKED else text[: _LONGEST_ASKED - 1] + "…"
