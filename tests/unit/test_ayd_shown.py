"""What of AskYourDatabase's answers reaches a customer."""

from __future__ import annotations

import pytest

from tendero.assistant import links
from tendero.assistant.askyourdatabase.shown import Shown, shown

HOSTS = ("shop.example", "erp.example:8069")


def text(answer: str, most: int = 6000) -> str:
    return shown(answer, HOSTS, most).text


@pytest.mark.parametrize(
    "sql",
    [
        "```sql\nSELECT * FROM products;\n```",
        "```postgresql\nselect 1\n```",
        "```\nselect name from products\n```",
        "```\n-- the cheapest\nSELECT name FROM products\n```",
        "SELECT name, price\nFROM products\nWHERE price < 10;",
        "> SELECT name FROM products",
        "WITH cheap AS (SELECT 1) SELECT * FROM cheap;",
        "DELETE FROM orders",
        "`select name from products`",
        "`UPDATE products SET price = 1`",
    ],
)
def test_sql_is_not_shown(sql: str) -> None:
    said = shown(f"Hay 3 productos.\n\n{sql}\n\nEl más barato cuesta 9 €.", HOSTS, 6000)
    assert said.text == "Hay 3 productos.\n\nEl más barato cuesta 9 €."
    assert said.notes == ("SQL was left out of the answer",)


def test_sql_in_a_fence_that_never_ends_is_not_shown() -> None:
    assert text("Hay 3 productos.\n```sql\nSELECT name FROM products") == "Hay 3 productos."


@pytest.mark.parametrize(
    "answer",
    [
        "Select a size from the list.",
        "SELECT Arabica: 9 €",
        "Update your order from the app with care.",
        "Ticket:\n2 x taza\ntotal 18 €",
    ],
)
def test_what_only_looks_like_sql_stays(answer: str) -> None:
    assert shown(answer, HOSTS, 6000) == Shown(answer)


def test_what_a_fence_holds_beside_sql_stays() -> None:
    assert text("Mira:\n```\ntaza  9 €\n```") == "Mira:\ntaza  9 €"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/pay",
        "http://shop.example.evil.example/x",
        "https://shop.example@evil.example/x",
        "www.evil.example",
        "evil.com/x",
        "//evil.example/x",
        "ventas@shop.example",
        "mailto:ventas@shop.example",
        "javascript://shop.example/%0aalert",
        "ftp://shop.example/x",
    ],
)
def test_links_to_elsewhere_are_left_out(link: str) -> None:
    said = shown(f"Cómprala en {link} hoy.", HOSTS, 6000)
    assert said.text == "Cómprala en hoy."
    assert said.notes[0].startswith("links were left out of the answer: ")
    assert text(f"Cómprala [aquí]({link}) hoy.") == "Cómprala aquí hoy."
    assert link not in text(f"![{link}]({link}) <{link}> ({link})")


@pytest.mark.parametrize(
    "link",
    [
        "https://shop.example/p/taza?utm_source=x",
        "shop.example/p",
        "https://www.shop.example",
        "http://erp.example:8069/a",
    ],
)
def test_links_to_the_shop_stay(link: str) -> None:
    assert shown(f"Aquí: {link}.", HOSTS, 6000).notes == ()
    assert link in text(f"Aquí: {link}.")
    assert text(f"[Taza]({link})") == f"Taza: {link}"


def test_a_text_without_links_is_not_touched() -> None:
    assert links.without_foreign("2,50 € ()  y 3.000 g", ()) == ("2,50 € ()  y 3.000 g", ())


def test_markdown_becomes_plain_and_a_dump_is_cut() -> None:
    assert text("## Total\n**3** tazas, `9 €`") == "Total\n3 tazas, 9 €"
    assert len(text("fila " * 4000, 1000)) <= 1000
    assert text("fila " * 4000, 1000).endswith("…")


def test_nothing_is_left_of_what_may_not_be_shown() -> None:
    assert text("```sql\nselect 1\n```") == ""
    assert text("https://evil.example") == ""
