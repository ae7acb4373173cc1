"""Words that only look like a complaint, and what a complaint is told where nobody can take over."""

from __future__ import annotations

import pytest

from tendero.assistant.handoff import alone, reason
from tendero.assistant.reply import EngineName, Reply
from tendero.assistant.templates import read


def why(message: str) -> str:
    return reason(message, read(message), "answered", failed_before=0, most_failures=2)


@pytest.mark.parametrize(
    "message",
    [
        "¿la funda protege de un golpe?",
        "quero uma capa que aguente golpe",
        "no llego a los 50 euros, ¿algo más barato?",
        "una cartera contra el fraude",
        "quiero saber si hay devolución",
        "I want to know your refund policy",
        "pelucas de cabello humano",
        "human hair wigs",
    ],
)
def test_words_of_products_and_policies_call_nobody(message: str) -> None:
    assert why(message) == ""


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("isso é golpe", "outside"),
        ("el paquete no llegó", "outside"),
        ("esto es un fraude", "outside"),
        ("I want a refund", "outside"),
        ("I'd like to speak to customer service", "asked"),
        ("quiero hablar con atención al cliente", "asked"),
        ("un humano, por favor", "asked"),
    ],
)
def test_the_same_words_meant_otherwise_still_do(message: str, expected: str) -> None:
    assert why(message) == expected


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_a_complaint_is_not_told_that_no_product_was_found(language: str) -> None:
    found_nothing = Reply(
        texts=("No product found.",),
        language=language,
        engine=EngineName.TEMPLATES,
        outcome="nothing_found",
        handoff="outside",
    )
    told = alone(found_nothing)
    assert told.texts != found_nothing.texts
    assert (told.outcome, told.handoff) == ("person", "outside")
