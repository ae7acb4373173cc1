"""The glossary's file and what it makes of single words and compounds."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

import pytest

from tendero.catalog.folding import fold
from tendero.catalog.search import glossary, question
from tendero.catalog.search.glossary import all_translations, is_modifier, meanings, translations
from tendero.catalog.search.substances import substance, substances


def lines() -> list[str]:
    text = glossary._FILE.read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_every_line_has_three_languages_and_no_word_twice_in_one() -> None:
    for line in lines():
        columns = [column.split(", ") for column in line.split(" | ")]
        assert len(columns) == 3, line
        assert all(name == name.strip() and name for name in chain(*columns)), line
        assert all(count == 1 for names in columns for count in Counter(names).values()), line


def test_no_line_stands_twice() -> None:
    assert [line for line, count in Counter(lines()).items() if count > 1] == []


def test_names_are_folded_words_of_compounds_of_at_most_three() -> None:
    assert len(meanings()) == len(lines()) > 800
    for name in chain.from_iterable(each.names for each in meanings()):
        assert 1 <= len(name.words) <= 3, name
        assert all(word == fold(word) for word in name.words)
        assert set(name.telling) <= set(name.words)


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("computadora", "ordenador"),
        ("heladera", "nevera"),
        ("jumper", "sueter"),
        ("nappies", "panal"),
        ("telemovel", "celular"),
        ("torch", "linterna"),
        ("laptop", "ordenador"),
        ("comba", "saltar"),
    ],
)
def test_regions_and_languages_name_things_differently(said: str, other: str) -> None:
    assert other in translations(said)


@pytest.mark.parametrize(
    ("said", "none"),
    [
        ("sunglasses", "gafas"),
        ("laptop", "portatil"),
        ("rope", "clothes"),
        ("tape", "lid"),
        ("comb", "corda"),
    ],
)
def test_what_only_looks_alike_is_no_translation(said: str, none: str) -> None:
    assert none not in translations(said)


def test_a_compound_is_one_thing() -> None:
    head, rest = all_translations(["gafas", "sol"])
    assert "sunglasses" in head
    assert "sunglasses" in rest
    assert "glasses" not in head
    assert "glasses" in all_translations(["gafas", "redondas"])[0]
    assert all("umbrella" in each and "rain" not in each for each in all_translations(["guarda", "chuva"]))


def test_the_words_of_compounds_stand_for_their_counterparts() -> None:
    pressure, cooker, big = all_translations(["pressure", "cooker", "big"])
    assert "presion" in pressure
    assert "pressao" in pressure
    assert "olla" in cooker
    assert "panela" in cooker
    assert "grande" in big
    assert "comba" in all_translations(["cuerdas", "saltar"])[0]


def test_words_that_others_stand_between_are_no_compound() -> None:
    (first, *_) = question.read("gafas; sol").words
    assert "glasses" in first.translations


def test_a_word_that_also_names_a_thing_is_no_modifier() -> None:
    assert is_modifier("plata")
    assert not is_modifier("plato")


@pytest.mark.parametrize(
    ("text", "asked", "unwanted"),
    [
        ("galletas con nada de azúcar ni gluten", "galletas", "azucar gluten"),
        ("leche 0 % lactosa", "leche", "lactosa"),
        ("biscuits with no added sugar", "biscuits", "sugar"),
        ("cerveja zero álcool", "cerveja", "alcool"),
        ("pan que no lleva gluten", "pan", "gluten"),
        ("açúcar no leite", "acucar leite", ""),
        ("zapatos talla 0", "zapatos 0", ""),
    ],
)
def test_nothing_of_a_substance_is_asked_for_in_many_ways(text: str, asked: str, unwanted: str) -> None:
    read = question.read(text)
    assert read.content == asked
    assert " ".join(word.text for word in read.negated) == unwanted


@pytest.mark.parametrize(
    "text", ["0 % azúcar", "0% de azúcar", "Nada de azúcares", "não leva açúcar", "zero sugar"]
)
def test_texts_say_in_many_ways_that_there_is_nothing_of_it(text: str) -> None:
    known = substance("azucar")
    assert known
    assert re.search(known.pattern, fold(text))
    assert not re.search(known.pattern, fold("10 % azúcar"))


def test_each_word_means_one_substance() -> None:
    words = Counter(chain.from_iterable(each.words for each in substances()))
    assert max(words.values()) == 1
    assert all(word == fold(word) for word in words)
