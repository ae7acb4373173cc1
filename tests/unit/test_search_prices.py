"""Price limits in what shoppers type."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.assistant.money import format_price
from tendero.catalog.search import question
from tendero.catalog.search.prices import limits


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("shoes under 50", None, "50"),
        ("zapatillas menos de $30.000", None, "30000"),
        ("bolsa até R$ 100", None, "100"),
        ("algo entre 100 y 200", "100", "200"),
        ("shoes between 20 and 40 euros", "20", "40"),
        ("entre R$ 50 e R$ 100", "50", "100"),
        ("from $20 to $40", "20", "40"),
        ("desde 20 hasta 40", "20", "40"),
        ("zapatos 20-30€", "20", "30"),
        ("regalos de 20 a 30 euros", "20", "30"),
        ("entre los 40 y los 20", "20", "40"),
        ("más de 50", "50", None),
        ("a partir de 20 euros", "20", None),
        ("$50 o más", "50", None),
        ("50 o menos", None, "50"),
        ("€20 or less", None, "20"),
        ("50€ máximo", None, "50"),
        ("no más de 40", None, "40"),
        ("que no pase de 40 euros", None, "40"),
        ("que cueste menos de 20", None, "20"),
        ("presupuesto de 100 euros", None, "100"),
        ("abaixo de 50 reais", None, "50"),
        ("camisa por 50", None, "50"),
        ("camisa de 20 euros", None, "20"),
        ("zapatos < 50", None, "50"),
        ("menos de 30 mil pesos", None, "30000"),
        ("hasta 30k", None, "30000"),
        ("menos de 1.250,50 €", None, "1250.50"),
        ("under 1,250.50", None, "1250.50"),
        ("unos 50 euros", "37.50", "62.50"),
        ("más de 20 y menos de 50", "20", "50"),
        ("smartphone 128gb menos de 300", None, "300"),
        ("under 50 size 8", None, "50"),
        ("de hasta 20 euros, máximo 15", None, "15"),
    ],
)
def test_a_price_phrase_is_a_limit(text: str, low: str | None, high: str | None) -> None:
    found = limits(text)
    assert (found.low, found.high) == (low and Decimal(low), high and Decimal(high))


@pytest.mark.parametrize(
    "text",
    [
        "algo barato",
        "botella de 2 litros",
        "talla 42",
        "talla entre 38 y 40",
        "size 8",
        "12 in pan",
        'sartén de 12"',
        "500 ml",
        "hasta 100 personas",
        "toys under 2 years",
        "más de 5 kg",
        "entre 20 y 30 cm",
        "1/2 inch binder",
        "airpods 2",
        "fitbit charge 3",
        "%100 silicone not clear",
        "mesa de 120 x 60",
        "hasta 50%",
        "un regalo de 50",
        "por 50 unidades",
        "número 38",
        "8412345678905",
    ],
)
def test_a_measure_a_size_or_a_code_is_no_price(text: str) -> None:
    assert limits(text).spans == ()
    assert not question.read(text).filters


CUES = {
    "es": ("menos de {}", "hasta {}", "por debajo de {}", "{} o menos", "como mucho {}", "máximo {}"),
    "en": ("under {}", "less than {}", "up to {}", "{} or less", "at most {}", "no more than {}"),
    "pt": ("menos de {}", "até {}", "abaixo de {}", "{} ou menos", "no máximo {}", "por menos de {}"),
}


@given(
    st.decimals(min_value=1, max_value=9_999_999, places=2),
    st.sampled_from(["EUR", "USD", "BRL", "ARS", "CLP", "MXN", "GBP", "COP", None]),
    st.sampled_from([(language, cue) for language, cues in CUES.items() for cue in cues]),
    st.sampled_from(["", "zapatos ", "busco un regalo, ", "red shoes "]),
    st.sampled_from(["", " rojos", ", por favor", " in red", "?"]),
)
def test_a_limit_is_read_however_its_amount_is_written(
    amount: Decimal, currency: str | None, cue: tuple[str, str], before: str, after: str
) -> None:
    written = format_price(amount, currency, cue[0])
    text = before + cue[1].format(written) + after
    found = limits(text)
    assert (found.low, found.high) == (None, amount)
    assert not any(each.isdigit() for each in question.read(text).content)


@given(st.text(max_size=200) | st.text("0123456789.,-€$ yaendrtoshk", max_size=60))
def test_any_text_has_limits_or_none(text: str) -> None:
    found = limits(text)
    assert found.low is None or found.high is None or found.low <= found.high
    assert all(0 <= start < end <= len(text) for start, end in found.spans)
    assert bool(found.spans) is (found.low is not None or found.high is not None)
