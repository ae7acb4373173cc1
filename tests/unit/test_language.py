"""The language of short messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.assistant.language import LANGUAGES, detect, evidence

MESSAGES = [
    line.split("\t")
    for line in Path(__file__).with_name("short_messages.tsv").read_text(encoding="utf-8").splitlines()
]


def test_realistic_short_messages_are_told_apart() -> None:
    wrong = [text for language, text in MESSAGES if detect(text) != language]
    assert len(MESSAGES) == 135
    assert len(wrong) == 2, wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_conversation_decides_where_the_message_tells_nothing(language: str) -> None:
    for text in ("iPhone 15", "CAF-102", "2", "ok!", "", "😀"):
        assert detect(text, conversation=language, hint="en") == language


def test_the_channels_hint_decides_in_a_new_conversation() -> None:
    assert detect("iPhone 15", hint="pt-BR") == "pt"
    assert detect("iPhone 15", hint="en_US") == "en"


def test_a_clear_message_beats_conversation_and_hint() -> None:
    assert detect("how much is the blue one?", conversation="es", hint="es") == "en"
    assert detect("¿cuánto cuesta?", conversation="en", hint="en") == "es"


def test_without_any_sign_the_shops_first_language_is_taken() -> None:
    assert detect("12345", accepted=("pt", "es")) == "pt"


def test_only_languages_of_the_shop_are_given() -> None:
    assert detect("do you have mugs?", accepted=("es", "pt")) in ("es", "pt")


@given(st.text(max_size=300), st.sampled_from([None, *LANGUAGES]), st.sampled_from([None, "pt-BR", "xx", ""]))
def test_any_text_has_a_language(text: str, conversation: str | None, hint: str | None) -> None:
    assert detect(text, conversation=conversation, hint=hint) in LANGUAGES


@given(st.text(max_size=100))
def test_case_and_surrounding_space_do_not_matter(text: str) -> None:
    assert evidence(f"  {text} ") == evidence(text)


@given(st.sampled_from(MESSAGES), st.sampled_from([" ", "  ", "\n"]))
def test_layout_does_not_change_the_language(message: list[str], space: str) -> None:
    assert detect(message[1].replace(" ", space)) == detect(message[1])
