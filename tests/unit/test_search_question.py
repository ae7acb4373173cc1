"""How a question is read: words, fillers, translations, options."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.item import Kind, StockStatus
from tendero.catalog.product import Product
from tendero.catalog.search import question
from tendero.catalog.search.glossary import is_modifier, translations
from tendero.catalog.search.normalise import fold, root, words
from tendero.catalog.search.substances import substances
from tendero.catalog.search.variations import narrowed


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("¿Tienen camisas de lino?", "camisas lino"),
        ("Do you sell wireless headphones?", "wireless headphones"),
        ("Quanto custa a bota Peñalara?", "bota penalara"),
        ("Hola, buenas tardes, busco un regalo", "regalo"),
        ("¿Cuánto cuesta el té verde?", "te verde"),
        ("¿te queda algo?", "te queda algo"),
        ("de la", ""),
        ("", ""),
    ],
)
def test_what_only_asks_is_no_content(text: str, asked: str) -> None:
    assert question.read(text).content == asked


def test_a_filler_is_kept_with_no_mass_behind_what_carries_meaning() -> None:
    assert [(word.text, word.mass) for word in question.read("para lámpara").words] == [
        ("lampara", 1.0),
        ("para", 0.0),
    ]


def test_colours_and_materials_name_nothing() -> None:
    assert [word.mass for word in question.read("zapato rojo de madera").words] == [1.0, 0.5, 0.5]
    assert is_modifier("vermelhas")
    # A word that is also a thing's name counts as one.
    assert not is_modifier("cafe")


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("shoes", "zapato"),
        ("sapatos", "zapato"),
        ("knives", "cuchillo"),
        ("rojas", "red"),
        ("xicara", "taza"),
    ],
)
def test_everyday_words_are_translated(word: str, other: str) -> None:
    assert other in translations(word)


def test_unknown_words_have_no_translation() -> None:
    assert translations("peñalara") == ()
    assert all(not word.translations for word in question.read("red shoes", translate=False).words)


@pytest.mark.parametrize(
    "forms",
    [
        ("rojo", "roja", "rojos", "rojas"),
        ("azul", "azules", "azuis"),
        ("lapiz", "lapices"),
        ("camion", "camiones"),
        ("box", "boxes"),
        ("battery", "batteries"),
        ("botao", "botoes"),
    ],
)
def test_forms_of_a_word_have_one_root(forms: tuple[str, ...]) -> None:
    assert len({root(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("text", "asked", "unwanted"),
    [
        ("pan sin gluten", "pan", "gluten"),
        ("galletas sin gluten ni lactosa de chocolate", "galletas chocolate", "gluten lactosa"),
        ("leche sin azúcares añadidos", "leche", "azucares anadidos"),
        ("gluten-free bread", "bread", "gluten"),
        ("hands free headset", "hands free headset", ""),
        ("toothpaste without sweetener for kids", "toothpaste kids", "sweetener"),
        ("picnic basket without glass beads", "picnic basket", "glass beads"),
        ("mochila sin ruedas y con bolsillos", "mochila bolsillos", "ruedas"),
        ("botas sin cordones negras talla 38", "botas negras 38", "cordones"),
        ("camiseta que no sea roja", "camiseta", "roja"),
        ("camisas que não sejam azuis nem pretas", "camisas", "azuis pretas"),
        ("no quiero rojo", "", "rojo"),
        ("no quiero que sea rojo, quiero azul", "azul", "rojo"),
        ("fone sem fio preto", "fone inalambrico preto", ""),
        ("%100 silicone not clear", "100 silicone clear", ""),
        ("tool case without tools or case", "tool case", "tools"),
    ],
)
def test_what_shall_not_be_there_is_no_word_asked_for(text: str, asked: str, unwanted: str) -> None:
    read = question.read(text)
    assert read.content == asked
    assert " ".join(word.text for word in read.negated) == unwanted


@pytest.mark.parametrize(
    ("text", "on_sale", "in_stock", "asked"),
    [
        ("zapatos en oferta", True, False, "zapatos"),
        ("ofertas de zapatos", True, False, "zapatos"),
        ("shoes on sale", True, False, "shoes"),
        ("tênis em promoção", True, False, "tenis"),
        ("zapatos rebajados", True, False, "zapatos"),
        ("camisetas con descuento disponibles", True, True, "camisetas"),
        ("red shoes in stock", False, True, "red shoes"),
        ("sapatos em estoque", False, True, "sapatos"),
        ("zapatos que tengan en stock", False, True, "zapatos"),
        ("¿está disponible la cafetera?", False, False, "cafetera"),
        ("do you have the kettle in stock?", False, False, "kettle"),
        ("¿cuánto sale?", False, False, "cuanto sale"),
    ],
)
def test_sale_and_stock_are_demands(text: str, on_sale: bool, in_stock: bool, asked: str) -> None:
    read = question.read(text)
    assert (read.filters.on_sale, read.filters.in_stock) == (on_sale, in_stock)
    assert read.content == asked


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("camiseta talla M", "m"),
        ("shoes size 8.5", "8.5"),
        ("tamanho GG", "gg"),
        ("botas número 38", "38"),
        ("talla: 2XL", "2xl"),
        ("camisa talla M o L", "m l"),
        ("botella de 2 litros", ""),
        ("talla amplia", ""),
    ],
)
def test_what_follows_a_size_word_is_a_size(text: str, sizes: str) -> None:
    assert " ".join(each.text for each in question.read(text).spoken if each.sized) == sizes


def test_a_question_may_hold_everything_at_once() -> None:
    read = question.read("¿tienen zapatillas rojas talla 42 sin cordones, de menos de 50 € y en oferta?")
    assert (read.filters.price_max, read.filters.on_sale) == (Decimal(50), True)
    assert read.content == "zapatillas rojas 42"
    assert [word.text for word in read.negated] == ["cordones"]


def test_an_absence_is_only_what_a_text_says_itself() -> None:
    def free(text: str) -> set[str]:
        return {each.name for each in substances() if re.search(each.pattern, fold(text))}

    assert free("Pan sin gluten") == {"gluten"}
    assert free("NÃO CONTÉM GLÚTEN") == {"gluten"}
    assert free("Sin lactosa ni gluten; apto para celíacos.") == {"lactosa", "gluten"}
    assert free("gluten-free, free from nuts") == {"gluten", "nueces"}
    assert free("Contiene gluten. Sin azúcares añadidos. Trazas de soja") == {"azucar"}
    assert not free("Sin conservantes. Gluten: sí. No apto para celíacos, no sugar? Not gluten free")


@given(st.text(max_size=100))
def test_any_text_is_read_once_and_folded(text: str) -> None:
    read = question.read(text).words
    assert len(read) <= 24
    assert len({word.text for word in read}) == len(read)
    assert [fold(word) for word in words(text)] == words(text)
    assert not {word.text for word in question.read(text).negated} & {word.text for word in read}


def variation(number: int, **options: str) -> Product:
    return Product(
        id=number,
        source="s",
        external_id=str(number),
        kind=Kind.VARIATION,
        name="v",
        attributes={name: [value] for name, value in options.items()},
        stock_status=StockStatus.OUT_OF_STOCK if number == 1 else StockStatus.IN_STOCK,
    )


SHOE = Product(
    id=9,
    source="s",
    external_id="9",
    kind=Kind.PRODUCT,
    name="Zapato",
    variations=(
        variation(1, Color="Negro", Talla="42"),
        variation(2, Color="Negro mate", Talla="42"),
        variation(3, Color="Negro", Talla="43"),
        variation(4, Talla="44"),
    ),
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("zapato negro 42", [1]),
        ("zapato negro mate", [2, 4]),
        ("black shoe", [1, 3, 4]),
        ("zapato 43", [3]),
        ("zapato 50", [1, 2, 3, 4]),
        ("zapato verde 44", [4]),
    ],
)
def test_named_options_narrow_the_variations(text: str, ids: list[int]) -> None:
    shown = narrowed(SHOE, question.read(text).words, in_stock=False)
    assert shown is not None
    assert [each.id for each in shown.variations] == ids


def test_options_without_stock_do_not_count_when_stock_is_asked_for() -> None:
    shown = narrowed(SHOE, question.read("zapato negro 42").words, in_stock=True)
    assert shown is not None
    assert 1 not in {each.id for each in shown.variations}
