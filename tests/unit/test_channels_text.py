from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tendero.channels.text import length, plain, split, whatsapp

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
CLUSTERS = [
    FAMILY,
    "🇪🇸",
    "🇧🇷",
    "👍🏽",
    "1\ufe0f\u20e3",
    "e\u0301",
    "n\u0303\u0323",
    "❤\ufe0f",
    "क्ष",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "각",
]

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Z", "C", "M"], exclude_characters="*_~`[]()"),
    min_size=1,
)
spaces = st.sampled_from([" ", "  ", "\n", "\n\n", "\n- ", "\n• ", ". ", "! ", "\n1. ", "\t", "\u00a0"])
prose = st.lists(st.tuples(words, spaces), max_size=60).map(lambda pairs: "".join(map("".join, pairs)))
anything = st.text(st.characters(codec="utf-8"), max_size=400)


def bare(text: str) -> str:
    return "".join(text.split())


@given(st.one_of(prose, anything), st.integers(2, 120))
@example("\u00a0", 5)
@example("a \u0301", 2)
def test_pieces_are_short_enough_and_hold_everything(text: str, most: int) -> None:
    pieces = split(text, most)
    assert all(piece and piece == piece.strip() for piece in pieces)
    assert all(length(piece) <= most for piece in pieces)
    assert bare("".join(pieces)) == bare(text)


@given(st.text(st.characters(codec="utf-8"), max_size=50))
def test_a_text_that_fits_is_one_piece(text: str) -> None:
    assert split(text, 100) == ([text.strip()] if text.strip() else [])


@given(prose, st.integers(4, 120))
def test_a_word_that_fits_into_a_piece_is_never_cut(text: str, most: int) -> None:
    whole = re.findall(r"[^\s]+", text)
    pieces = " ".join(split(text, most)).split()
    if all(length(word) <= most for word in re.split(r"[^\S\u00a0]+", text)):
        assert pieces == whole


@given(st.lists(st.sampled_from([*CLUSTERS, "a"]), min_size=1, max_size=60), st.integers(20, 60))
def test_a_grapheme_is_never_cut(clusters: list[str], most: int) -> None:
    text = "".join(clusters)
    borders, place = {0}, 0
    for cluster in clusters:
        place += len(cluster)
        borders.add(place)
    place = 0
    for piece in split(text, most):
        place += len(piece)
        assert place in borders


@given(st.lists(words.filter(lambda word: len(word) < 20), min_size=1, max_size=40), st.integers(45, 200))
def test_a_link_is_never_cut(around: list[str], most: int) -> None:
    link = "https://tienda.example/p/camisa_azul?talla=M"
    assert sum(piece.count(link) for piece in split(f" {link} ".join(around), most)) == len(around) - 1


@given(st.lists(st.integers(1, 12), min_size=1, max_size=20), st.integers(80, 300))
def test_marked_words_stay_together(counts: list[int], most: int) -> None:
    text = " ".join(f"*{' '.join(['ganga'] * count)}* y" for count in counts)
    for piece in split(text, most):
        assert piece.count("*") % 2 == 0


@given(st.lists(st.integers(1, 9), min_size=2, max_size=25), st.integers(120, 400))
def test_list_items_that_fit_stay_whole(sizes: list[int], most: int) -> None:
    items = [
        f"{n}. Camisa. {'Muy buena. ' * size}".strip() + f"\n   Precio: {n} €" for n, size in enumerate(sizes)
    ]
    items = [item for item in items if length(item) <= most]
    pieces = split("Esto hay. Mira:\n" + "\n".join(items) + "\n\n¿Cuál te gusta?", most)
    for item in items:
        assert any(item in piece for piece in pieces)


def test_a_paragraph_is_a_better_border_than_a_line_and_that_than_a_sentence() -> None:
    assert split("Uno. Dos.\nTres.\n\nCuatro. Cinco.", 28) == ["Uno. Dos.\nTres.", "Cuatro. Cinco."]
    assert split("Uno. Dos.\nTres. Cuatro. Cinco.", 13) == ["Uno. Dos.", "Tres. Cuatro.", "Cinco."]
    assert split("Uno dos. Tres cuatro cinco", 11) == ["Uno dos.", "Tres cuatro", "cinco"]


def test_an_early_paragraph_makes_no_short_message() -> None:
    pieces = split("¡Hola!\n\n" + "Una frase bastante larga. " * 8, 100)
    assert all(len(piece) > 50 for piece in pieces[:-1])


def test_the_number_of_an_item_is_not_left_behind() -> None:
    for piece in split("1. " + "larga " * 40 + "\n2. " + "corta " * 20, 90):
        assert not re.search(r"(^|\n)\d\.$", piece)


def test_a_price_keeps_its_currency_where_the_space_says_so() -> None:
    assert split("Cuesta 19,90\u00a0€", 13) == ["Cuesta", "19,90\u00a0€"]


def test_an_emoji_counts_as_much_as_the_strictest_platform_counts() -> None:
    assert length("a😀") == 3
    assert [len(piece) for piece in split("😀" * 10, 10)] == [5, 5]


def test_a_broken_pair_of_surrogates_stays_a_pair() -> None:
    assert split("a" * 9 + "\ud83d\ude00", 10) == ["a" * 9, "\ud83d\ude00"]


def test_a_word_longer_than_a_message_is_cut_at_last() -> None:
    assert split("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_nothing_to_say_makes_no_message() -> None:
    assert split(" \n\t", 10) == []


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**Camisa**", "*Camisa*"),
        ("__Camisa__", "*Camisa*"),
        ("*azul*", "_azul_"),
        ("_azul_", "_azul_"),
        ("***muy azul***", "*_muy azul_*"),
        ("**la *azul* de lino**", "*la _azul_ de lino*"),
        ("~~25 €~~ 19 €", "~25 €~ 19 €"),
        ("## Camisas **nuevas** ##", "*Camisas nuevas*"),
        ("#### ", ""),
        ("[Ver](https://t.example/a_b_c)", "Ver: https://t.example/a_b_c"),
        ("[https://t.example](https://t.example)", "https://t.example"),
        ("![Foto](https://t.example/f_(1).jpg)", "Foto: https://t.example/f_(1).jpg"),
        ('[Ver](<https://t.example> "Camisa")', "Ver: https://t.example"),
        ("[Volver](#inicio)", "Volver"),
        ("[correo](mailto:hola@t.example)", "correo: hola@t.example"),
        ("<https://t.example>", "https://t.example"),
        ("* uno\n+ dos\n- tres", "- uno\n- dos\n- tres"),
        ("> cita **fuerte**", "> cita *fuerte*"),
        ("uno\n\n---\n\ndos", "uno\n\ndos"),
        ("`x*y*z`", "`x*y*z`"),
        ("```sql\nselect *\n```\nlisto", "```\nselect *\n```\nlisto"),
        (r"\*nada\*", "*nada*"),
        ("**Precio:**19 €", "Precio:19 €"),
        (
            "| Nombre | Precio |\n|:--|--:|\n| **Lino** | 19 € |\n| Seda | |",
            "- *Lino* · Precio: 19 €\n- Seda",
        ),
    ],
)
def test_markdown_becomes_what_whatsapp_shows(markdown: str, shown: str) -> None:
    assert whatsapp(markdown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Tenemos 3:\n- Camisa azul: 19,90 €, en stock\n- Tornillo M8*20*1.25: 0,10 €\n¿Te interesa?",
        "5 * 3 = 15 y 2 * 2 = 4",
        "Ref. AB_12_C y AB__13__D",
        "https://t.example/p/a_b_c*?x=_1_",
        "#oferta a | b",
        "1. uno\n2. dos",
        "Precio < 5 > 3 [sin enlace] (así)",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert whatsapp(text) == text
    assert plain(text) == text


def test_a_plain_message_has_no_marks() -> None:
    text = "# Hola\n**Camisa** *azul* ~~25~~ `AB` [Ver](https://t.example)\n> cita\n```\nx\n```"
    assert plain(text) == "Hola\nCamisa azul 25 AB Ver: https://t.example\ncita\nx"


@given(st.text(st.sampled_from("ab *_~`[]()<>|#\\\n-1.:>"), max_size=200))
def test_any_text_can_be_written(text: str) -> None:
    letters = [letter for letter in text if letter in "ab"]
    for written in (whatsapp(text), plain(text)):
        assert len([letter for letter in written if letter in "ab"]) <= len(letters)


@given(words)
def test_a_word_without_marks_is_unchanged(word: str) -> None:
    word = "".join(letter for letter in word if unicodedata.category(letter)[0] == "L")
    assert whatsapp(word) == word
