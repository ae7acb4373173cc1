"""What the proof lets through and what it catches."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tendero.assistant.money import format_price
from tendero.assistant.proof import FailureKind, check
from tests.unit.catalogue import BY_ID, CATALOGUE, product

LUCCA = "Cafetera italiana Lucca 6 tazas"
ROMA = "Cafetera espresso Roma"


def kinds(text: str, message: str = "hola") -> set[FailureKind]:
    return {failure.kind for failure in check(text, CATALOGUE, message=message).failures}


@pytest.mark.parametrize(
    "text",
    [
        f"La {LUCCA} cuesta 24,90 € y quedan 7 unidades.",
        "Tengo dos opciones:\n- **Cafetera de émbolo Oslo 1 L**: 31,50 €\n"
        f"- **{ROMA}**: 189 € (antes 219 €), queda 1\n¿Cuál prefieres?",
        "The Travel mug Harbour costs €18.00 and there are 6 left: https://shop.example/producto/14",
        "A Caneca de cerâmica Lua custa R$ 39,90 e restam 2 unidades.",
        "**Precio:** 24,90 €\n**Stock:** 7 unidades",
        f"**{LUCCA}**\nPrecio: 24,90 €\nStock: 7 unidades\n\n**{ROMA}**\nPrecio: 189,00 €",
        f"Claro, tengo 3 cafeteras entre 24,90 € y 189 €: {LUCCA}, {ROMA} y otra.",
        "La Taza de gres Alba en azul cuesta 12 €; en verde oliva 13,50 €. En rojo está agotada.",
        "La Cafetera italiana Lucca (24,90 €) hace 6 tazas.",
        "1. **Taza esmaltada Campo** – 9,90 €\n   - Disponible por encargo",
        "Queda una unidad de la Cafetera espresso Roma.",
        "El código es CAF-102.",
        "La Botella térmica Norte 500 ml cuesta 27 € y es de 500 ml.",
        "El Café descafeinado molido 250 g viene en 250 g.",
        "Visita https://shop.example para ver más.",
        "Puedes elegir la opción 1 o la 2.",
        "¡Hola! ¿En qué puedo ayudarte?",
        "El Molinillo manual Brisa no está disponible ahora.",
        "¿Quieres ver solo lo disponible?",
    ],
)
def test_what_the_rows_say_passes(text: str) -> None:
    assert not check(text, CATALOGUE, message="hola").failures


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"La {LUCCA} cuesta 25 €.", "price"),
        (f"La {ROMA} cuesta 24,90 €.", "price"),
        (f"{LUCCA}: $24.90", "price"),
        (f"La {LUCCA} cuesta veinte euros.", "price"),
        ("Su precio es 30.", "price"),
        ("Cuesta 1.250 €", "price"),
        ("Con un 10 % de descuento", "price"),
        ("Ahorras 30 €", "price"),
        ("Dos tazas serían 24,00 €", "price"),
        ("Las dos juntas salen por 56,40 €", "price"),
        ("Te la dejo por 20.", "price"),
        (f"Quedan 9 unidades de la {LUCCA}.", "stock"),
        (f"Stock de la {LUCCA}: 12", "stock"),
        (f"Quedan dos unidades de la {LUCCA}.", "stock"),
        (f"There are three left of {LUCCA}.", "stock"),
        (f"La {LUCCA} está agotada.", "stock"),
        ("El Molinillo manual Brisa está disponible.", "stock"),
        ("The Molinillo manual Brisa is in stock.", "stock"),
        ("SKU: CAF-999", "code"),
        ("La referencia es XK200B.", "code"),
        ("Llama al +34 600 123 456", "code"),
        ("Tenemos **Cafetera Turbo 3000** por 24,90 €.", "name"),
        ("- Cafetera Nube: 24,90 €", "name"),
        ("Te recomiendo la Cafetera Nube Blanca.", "name"),
        (f"La {LUCCA} y la “Tetera Zen” son buenas.", "name"),
        ("Mira https://evil.example/x", "link"),
        ("Mira evil.com/x", "link"),
        ("Mira shop.example/otro", "link"),
        ("Mira [aquí](https://shop.example.evil.com/producto/1)", "link"),
        ("Mira https://shop.example@evil.com/producto/1", "link"),
        ("Escribe a ventas@shop.example", "link"),
        ("Te llega en 24 horas", "promise"),
        ("Tiene garantía de 2 años", "promise"),
        ("El envío es gratis", "promise"),
    ],
)
def test_what_no_row_says_is_caught(text: str, kind: str) -> None:
    assert FailureKind(kind) in kinds(text)


def test_the_customers_own_words_may_be_denied_but_not_sold() -> None:
    message = "¿tienen el Taladro Percutor TP-900 por menos de 20 €?"
    assert not kinds("No tengo “Taladro Percutor” ni el código TP-900.", message)
    assert not kinds("No encontré nada por menos de 20 €.", message)
    assert FailureKind.NAME in kinds("Sí, **Taladro Percutor**: 24,90 €", message)
    assert FailureKind.PRICE in kinds("El taladro cuesta 20 €.", message)


def test_live_rows_are_what_counts() -> None:
    fresh = product(1, LUCCA, "26.00", stock_quantity=Decimal(3))
    assert check(f"{LUCCA}: 26,00 €, quedan 3", (fresh,)).passed
    assert not check(f"{LUCCA}: 24,90 €", (fresh,)).passed


def test_the_products_named_are_given_in_the_texts_order() -> None:
    verdict = check(f"{ROMA}: 189,00 €\nTaza esmaltada Campo: 9,90 €\n{LUCCA}: 24,90 €", CATALOGUE)
    assert [each.id for each in verdict.products] == [3, 7, 1]


def test_a_price_inside_a_name_is_no_statement_but_one_after_it_is() -> None:
    rows = (product(1, "Tarjeta regalo 50 €", "50.00"), product(2, "Lámpara 20", "35.00"))
    assert check("Tarjeta regalo 50 €", rows).passed
    assert not check("Lámpara 20 €", rows).passed
    assert check("Lámpara 20: 35,00 €", rows).passed


ROWS = st.sampled_from(CATALOGUE)
AMOUNTS = st.decimals(min_value=1, max_value=99_999, places=2)
FRAMES = [
    "{name} cuesta {price}.",
    "{name}: {price}",
    "- **{name}** – {price}",
    "Por {price} tienes {name}.",
    "{name} costs {price} today.",
    "{name} sai por {price}",
    "El precio es {price}",
    "{name} está en oferta a {price}",
]


@given(ROWS, AMOUNTS, st.sampled_from(["es", "en", "pt"]), st.sampled_from(FRAMES))
def test_any_price_that_is_not_the_products_is_caught(
    row: object, amount: Decimal, language: str, frame: str
) -> None:
    said = BY_ID[row.id]  # type: ignore[attr-defined]
    known = {
        price
        for each in (said, *said.variations)
        for price in (each.price, each.price_max, each.list_price, each.sale_price)
    }
    assume(amount not in known)
    text = frame.format(name=said.name, price=format_price(amount, said.currency, language))
    found = check(text, (said,)).failures
    assert FailureKind.PRICE in {failure.kind for failure in found}, text


@given(
    ROWS,
    st.integers(1, 10_000),
    st.sampled_from(["Quedan {n} unidades de {name}.", "{name}: {n} left", "{name}: restam {n}"]),
)
def test_any_stock_figure_that_is_not_the_products_is_caught(row: object, units: int, frame: str) -> None:
    said = BY_ID[row.id]  # type: ignore[attr-defined]
    assume(all(each.stock_quantity != units for each in (said, *said.variations)))
    found = check(frame.format(n=units, name=said.name), (said,)).failures
    assert FailureKind.STOCK in {failure.kind for failure in found}


@given(st.text(max_size=400), st.text(max_size=100))
def test_any_text_can_be_checked(text: str, message: str) -> None:
    check(text, CATALOGUE, message=message)


def test_a_code_that_stands_in_a_name_need_not_be_said() -> None:
    rows = [product(1, "[E-COM07] Large cabinet", "320"), product(2, "[E-COM08] Small cabinet", "120")]
    assert not check("The Large cabinet costs €320 and the Small cabinet €120.", rows).failures
    assert {each.kind for each in check("The Large cabinet costs €120.", rows).failures} == {
        FailureKind.PRICE
    }
    assert not check("[E-COM07] Large cabinet: €320", rows).failures


STATED = """Los envíos tardan 24 horas; envío gratis desde 50 €. 10 % de descuento con el código VERDE10.
Pago con Bizum. Más en https://shop.example/envios."""


@pytest.mark.parametrize(
    "text",
    [
        "Los envíos tardan 24 horas.",
        "Sí: envío gratis desde 50 €.",
        "Tienes un 10 % de descuento con el código VERDE10.",
        "Puedes pagar con Bizum.",
        "Lo tienes en https://shop.example/envios.",
    ],
)
def test_what_the_shop_says_of_itself_passes(text: str) -> None:
    assert check(text, CATALOGUE, message="hola").failures or "Bizum" in text
    assert not check(text, CATALOGUE, message="hola", stated=STATED).failures


@pytest.mark.parametrize(
    "text",
    [
        f"La {LUCCA} cuesta 50 €.",
        "Envío gratis desde 40 €.",
        "Los envíos tardan 48 horas.",
        "Tienes un 20 % de descuento.",
        "Lo tienes en https://evil.example/envios.",
    ],
)
def test_what_the_shop_says_of_itself_bears_out_nothing_else(text: str) -> None:
    assert check(text, CATALOGUE, message="hola", stated=STATED).failures
