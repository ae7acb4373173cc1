"""`tendero eval` as a shop runs it: over files, in a database of its own."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.cli.main import run
from tendero.platform import settings as known

Tendero = Callable[..., tuple[int, str, str]]

PRODUCTS = [
    {
        "asin": "1",
        "title": "Red wooden chair",
        "brand": "Marisma",
        "category": ["Home", "Chairs"],
        "price": 40,
    },
    {"asin": "2", "title": "Blue wooden chair", "color": "Blue", "category": ["Home", "Chairs"]},
    {"asin": "3", "title": "Oak table", "description": "Goes with any wooden chair.", "price": None},
    {"asin": "4", "title": "Steel bottle", "category": ["Kitchen"]},
]
QUERIES = [
    {"query": "red wooden chair", "labels": {"1": "E", "2": "S", "3": "I"}},
    {"query": "steel bottle", "labels": {"4": "E", "gone": "E"}},
    {"query": "skipped", "labels": {}},
]


@pytest.fixture
def tendero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tendero:
    """Runs a command in a folder of its own, with nothing configured; its exit status, stdout and stderr."""
    for name in known.Settings.__dataclass_fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("TENDERO_ENV_FILE", "")
    monkeypatch.chdir(tmp_path)
    lines("products.ndjson", PRODUCTS)
    lines("judged.ndjson", QUERIES)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(arguments)
        told = capsys.readouterr()
        return status, told.out, told.err

    return call


def lines(name: str, rows: list[Any]) -> None:
    Path(name).write_text("".join(f"{json.dumps(each)}\n" for each in rows))


FILES = ("--products", "products.ndjson", "--judgments", "judged.ndjson")


def test_the_search_is_judged_in_a_database_of_its_own(
    tendero: Tendero, short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(short_folder))
    # Were it used, nothing would answer there.
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/shop")
    monkeypatch.setenv("EMBED_URL", "http://127.0.0.1:1/")
    status, out, err = tendero("eval", "search", *FILES, "--json", "--save", "run.json", "--png", "run.png")
    assert status == 0, err
    found = json.loads(out)
    assert (found["queries"], found["products"], found["labels_without_product"]) == (2, 4, 1)
    assert list(found["legs"]) == ["lexical", "vector", "fused"]
    for leg in found["legs"].values():
        assert leg["mrr"] == 1.0
        assert leg["recall@50"] == 0.75
        low, high = leg["ci95"]
        assert 0 < low <= leg["ndcg@10"] <= high <= 1
    assert json.loads(Path("run.json").read_text()) == found
    assert Path("run.png").read_bytes().startswith(b"\x89PNG")
    assert "1 products with a label are not in products.ndjson" in err
    assert os.listdir(short_folder) == []
    status, out, _ = tendero("eval", "search", "--compare", "run.json", "run.json", "--json")
    assert (status, json.loads(out)["queries"]) == (0, 2)
    status, out, _ = tendero("eval", "search", "--compare", "run.json", "run.json")
    assert "2 queries; p by randomisation" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--products and --judgments name the files"),
        (("--products", "judged.ndjson", "--judgments", "judged.ndjson"), 'line 1, column "asin"'),
        ((*FILES, "--limit", "0"), "--limit"),
        ((*FILES, "--save", "nowhere/run.json"), "there is no folder"),
        (("--compare", "judged.ndjson", "judged.ndjson"), "judged.ndjson is no run saved by"),
        (("--compare", "a", "b", "--limit", "3"), "--compare takes two saved runs and nothing else"),
    ],
)
def test_what_cannot_be_judged_is_told_in_one_line(
    tendero: Tendero, arguments: tuple[str, ...], said: str
) -> None:
    status, out, err = tendero("eval", "search", *arguments)
    assert status in (1, 2)
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
