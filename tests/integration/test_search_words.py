"""Finding by words: what counts, what must not be there, what was misspelt, how much of the index is read."""

from __future__ import annotations

from typing import Any

import pytest

from infra.migrations.prepare import prepare
from tendero.catalog.search import lexical, question, ranking, typos
from tendero.catalog.search.filters import Filters, condition
from tendero.catalog.search.lexical import Found
from tendero.catalog.search.passing import Passing
from tendero.catalog.search.slots import slots
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration.search_shop import OUT, Shop, item


def found(shop: Shop, text: str, *, in_stock: bool = False) -> list[Found]:
    asked = question.read(text)
    met = Passing(condition(Filters(in_stock=in_stock)))
    with shop.db.transaction() as transaction:
        corrected = typos.corrections(transaction, asked)
        return lexical.find(transaction, slots(transaction, asked, corrected), met, most=10)


def names(shop: Shop, text: str, **options: bool) -> list[str]:
    with shop.db.transaction() as transaction:
        rows = transaction.fetch(Query.parse("names", "select id, name from products"))
    by_id = {row["id"]: row["name"] for row in rows}
    return [by_id[each.product_id] for each in found(shop, text, **options)]


def corrected(shop: Shop, text: str) -> dict[str, str]:
    with shop.db.transaction() as transaction:
        return typos.corrections(transaction, question.read(text))


def shop_of(db: Database, *names_: str, **more: Any) -> Shop:
    return Shop(db, items=[item(str(number), name, **more) for number, name in enumerate(names_)])


def test_what_a_thing_is_for_is_not_what_it_is(db: Database) -> None:
    shop = shop_of(db, "Funda para cafetera, azul", "Cafetera italiana grande, acero")
    assert names(shop, "cafetera") == ["Cafetera italiana grande, acero", "Funda para cafetera, azul"]


def test_a_name_that_begins_with_for_is_read_whole(db: Database) -> None:
    shop = shop_of(db, "Para ti perfume", "Perfumero de viaje")
    (first, *_) = found(shop, "perfume")
    assert first.coverage == 1


@pytest.mark.parametrize("text", ["e-cloth", "ecloth", "e cloth", "E-CLOTH"])
def test_words_with_a_hyphen_are_found_joined_and_apart(db: Database, text: str) -> None:
    assert names(shop_of(db, "E-Cloth paño", "Mantel de lino"), text) == ["E-Cloth paño"]


def test_words_of_one_stem_that_end_alike_come_first(db: Database) -> None:
    shop = shop_of(db, "Crema de cara", "Toy cars", "Toy car garage")
    assert names(shop, "cars")[-1] == "Crema de cara"
    assert names(shop, "caras")[0] == "Crema de cara"


@pytest.mark.parametrize(
    "without",
    [
        {"name": "Galletas sin gluten"},
        {"name": "Galletas gluten-free"},
        {"tags": ("Sin gluten", "Merienda")},
        {"description": "Libres de gluten."},
        {"description": "Nada de azúcar ni gluten."},
        {"description": "Não contém glúten; sem glúten."},
    ],
)
def test_what_is_said_to_be_without_comes_first(db: Database, without: dict[str, Any]) -> None:
    items = [
        item("1", "Galletas de trigo", description="Contiene gluten."),
        item("2", "Galletas de coco"),
        item("3", **{"name": "Galletas de maíz", **without}),
    ]
    shop = Shop(db, items=items)
    hits = found(shop, "galletas sin gluten")
    order = [each.external_id for each in items]
    assert [order[each.product_id - hits_start(shop)] for each in hits] == ["3", "2", "1"]
    assert hits[0].kept > 1 > hits[2].kept
    assert hits[1].kept == 1
    with shop.db.transaction() as transaction:
        asked = question.read("galletas sin gluten")
        kept = lexical.negation(
            transaction, slots(transaction, asked, {}), [each.product_id for each in hits]
        )
    assert [kept.get(each.product_id, 1.0) for each in hits] == [each.kept for each in hits]


def hits_start(shop: Shop) -> int:
    return int(shop.db.fetch(Query.parse("first", "select min(id) as id from products"))[0]["id"])


