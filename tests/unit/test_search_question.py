"""How a question is read: words, fillers, translations, options."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.item import Kind, StockStatus
from tendero.catalog.product import Product
from tendero.catalog.search import question
from tendero.catalog.search.glossary import is_modifier, translations
from tendero.catalog.search.normalise import fold, root, words
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
    assert question.content(question.read(text)) == asked


def test_a_filler_is_kept_with_no_mass_behind_what_carries_meaning() -> None:
    assert [(word.text, word.mass) for word in question.read("para lámpara")] == [
        ("lampara", 1.0),
        ("para", 0.0),
    ]


def test_colours_and_materials_name_nothing() -> None:
    assert [word.mass for word in question.read("zapato rojo de madera")] == [1.0, 0.5, 0.5]
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
    assert all(not word.translations for word in question.read("red shoes", translate=False))


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


@given(st.text(max_size=100))
def test_any_text_is_read_once_and_folded(text: str) -> None:
    read = question.read(text)
    assert len(read) <= 24
    assert len({word.text for word in read}) == len(read)
    assert [fold(word) for word in words(text)] == words(text)


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
    shown = narrowed(SHOE, question.read(text), in_stock=False)
    assert shown is not None
    assert [each.id for each in shown.variations] == ids


def test_options_without_stock_do_not_count_when_stock_is_asked_for() -> None:
    shown = narrowed(SHOE, question.read("zapato negro 42"), in_stock=True)
    assert shown is not None
    assert 1 not in {each.id for each in shown.variations}
