"""When a conversation is a person's, and what is said then."""

from __future__ import annotations

import pytest

from tendero.assistant.handoff import announced, reason, summary
from tendero.assistant.reply import EngineName, Reply
from tendero.assistant.templates import read


def why(message: str, outcome: str = "answered", failed_before: int = 0, most_failures: int = 2) -> str:
    return reason(message, read(message), outcome, failed_before=failed_before, most_failures=most_failures)


@pytest.mark.parametrize(
    "message",
    [
        "quiero hablar con una persona",
        "pásame con un agente humano",
        "can I talk to a real person?",
        "quero falar com um atendente",
    ],
)
def test_who_asks_for_a_person_gets_one(message: str) -> None:
    assert why(message) == "asked"


@pytest.mark.parametrize(
    "message",
    [
        "¿dónde está mi pedido?",
        "quiero cancelar mi compra",
        "no me ha llegado el paquete",
        "la taza llegó rota",
        "quiero un reembolso",
        "devuélvanme el dinero",
        "me cobraron dos veces",
        "mi tarjeta fue rechazada",
        "quiero poner una queja",
        "where's my order?",
        "I want a refund",
        "the mug arrived broken",
        "I was charged twice",
        "my payment failed",
        "I want to make a complaint",
        "my parcel never arrived",
        "onde está meu pedido?",
        "quero meu dinheiro de volta, quero reembolso",
        "o produto chegou quebrado",
        "meu pagamento foi recusado",
        "fui cobrado duas vezes",
        "não recebi a encomenda",
    ],
)
def test_orders_payments_and_complaints_are_a_persons(message: str) -> None:
    assert why(message) == "outside"


@pytest.mark.parametrize(
    "message",
    [
        "¿tienen cafeteras?",
        "¿hacen envíos a Canarias?",
        "¿aceptan tarjeta?",
        "¿cuál es la política de devoluciones?",
        "quiero comprar una taza",
        "¿cuándo llega más stock de tazas?",
        "do you accept returns?",
        "do you have wrong-way signs?",
        "how much does it cost?",
        "is the order of the courses fixed?",
        "vocês aceitam cartão?",
        "têm canecas quebradas em oferta?",
        "palo de golf",
        "gracias",
    ],
)
def test_questions_to_a_shop_are_the_assistants(message: str) -> None:
    assert why(message) == ""


def test_failing_again_and_again_calls_a_person() -> None:
    assert why("¿tienen unicornios?", "nothing_found") == ""
    assert why("¿tienen unicornios?", "nothing_found", failed_before=1) == "failed"
    assert why("¿tienen unicornios?", "answered", failed_before=5) == ""
    assert why("¿tienen unicornios?", "nothing_found", failed_before=5, most_failures=0) == ""


def reply(language: str, handoff: str) -> Reply:
    return Reply(
        texts=("From this chat I can't.",),
        language=language,
        engine=EngineName.TEMPLATES,
        outcome="person",
        quick_replies=("more",),
        handoff=handoff,
    )


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_the_customer_is_told_in_their_language(language: str) -> None:
    for handoff in ("asked", "outside"):
        (text,) = announced(reply(language, handoff)).texts
        assert "can't" not in text
    failed = announced(reply(language, "failed"))
    assert (len(failed.texts), failed.quick_replies) == (2, ())


def test_the_note_says_who_why_and_what_about() -> None:
    note = summary(
        "failed",
        "en",
        name="Ana\nMaria",
        asked=["one", "", "x" * 300, *"abcd"],
        products=["Mug", "Mug", "Pot"],
    )
    assert note.splitlines() == [
        "The assistant passes this conversation to a person.",
        "Customer: Ana Maria",
        "Reason: the assistant could not help several times in a row",
        "What they wrote:",
        f"- {'x' * 199}…",
        "- a",
        "- b",
        "- c",
        "- d",
        "Products shown: Mug, Pot",
    ]
    assert "Cliente" not in summary("asked", "es", name="", asked=[], products=[])