def test_asked_only_to_be_without_finds_what_says_so(db: Database) -> None:
    shop = shop_of(db, "Galletas sin gluten", "Pan de trigo con gluten")
    assert names(shop, "sin gluten") == ["Galletas sin gluten"]


SHOES = ("Zapatillas Nike Pegasus", "Zapatillas Nike Court", "Zapatillas Adidas", "Sandalias")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("zapatilas", {"zapatilas": "zapatillas"}),
        ("zaptillas", {"zaptillas": "zapatillas"}),
        ("zapatillsa", {"zapatillsa": "zapatillas"}),
        ("zapattillaz", {"zapattillaz": "zapatillas"}),
        ("sapatiyas", {"sapatiyas": "zapatillas"}),
        ("zandaliaz", {"zandaliaz": "sandalias"}),
        ("nke", {"nke": "nike"}),
        ("nike zapatilla sandalia", {}),
        ("xyzzy", {}),
        ("nk", {}),
    ],
)
def test_misspelt_words_are_the_catalogues_nearest(db: Database, typed: str, meant: dict[str, str]) -> None:
    assert corrected(shop_of(db, *SHOES), typed) == meant


def test_misspelt_words_find(db: Database) -> None:
    shop = shop_of(db, *SHOES)
    assert set(names(shop, "zapatilas nke")[:2]) == {"Zapatillas Nike Pegasus", "Zapatillas Nike Court"}


def test_nobody_is_corrected_to_a_word_that_is_gone(db: Database) -> None:
    shop = shop_of(db, *SHOES)
    shop.store.deactivate(["3"])
    assert corrected(shop, "sandaliaz") == {}
    shop.store.tidy()
    spelled = db.fetch(Query.parse("held", "select from search_spellings where word = 'sandalias'"))
    assert not spelled
    shop.change("3", is_active=True)
    assert corrected(shop, "sandaliaz") == {"sandaliaz": "sandalias"}


def test_the_best_are_found_however_little_is_read(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [f"Taza número {number} con flores y hojas" for number in range(30)]
    shop = shop_of(db, *many, "Taza roja", "Plato rojo")
    whole = [(each.product_id, each.score) for each in found(shop, "taza roja")]
    monkeypatch.setattr(ranking, "CUT", 3)
    monkeypatch.setattr(ranking, "CUT_OF_RAREST", 6)
    monkeypatch.setattr(ranking, "RESCORED", 5)
    assert [(each.product_id, each.score) for each in found(shop, "taza roja")][:2] == whole[:2]


@pytest.mark.parametrize("few", [0, 1_500])
def test_filters_that_leave_little_still_find_it(
    db: Database, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    items = [item(str(number), f"Taza {number}", stock_status=OUT) for number in range(40)]
    shop = Shop(db, items=[*items, item("40", "Taza grande de barro cocido con asa y con plato")])
    monkeypatch.setattr(ranking, "CUT", 3)
    monkeypatch.setattr(ranking, "CUT_OF_RAREST", 3)
    monkeypatch.setattr(ranking, "FEW", few)
    assert len(found(shop, "taza", in_stock=True)) == 1


def test_a_score_is_the_share_of_the_most_that_a_question_can_bring(db: Database) -> None:
    shop = shop_of(db, "Cafetera italiana", "Cafetera", "Plato")
    hits = found(shop, "cafetera italiana")
    assert all(0 < each.score < 1 for each in hits)
    assert hits[0].coverage == 1
    assert [each.words for each in hits] == [("cafetera", "italiana"), ("cafetera",)]


def test_an_index_of_older_rules_is_made_anew_by_migrating(db: Database, database_url: str) -> None:
    shop = shop_of(db, *SHOES)
    for table in ("search_postings", "search_documents", "search_terms", "search_spellings"):
        db.execute(Query.parse("empty", f"delete from {table}"))
    db.execute(Query.parse("old", "update search_statistics set rules = 0, documents = 0, total_length = 0"))
    assert names(shop, "sandalias") == []
    prepare(Settings.load({"DATABASE_URL": database_url, "EMBEDDER": "local"}))
    assert names(shop, "sandalias") == ["Sandalias"]
    assert corrected(shop, "sandaliaz") == {"sandaliaz": "sandalias"}
