"""The no-AI engine: what it understands, and that it says the right facts in three languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tendero.assistant import templates
from tendero.assistant.language import detect
from tendero.assistant.proof import check
from tendero.assistant.templates import (
    PHRASES,
    Answer,
    Candidate,
    Confirmed,
    IntentKind,
    Situation,
    Sought,
    read,
)
from tendero.assistant.templates.phrases import Counted, Phrases
from tendero.assistant.words import words
from tendero.catalog.item import Kind, StockStatus
from tendero.catalog.product import Product
from tendero.catalog.search.filters import Choice, Facet, Filters, demands
from tendero.catalog.search.variations import can_be_bought
from tests.unit.catalogue import BY_ID, CATALOGUE, MemorySearch, MemoryShop, product, variable


@dataclass
class Talk:
    """A conversation with the templates over the small shop."""

    live: MemoryShop = field(default_factory=MemoryShop)
    search: MemorySearch = field(default_factory=MemorySearch)
    language: str | None = None
    shown: Sequence[Product] = ()
    listed: Sequence[Product] = ()

    def say(self, message: str) -> Answer:
        intent = read(message)
        self.language = detect(message, conversation=self.language)
        result = self.search.search(message) if intent.names_product else None
        answer = templates.answer(
            Situation(
                intent=intent,
                words=tuple(words(message)),
                language=self.language,
                found=[Candidate(each.product, each.score) for each in result.hits] if result else (),
                exact=bool(result and result.exact),
                shown=self.shown,
                listed=self.listed or self.shown,
                confirm=self._confirm,
            )
        )
        verdict = check(answer.text, CATALOGUE, message=message)
        assert verdict.passed, (answer.text, verdict.failures)
        self.shown = answer.products or self.shown
        self.listed = answer.products if len(answer.products) > 1 else self.listed
        return answer

    def _confirm(self, item: Product) -> Confirmed:
        found = self.live(product_id=item.id, deadline=None)  # type: ignore[arg-type]
        return Confirmed(found.product or item, live=found.live, gone=found.product is None)


def ids(answer: Answer) -> list[int]:
    return [each.id for each in answer.products]


def test_a_conversation_in_spanish() -> None:
    talk = Talk()
    assert talk.say("hola").outcome == "greeting"
    assert ids(talk.say("¿Tienen cafeteras?")) == [1, 2, 3]
    second = talk.say("¿y la segunda?")
    assert ids(second) == [2]
    assert "31,50 €" in second.text
    first = talk.say("¿cuánto cuesta la primera?")
    assert ids(first) == [1]
    assert "24,90 €" in first.text
    assert "7 unidades" in first.text
    sale = talk.say("¿Cuánto vale la cafetera espresso?")
    assert "189,00 €" in sale.text
    assert "219,00 €" in sale.text
    assert "1 unidad." in sale.text
    sold_out = talk.say("¿hay molinillo manual?")
    assert "39,95 €" in sold_out.text
    assert "agotado" in sold_out.text
    assert ids(talk.say("CAF-102")) == [1]
    assert talk.say("¿hacen envíos?").outcome == "store_fact"
    assert talk.say("¿venden neumáticos?").outcome == "nothing_found"
    assert talk.say("quiero hablar con una persona").outcome == "person"
    assert talk.say("gracias").outcome == "thanks"


def test_a_conversation_in_english() -> None:
    talk = Talk()
    assert talk.say("hi there").text.startswith("Hello")
    mug = talk.say("do you have a travel mug?")
    assert ids(mug) == [14]
    assert "€18.00" in mug.text
    assert "€18.00" in talk.say("how much is it?").text
    assert "6 left" in talk.say("is it in stock?").text
    assert "blue" in talk.say("do you have it in blue?").text
    assert "https://shop.example/producto/14" in talk.say("tell me more about it").text
    assert talk.say("do you ship to London?").outcome == "store_fact"
    assert talk.say("bye").outcome == "bye"


def test_a_conversation_in_portuguese() -> None:
    talk = Talk()
    mug = talk.say("Oi, tem caneca?")
    assert ids(mug) == [13]
    assert "R$ 39,90" in mug.text
    assert "2 unidades" in talk.say("quantas unidades restam?").text
    assert "R$ 45,00" in talk.say("quanto custa a garrafa térmica Serra?").text
    assert talk.say("vocês entregam em Lisboa?").outcome == "store_fact"
    assert talk.say("o que você faz?").outcome == "help"
    assert talk.say("obrigada, tchau").outcome == "bye"


def test_options_are_answered_from_the_variations() -> None:
    talk = Talk()
    assert ids(talk.say("taza de gres Alba")) == [6]
    blue = talk.say("tem em azul?")
    assert "12,00 €" in blue.text
    assert "9 unidades" in blue.text
    red = talk.say("do you have it in red?")
    assert "out of stock" in red.text
    assert "€12.00" in red.text
    assert "13,50 €" in talk.say("¿y en verde?").text
    yellow = talk.say("¿y en amarillo?")
    assert "no viene en amarillo" in yellow.text
    assert "Verde oliva" in yellow.text


def test_size_and_colour_together_name_one_variation() -> None:
    talk = Talk()
    talk.say("camiseta barista")
    assert "4 unidades" in talk.say("¿en negro talla M?").text
    assert "agotado" in talk.say("¿en negro, talla L?").text
    assert "21,90 €" in talk.say("¿en blanco?").text
    assert "no viene en XL" in talk.say("¿en XL?").text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "Ningún producto tiene el código CAF-999."),
        ("en", "No product has the code CAF-999."),
        ("pt", "Nenhum produto tem o código CAF-999."),
    ],
)
def test_a_code_that_no_product_has_is_said_without_a_list(language: str, said: str) -> None:
    near = [Candidate(BY_ID[1], 0.45), Candidate(BY_ID[4], 0.9)]
    answer = templates.answer(
        Situation(
            intent=read("CAF-999"),
            words=("caf", "999"),
            language=language,
            found=near,
            confirm=lambda item: Confirmed(item, live=True),
        )
    )
    assert (answer.outcome, answer.products) == ("nothing_found", ())
    assert answer.text.startswith(said)


def test_a_budget_and_the_cheapest_are_understood() -> None:
    talk = Talk()
    assert ids(talk.say("cafeteras por menos de 30 €")) == [1]
    talk.say("cafeteras")
    assert ids(talk.say("¿cuál es la más barata?")) == [1, 2, 3]
    over = talk.say("molinillos por menos de 10 €")
    assert over.outcome == "nothing_found"
    assert ids(over) == [4, 5]


def test_a_fact_asked_of_nothing_is_asked_back() -> None:
    for message in ("¿cuánto cuesta?", "how much is it?", "e o segundo?"):
        assert Talk().say(message).outcome == "asked_back"


def test_with_the_shop_down_the_reply_says_that_it_is_the_last_record() -> None:
    for message, sign in (
        ("¿cuánto cuesta la cafetera espresso?", "último registro"),
        ("how much is the travel mug?", "last record"),
        ("quanto custa a caneca?", "último registro"),
    ):
        assert sign in Talk(live=MemoryShop(down=True)).say(message).text


def test_what_the_shop_no_longer_sells_is_not_offered() -> None:
    answer = Talk(live=MemoryShop(products=())).say("¿cuánto cuesta la cafetera espresso?")
    assert answer.outcome == "gone"
    assert "189" not in answer.text


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("", IntentKind.EMPTY),
        ("😀 !!", IntentKind.EMPTY),
        ("buenas tardes", IntentKind.GREETING),
        ("valeu!", IntentKind.THANKS),
        ("see you", IntentKind.BYE),
        ("ayuda", IntentKind.HELP),
        ("can I speak to someone", IntentKind.PERSON),
        ("where is my order", IntentKind.STORE_FACT),
        ("¿puedo pagar con tarjeta?", IntentKind.STORE_FACT),
        ("qual o horário?", IntentKind.STORE_FACT),
        ("ver más", IntentKind.MORE),
        ("show me more", IntentKind.MORE),
        ("tem outros?", IntentKind.MORE),
        ("precio de la mochila", IntentKind.PRICE),
        ("how many bottles are left", IntentKind.STOCK),
        ("detalles del 2", IntentKind.DETAIL),
        ("3", IntentKind.DETAIL),
        ("hola, busco tazas", IntentKind.SEARCH),
    ],
)
def test_intents_are_read_by_rules(message: str, kind: IntentKind) -> None:
    assert read(message).kind is kind


@pytest.mark.parametrize("language", PHRASES)
def test_every_language_fills_every_phrase(language: str) -> None:
    for each in fields(Phrases):
        said, spanish = getattr(PHRASES[language], each.name), getattr(PHRASES["es"], each.name)
        assert said, each.name
        if isinstance(said, dict):
            assert said.keys() == spanish.keys()
        else:
            assert _blanks(said) == _blanks(spanish), each.name


def _blanks(phrase: str | Counted) -> set[str]:
    import string

    texts = (phrase.one, phrase.many) if isinstance(phrase, Counted) else (phrase,)
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


NAMES = st.builds(
    lambda head, mark, size: f"{head} {mark}{size}",
    st.sampled_from(
        ["Cafetera", "Coffee mug", "Garrafa térmica", "Zapatilla", "Lámpara de mesa", "Óleo 3-en-1"]
    ),
    st.sampled_from(["Lucca", "Nº 5", "XK-200", "«Sol»", "Brisa Plus", "d'Or", "T-800"]),
    st.sampled_from(["", " 6 tazas", " 500 ml", " 1,5 L", " 12.50 cm", " 2024", " (pack 2)"]),
)
TEXTS = st.sampled_from(
    [
        "",
        "Taza de gres. Capacidad 350 ml. Antes costaba 99 €. Visita http://otra.example.",
        "Disponible en 3 colores. Hecha a mano en 24 horas. 100 % algodón.",
        "Quedan 5 unidades de la «Edición Limitada». Ref. ZZ-999. Llama al 600 123 456.",
        "Mide 12.50 x 30.75 y pesa 1.250 gramos. Agotado en tiendas.",
    ]
)
PRICES = st.one_of(st.none(), st.decimals(min_value=0, max_value=99_999, places=2))


@st.composite
def products(draw: st.DrawFn, number: int = 1) -> Product:
    price = draw(PRICES)
    item = product(
        number,
        draw(NAMES),
        None if price is None else str(price),
        sku=draw(st.sampled_from([None, "CAF-102", "8412345678905", "A1"])),
        currency=draw(st.sampled_from(["EUR", "USD", "BRL", "CLP", "MXN", None])),
        stock_status=draw(st.sampled_from(list(StockStatus))),
        stock_quantity=draw(st.sampled_from([None, Decimal(0), Decimal(1), Decimal(12), Decimal("2.5")])),
        short_description=draw(TEXTS),
        attributes=draw(
            st.sampled_from([{}, {"Color": ["Azul", "Rojo"]}, {"Talla": ["M"], "Color": ["Negro"]}])
        ),
    )
    if price is not None and draw(st.booleans()):
        item = replace(
            item, list_price=price + draw(st.sampled_from([0, 1, Decimal("10.50")])), sale_price=price
        )
    if price is None or not draw(st.booleans()):
        return item
    variations = [
        replace(
            item,
            id=number * 100 + each,
            kind=Kind.VARIATION,
            price=price + each,
            list_price=price + each,
            attributes={"Color": [colour], "Talla": ["M"]},
            stock_status=draw(st.sampled_from(list(StockStatus))),
            stock_quantity=draw(st.sampled_from([None, Decimal(4)])),
        )
        for each, colour in enumerate(("Azul", "Verde oliva"))
    ]
    return variable(
        number, item.name, variations, currency=item.currency, short_description=item.short_description
    )


MESSAGES = st.sampled_from(
    [
        "cafetera",
        "¿cuánto cuesta?",
        "is it in stock?",
        "me conte mais dele",
        "el segundo",
        "tem em azul?",
        "en rojo talla L",
        "el más barato",
        "por menos de 50 €",
        "ver más",
        "hola",
        "¿hacen envíos?",
        "¿cuál es la diferencia?",
        "compara el 1 y el 2",
        "compara uno con otro",
    ]
)
CHOICES = st.sampled_from(
    [
        Filters(),
        Filters(price_max=Decimal("49.99"), in_stock=True),
        Filters(price_min=Decimal(20), on_sale=True),
        Filters(options=(Choice(Facet.COLOUR, "rojas", (1,)), Choice(Facet.SIZE, "L", (2,)))),
        Filters(free_of=(Choice(Facet.FREE_OF, "gluten", (3,)),), price_max=Decimal(1250)),
        Filters(excluded=(Choice(Facet.COLOUR, "negro", (4,)),)),
    ]
)
SOUGHT = st.builds(
    lambda met, given_up, words: Sought(met, demands(given_up), words),
    CHOICES,
    # What is said to be sold out must be so: the search gives stock up only where nothing is in stock.
    CHOICES.filter(lambda filters: not filters.in_stock),
    st.sampled_from([{}, {"cafetrea": "cafetera"}]),
)


@given(
    st.lists(st.integers(1, 8), min_size=1, max_size=7, unique=True).flatmap(
        lambda numbers: st.tuples(*(products(number) for number in numbers))
    ),
    MESSAGES,
    st.sampled_from(["es", "en", "pt"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    SOUGHT,
)
def test_whatever_the_engine_says_passes_the_proof(
    rows: tuple[Product, ...],
    message: str,
    language: str,
    sure: bool,
    shown: bool,
    live: bool,
    sought: Sought,
) -> None:
    # All that a search gives meets the filters that it tells.
    assume(not sought.filters.in_stock or all(map(can_be_bought, rows)))
    answer = templates.answer(
        Situation(
            intent=read(message),
            words=tuple(words(message)),
            language=language,
            found=[Candidate(each, 0.9 if sure else 0.4) for each in rows],
            shown=rows if shown else rows[:1],
            listed=rows,
            sought=sought,
            sides=rows[:3],
            confirm=lambda each: Confirmed(each, live=live),
            similar=lambda each: [one for one in rows if one.in_stock],
            shop_name="Casa Lumbre",
        )
    )
    verdict = check(answer.text, rows, message=message, shop_name="Casa Lumbre", limits=sought.limits)
    assert verdict.passed, f"{answer.text}\n{verdict.failures}"


def test_the_small_shop_is_what_the_scripts_believe() -> None:
    assert BY_ID[6].variations[1].stock_status is StockStatus.OUT_OF_STOCK
    assert len(CATALOGUE) == 15
