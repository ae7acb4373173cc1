"""The word index keeps step with the products, exactly and at no more cost than needed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.local.postgres import Postgres
from tendero.catalog.embedders.local import LocalEmbedder
from tendero.catalog.search import index
from tendero.catalog.search.normalise import fold
from tendero.catalog.search.vector_index import ensure_index, index_name
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration.search_shop import CATALOGUE, Shop, item, variation


def rows(db: Database, sql: str, **parameters: Any) -> list[dict[str, Any]]:
    return db.fetch(Query.parse("test", sql), **parameters)


def statistics(db: Database) -> tuple[Any, ...]:
    """Products per term, in all and by name or label, and their number, as counted and as kept."""
    counted = {
        r["term"]: (r["n"], r["named"])
        for r in rows(
            db,
            "select t.term, count(*) as n, count(*) filter (where w.names + w.labels > 0) as named"
            " from search_documents d cross join unnest(d.terms, d.names, d.labels) as w(term, names, labels)"
            " join search_terms t on t.id = w.term group by t.term",
        )
    }
    kept = {
        r["term"]: (r["documents"], r["named"])
        for r in rows(db, "select term, documents, named from search_terms where documents <> 0")
    }
    (one,) = rows(
        db,
        "select documents, total_length, (select count(*) from search_documents) as counted,"
        " (select sum(length) from search_documents) as length from search_statistics",
    )
    assert counted == kept
    assert (one["documents"], one["total_length"]) == (one["counted"], one["length"])
    postings = rows(db, "select term, impact, product_id from search_postings order by 1, 2, 3")
    assert postings == rows(
        db,
        "select w.term, w.impact, d.product_id from search_documents d"
        " cross join unnest(d.terms, d.impacts) as w(term, impact) order by 1, 2, 3",
    )
    return counted, one["documents"]


def test_counts_stay_exact_through_every_change(db: Database) -> None:
    shop = Shop(db)
    before = statistics(db)
    assert before[1] == len([each for each in CATALOGUE if each.kind == "product" and each.is_active])
    shop.change("2", name="Tetera de hierro", description="")
    shop.change("1", is_active=False)
    shop.store.deactivate(["10"])
    assert statistics(db)[1] == before[1] - 2
    shop.change("2", name="Cafetera italiana Ñandú", description="Para seis tazas.")
    shop.change("1", is_active=True)
    shop.store.write([each for each in CATALOGUE if each.external_id in ("10", "11", "12", "13", "14")])
    assert statistics(db) == before


def test_indexing_twice_changes_nothing(db: Database) -> None:
    Shop(db)
    before = statistics(db)
    with db.transaction() as transaction:
        index.rebuild(transaction)
        index.refresh_statistics(transaction)
    assert statistics(db) == before
    assert not rows(db, "select from search_terms where documents <= 0")


def test_a_change_of_price_or_stock_leaves_the_index_alone(db: Database) -> None:
    shop = Shop(db)
    versions = "select xmin::text, ctid::text, term from search_postings order by term, product_id"
    before = rows(db, versions)
    shop.change("2", price=Decimal("99"), stock_quantity=Decimal(3))
    shop.change("13", price=Decimal("98"))
    assert rows(db, versions) == before


def test_a_variations_words_are_its_products(db: Database) -> None:
    shop = Shop(db, items=(item("1", "Mochila urbana"),))
    assert shop.names("impermeable") == []
    shop.store.write(
        [variation("2", "1", "MOC-2", description="Tela impermeable", attributes={"Color": ["Ocre"]})]
    )
    assert shop.names("impermeable") == ["Mochila urbana"]
    assert shop.names("ocre") == ["Mochila urbana"]


def test_a_very_long_text_is_indexed(db: Database) -> None:
    words = " ".join(f"palabra{number}" for number in range(60_000))
    shop = Shop(db, items=(item("1", "Enciclopedia", description=words + "x" * 5000),))
    assert shop.names("palabra77") == ["Enciclopedia"]


# What becomes a digit stands alone: only the database parts a number from its unit.
LETTERS = [*"abcdefghijklmnopqrstuvwxyzáéíóúüñàâãçêõôABCÑÇÁÉÕ ªº", "½ ", "² "]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(st.sampled_from(LETTERS), max_size=30).map("".join))
def test_questions_and_products_are_folded_alike(db: Database, text: str) -> None:
    assert rows(db, "select search_fold(:text) as folded", text=text)[0]["folded"] == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ('12" y 12”', "12 in y 12 in "),
        ("500ml, 2.4GHz", "500 ml, 2p4 ghz"),
        ("1,5 l / 1.5 l", "1p5 l 1p5 l"),
        ("ABC-123_x", "abc 123 x"),
        ("4K 3D 2x", "4k 3d 2x"),
    ],
)
def test_numbers_keep_decimals_and_stand_apart_from_units(db: Database, text: str, folded: str) -> None:
    (row,) = rows(db, "select search_fold(:text) as folded", text=text)
    assert row["folded"].split() == folded.split()


@pytest.mark.parametrize(
    "forms",
    [
        ("zapatilla", "zapatillas"),
        ("rojo", "roja", "rojos", "rojas"),
        ("camion", "camiones"),
        ("shoe", "shoes"),
        ("battery", "batteries"),
        ("vermelho", "vermelhas"),
        ("garrafa", "garrafas"),
    ],
)
def test_forms_of_a_word_are_one_term(db: Database, forms: tuple[str, ...]) -> None:
    terms = rows(db, "select distinct search_stem(word) from unnest(:forms::text[]) word", forms=list(forms))
    assert len(terms) == 1


def test_a_shop_sees_its_own_rows_only_and_finds_them(
    db: Database, database_url: str, postgres: Postgres
) -> None:
    Shop(db, LocalEmbedder())
    rows(db, "do $$ begin create role clerk login; exception when duplicate_object then null; end $$")
    rows(db, "grant select, insert, update, delete on all tables in schema public to clerk")
    url = database_url.replace("//postgres", "//clerk")
    for shop_id, found in (("default", True), ("other", False)):
        pool = database(Settings.load({"DATABASE_URL": url, "SHOP_ID": shop_id}))
        try:
            search = Shop(pool, LocalEmbedder(), items=(), SHOP_ID=shop_id).search
            assert bool(search.search("cafetera").hits) is found
            assert search.search("ABC-123").exact is found
        finally:
            pool.close()


def plan(db: Database, sql: str) -> str:
    with db.transaction() as transaction:
        transaction.execute(Query.parse("off", "set local enable_seqscan = off"))
        return "\n".join(
            str(r["QUERY PLAN"]) for r in transaction.fetch(Query.parse("plan", "explain " + sql))
        )


def test_the_vector_index_serves_its_models_queries(db: Database) -> None:
    Shop(db, LocalEmbedder())
    ensure_index(db, "wordllama-256", 256, 8, 32)
    zeros = "[1" + ",0" * 255 + "]"
    sql = (
        "select product_id from product_embeddings where model = 'wordllama-256'"
        f" order by embedding::halfvec(256) <=> '{zeros}'::halfvec(256) limit 5"
    )
    assert index_name("wordllama-256", 256) in plan(db, sql)


def test_the_vector_index_is_made_anew_only_when_its_options_change(db: Database) -> None:
    oid = "select oid from pg_class where relname = :name"
    name = index_name("it's-a/model", 12)
    ensure_index(db, "it's-a/model", 12, 8, 32)
    (first,) = rows(db, oid, name=name)
    ensure_index(db, "it's-a/model", 12, 8, 32)
    assert rows(db, oid, name=name) == [first]
    ensure_index(db, "it's-a/model", 12, 16, 64)
    assert rows(db, oid, name=name) != [first]


def test_one_view_holds_product_and_vector(db: Database) -> None:
    Shop(db, LocalEmbedder())
    found = rows(
        db,
        "select name, sku, standard_price, text_for_embedding from products_with_embedding"
        " where kind = 'product' and is_active order by embedding <=> (select embedding from"
        " products_with_embedding where sku = 'ABC-123') limit 1",
    )
    assert found[0]["sku"] == "ABC-123"
