"""How a search read the question is said back: filters, what was given up, corrections."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tendero.assistant import templates
from tendero.assistant.proof import check
from tendero.assistant.templates import PHRASES, Candidate, Confirmed, Situation, Sought, SoughtWording, read
from tendero.assistant.words import words
from tendero.catalog.search.filters import Choice, Demand, Facet, Filters, demands
from tests.unit.catalogue import BY_ID

RED = Choice(Facet.COLOUR, "rojas", (1,))
SIZE = Choice(Facet.SIZE, "42", (2,))
BRAND = Choice(Facet.BRAND, "Lucca", (3,))
GLUTEN = Choice(Facet.FREE_OF, "gluten", (4,))
CUPS = Choice("option:capacidad", "6 tazas", (5,))
ALL = Filters(
    in_stock=True,
    on_sale=True,
    price_min=Decimal(20),
    price_max=Decimal(50),
    brands=(BRAND,),
    categories=(Choice(Facet.CATEGORY, "Cafeteras", (6,)),),
    options=(RED, SIZE, CUPS),
    excluded=(Choice(Facet.COLOUR, "azul", (7,)),),
    free_of=(GLUTEN,),
)


def reply(message: str, sought: Sought, *numbers: int, language: str = "es") -> str:
    """What the engine says when a search that read the question so found these products."""
    intent = read(message)
    found = [BY_ID[number] for number in numbers]
    answer = templates.answer(
        Situation(
            intent=replace(intent, topics=sought.topics(intent.topics)),
            words=tuple(words(message)),
            language=language,
            found=[Candidate(each, 0.9) for each in found],
            sought=sought,
            confirm=lambda item: Confirmed(item, live=True),
        )
    )
    verdict = check(answer.text, found, message=message, limits=sought.limits)
    assert verdict.passed, (answer.text, verdict.failures)
    return answer.text


def given_up(filters: Filters) -> Sought:
    return Sought(relaxed=demands(filters))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "Encontré estas opciones (hasta 50 €, en stock):"),
        ("en", "I found these (up to €50, in stock):"),
        ("pt", "Encontrei estas opções (até 50 €, em estoque):"),
    ],
)
def test_filters_are_said_back_over_the_list(language: str, said: str) -> None:
    sought = Sought(Filters(in_stock=True, price_max=Decimal(50)))
    assert reply("cafeteras por menos de 50 que haya en stock", sought, 1, 2, language=language).startswith(
        said
    )


def test_filters_are_said_back_before_one_product() -> None:
    text = reply("cafetera italiana por menos de 30 €", Sought(Filters(price_max=Decimal(30))), 1)
    assert text.startswith("Tengo esto (hasta 30 €):\nCafetera italiana Lucca 6 tazas")


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(price_max=Decimal(20)), "Por ese precio (hasta 20 €) no hay nada. Lo más parecido:"),
        (Filters(price_min=Decimal(20), price_max=Decimal(22)), "Por ese precio (entre 20 € y 22 €) no hay"),
        (Filters(on_sale=True), "No hay nada así en oferta."),
        (Filters(brands=(BRAND,)), "No hay de la marca Lucca."),
        (Filters(options=(SIZE,)), "No hay en talla 42. En otras tallas:"),
        (Filters(options=(RED,)), "No hay en ese color (rojas). En otros:"),
        (Filters(options=(CUPS,)), "No hay con esto: 6 tazas."),
        (Filters(free_of=(GLUTEN,)), "Ninguno de estos dice ser sin gluten: compruébalo antes."),
        (
            Filters(free_of=(GLUTEN,), on_sale=True),
            "Ninguno de estos dice ser sin gluten: compruébalo antes.",
        ),
        (Filters(options=(SIZE,), on_sale=True), "No hay nada con todo eso (talla 42, en oferta)."),
    ],
)
def test_what_was_given_up_is_told(filters: Filters, said: str) -> None:
    assert reply("cafeteras", given_up(filters), 1, 2).startswith(said)


def test_what_still_holds_is_told_beside_what_was_given_up() -> None:
    sought = Sought(Filters(price_max=Decimal(50)), demands(Filters(options=(SIZE,))))
    assert reply("cafeteras", sought, 1, 2).startswith("No hay en talla 42. En otras tallas (hasta 50 €):")


@pytest.mark.parametrize(
    ("language", "said"),
    [("es", "He buscado «cafetera»."), ("en", "I searched for “cafetera”."), ("pt", "Busquei «cafetera».")],
)
def test_a_corrected_word_is_told_lightly_and_found(language: str, said: str) -> None:
    text = reply("cafetrea", Sought(corrected={"cafetrea": "cafetera"}), 1, 2, language=language)
    assert text.splitlines()[0] == said
    assert "Cafetera italiana Lucca" in text


@pytest.mark.parametrize("language", PHRASES)
def test_every_demand_can_be_said_and_given_up_in_every_language(language: str) -> None:
    wording = SoughtWording(PHRASES[language], language, "EUR")
    for demand in demands(ALL):
        assert wording.demand(demand)
        assert wording.given_up((demand,)).endswith(":")
        assert "{" not in wording.demand(demand) + wording.given_up((demand,))
    assert len(wording.applied(Sought(ALL))) == 10


def test_words_that_only_demand_do_not_say_which_product() -> None:
    sought = Sought(
        Filters(price_min=Decimal(20), price_max=Decimal("39.9"), options=(RED, SIZE)),
        corrected={"zapatilas": "zapatillas"},
    )
    topics = read("zapatilas rojas entre 20 y 39,9 en talla 42").topics
    assert sought.topics(topics) == ("zapatillas",)


def test_only_a_limit_that_was_searched_by_may_be_said_as_one() -> None:
    lines = "Cafeteras por menos de 40 €:\nCafetera italiana Lucca 6 tazas: 24,90 €"
    rows = (BY_ID[1],)
    assert check(lines, rows, limits=(Decimal(40),)).passed
    assert not check(lines, rows, limits=(Decimal(30),)).passed
    assert not check("La Cafetera italiana Lucca 6 tazas cuesta 40 €.", rows, limits=(Decimal(40),)).passed


def test_a_demand_without_words_lists_what_meets_it() -> None:
    assert read("¿qué tienen en oferta?").names_product
    text = reply("¿qué tienen en oferta?", Sought(Filters(on_sale=True)), 3, 1)
    assert text.startswith("Encontré estas opciones (en oferta):")


def test_a_demand_that_is_given_up_counts_as_a_search_by_it() -> None:
    relaxed = Demand("price", "", Filters(price_max=Decimal(9)))
    assert Sought(relaxed=(relaxed,)).limits == {Decimal(9)}
