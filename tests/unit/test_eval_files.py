"""Files of products, judged queries and runs: what is read, what is refused, and with which words."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.eval import judged, products, rows
from infra.eval.compare import NotComparable, compared
from infra.eval.judged import Judged
from infra.eval.metrics import Mean
from infra.eval.picture import Bar, draw
from infra.eval.rows import BadFile
from infra.eval.run import Run, Scored, read, save, score
from tendero.catalog.item import CatalogItem, Kind, StockStatus
from tendero.catalog.product import Product

CHAIR = {"asin": "B01", "title": "Chair", "price": 29.9, "color": "Red", "category": ["Home", "Chairs"]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lines.ndjson"


def write(file: Path, *lines: Any) -> Path:
    file.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines))
    return file


def test_a_product_is_read_as_a_source_hands_it_over(file: Path) -> None:
    row = {
        **CHAIR,
        "brand": "Marisma",
        "bullet_points": "Light<br>Strong",
        "description": None,
        "rating": 4.5,
    }
    assert products.read(write(file, row)) == [
        CatalogItem(
            source="eval",
            external_id="B01",
            name="Chair",
            brand="Marisma",
            short_description="Light\nStrong",
            categories=("Home", "Chairs"),
            attributes={"Color": ["Red"]},
            price=Decimal("29.9"),
        )
    ]


def test_a_compressed_file_is_read_whatever_its_name_is(file: Path) -> None:
    file.write_bytes(gzip.compress(json.dumps(CHAIR).encode()))
    assert [each.name for each in products.read(file)] == ["Chair"]


def test_a_shops_product_comes_back_as_it_was(file: Path) -> None:
    given = Product(
        id=7,
        source="woocommerce",
        external_id="70",
        kind=Kind.VARIATION,
        parent_external_id="69",
        name="Silla (Roja)",
        sku="SI-R",
        barcode="8412345678905",
        categories=("Hogar",),
        tags=("nuevo",),
        attributes={"Color": ["Rojo"]},
        currency="EUR",
        price=Decimal("19.90"),
        list_price=Decimal("29.90"),
        sale_price=Decimal("19.90"),
        stock_status=StockStatus.OUT_OF_STOCK,
    )
    products.write(file, [products.line_of(given)])
    (found,) = products.read(file)
    assert (found.external_id, found.parent_external_id) == ("woocommerce:70", "woocommerce:69")
    same = ("kind", "name", "sku", "barcode", "categories", "tags", "attributes", "currency", "stock_status")
    same += ("price", "list_price", "sale_price")
    assert [getattr(found, name) for name in same] == [getattr(given, name) for name in same]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"asin": "1" "title": "x"}', "line 2, column 14: this is not JSON (Expecting ',' delimiter)."),
        ("[1]", "line 2, column 1: a JSON object is needed, found [1]."),
        ({"asin": "B02"}, 'line 2, column "title": a text is needed, found nothing.'),
        ({"asin": 5, "title": "x"}, 'line 2, column "asin": a text is needed, found 5.'),
        (
            {**CHAIR, "asin": "2", "price": "cheap"},
            'line 2, column "price": an amount such as 29.90 or null is needed, found "cheap".',
        ),
        ({**CHAIR, "asin": "2", "category": [1]}, 'column "category": a list of texts is needed, found [1].'),
        ({**CHAIR, "asin": "2", "in_stock": "no"}, 'column "in_stock": true, false or null is needed'),
        ({**CHAIR, "asin": "2", "attributes": {"a": "b"}}, 'column "attributes": an object of names'),
        (CHAIR, 'line 2, column "asin": B01 stands in an earlier line, too.'),
    ],
)
def test_a_bad_product_is_told_with_line_and_column(file: Path, line: Any, said: str) -> None:
    with pytest.raises(BadFile) as refused:
        products.read(write(file, CHAIR, line))
    assert said in str(refused.value)
    assert str(file) in str(refused.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"query": "chair"}, 'line 1, column "labels": an object of product ids with their labels is needed'),
        ({"query": "chair", "labels": {"1": "X"}}, 'column "labels": 1 has "X"; a label is E, S, C or I.'),
        ({"query": "chair", "labels": {"1": ["E"]}}, "a label is E, S, C or I."),
        ({"query": " ", "labels": {}}, 'column "query": a text is needed, found " ".'),
    ],
)
def test_a_bad_judgement_is_told_with_line_and_column(file: Path, line: Any, said: str) -> None:
    with pytest.raises(BadFile, match="line 1") as refused:
        judged.read(write(file, line))
    assert said in str(refused.value)


def test_what_is_no_text_or_cut_off_is_told(file: Path) -> None:
    file.write_bytes(b'{"asin": "\xff"}\n')
    with pytest.raises(BadFile, match="line 1, column 11: this is not UTF-8"):
        products.read(file)
    file.write_bytes(gzip.compress(b"{}\n" * 9)[:-9])
    with pytest.raises(BadFile, match="cannot be read"):
        list(rows.read(file))
    with pytest.raises(BadFile, match="cannot be read"):
        products.read(file.with_name("missing"))
    with pytest.raises(BadFile, match="holds no product"):
        products.read(write(file, ""))


@given(st.binary(max_size=200))
def test_no_bytes_but_good_ones_are_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.ndjson"
    file.write_bytes(content)
    with suppress(BadFile):
        assert all(isinstance(row.values, dict) for row in rows.read(file))


@pytest.mark.parametrize("name", ["judged.ndjson", "judged.ndjson.gz"])
def test_judgements_come_back_as_they_were_written(tmp_path: Path, name: str) -> None:
    kept = [Judged("sillas\u2028rojas", {"1": "E", "2": "I"}), Judged("mesa", {}, done=True)]
    judged.write(tmp_path / name, kept)
    assert judged.read(tmp_path / name) == kept
    assert [each.name for each in tmp_path.iterdir()] == [name]


def run_of(**queries: float) -> Run:
    return Run([Scored(name, {"fused": figures(value)}) for name, value in queries.items()], {"products": 3})


def figures(value: float) -> dict[str, float | None]:
    return {"ndcg@10": value, "recall@50": value, "mrr": None}


def test_a_run_comes_back_as_it_was_saved(file: Path) -> None:
    labels = Judged("chair", {"a": "E", "b": "S"})
    run = Run([score(labels, {"lexical": ["b", "a"], "fused": ["a"]})], {"products": 2})
    save(run, file)
    assert list(read(file).scored) == list(run.scored)
    assert read(file).legs == ("lexical", "fused")
    with pytest.raises(BadFile, match="no run saved by"):
        read(write(file, {"legs": {}}))


def test_two_runs_are_compared_query_by_query() -> None:
    found = compared(run_of(a=0.5, b=0.5, c=0.2, d=0.9), run_of(a=0.7, b=0.5, c=0.1, e=1.0))
    difference = found.legs["fused"]["ndcg@10"]
    assert (found.queries, found.left_out) == (3, 2)
    assert difference.mean.value == pytest.approx(0.1 / 3)
    assert (difference.won, difference.lost) == (1, 1)
    assert [each.query for each in found.changed["fused"]] == ["a", "c"]
    assert found.legs["fused"]["mrr"].mean.value == 0.0


def test_runs_over_other_queries_are_not_compared() -> None:
    with pytest.raises(NotComparable, match="no query in common"):
        compared(run_of(a=1.0), run_of(b=1.0))


def test_the_same_query_twice_is_compared_place_by_place() -> None:
    twice = Run([*run_of(a=0.1).scored, *run_of(a=0.9).scored], {})
    assert compared(twice, twice).queries == 2


def test_the_picture_is_a_png(file: Path) -> None:
    draw(file, "Search quality", "100 queries", [Bar("fused", {"nDCG@10": Mean(0.7, 0.6, 0.8)})])
    assert file.read_bytes().startswith(b"\x89PNG")
