"""`tendero memory`: JSON memories into the database and back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.cli.main import run
from tendero.people.memory_json import JsonMemories
from tendero.people.memory_postgres import PostgresMemories
from tendero.platform.database import Database
from tests.memories import some

Tendero = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tendero(
    tmp_path: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Tendero:
    """Runs a command over the test's database; its exit status, stdout and stderr."""
    for name in list(os.environ):
        if name.startswith(("DB_", "DATABASE_", "CLOUD", "TENDERO", "MEMORY")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TENDERO_ENV_FILE", "")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ENVIRONMENT", "local_machine")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(arguments)
        told = capsys.readouterr()
        return status, told.out, told.err

    return call


def write(name: str, document: Any) -> None:
    Path("old").mkdir(exist_ok=True)
    Path("old", name).write_text(document if isinstance(document, str) else json.dumps(document))


def counts(out: str) -> list[int]:
    told = json.loads(out)
    return [told["imported"], told["unchanged"], told["newer_here"], len(told["unreadable"])]


def test_an_import_brings_what_is_newer_and_repeated_it_changes_nothing(
    tendero: Tendero, db: Database
) -> None:
    store = PostgresMemories(db)
    store.save(some("c", name="here"))
    write("memory_34600111222.json", {"name": "Ana", "updated_at": "2024-05-01T10:00:00", "stage": "new"})
    write("all.json", [{"user_id": "b", "interests": "IA, Excel"}, {"user_id": "c", "name": "old"}])
    write("b.json", {"updated_at": 1714557600, "name": "Bea"})
    assert counts(tendero("memory", "import", "old", "--dry-run", "--json")[1]) == [3, 0, 1, 0]
    assert [each.user_id for each in store.all()] == ["c"]
    status, out, _ = tendero("memory", "import", "old", "--json")
    assert (status, counts(out)) == (0, [3, 0, 1, 0])
    imported = list(store.all())
    assert [(each.user_id, each.name) for each in imported] == [
        ("34600111222", "Ana"),
        ("b", "Bea"),
        ("c", "here"),
    ]
    assert imported[0].additional_data == {"stage": "new"}
    assert counts(tendero("memory", "import", "old", "--json")[1]) == [0, 2, 2, 0]
    assert list(store.all()) == imported


def test_what_cannot_be_read_is_told_and_keeps_nothing_else_out(tendero: Tendero, db: Database) -> None:
    write("a.json", {"name": "Ana"})
    write("broken.json", "{")
    status, out, err = tendero("memory", "import", "old")
    assert (status, out.split()[:2], out.split()[-2:]) == (1, ["1", "imported"], ["1", "unreadable"])
    assert "broken.json: is no JSON" in err
    assert [each.user_id for each in PostgresMemories(db).all()] == ["a"]


def test_an_export_is_what_an_import_reads(tendero: Tendero, db: Database) -> None:
    store = PostgresMemories(db)
    kept = [some("+34600111222", name="Ana", interests=("IA, sí",)), some("../b", minutes=3)]
    for each in kept:
        store.save(each)
    assert tendero("memory", "export", "copy")[1] == "2 memories written to copy, 0 were there.\n"
    assert tendero("memory", "export", "copy")[1] == "0 memories written to copy, 2 were there.\n"
    assert sorted(JsonMemories(Path("copy")).all(), key=lambda each: each.user_id) == kept
    assert counts(tendero("memory", "import", "copy", "--json")[1]) == [0, 2, 0, 0]
    for each in kept:
        store.delete(each.user_id)
    assert counts(tendero("memory", "import", "copy", "--json")[1]) == [2, 0, 0, 0]
    assert list(store.all()) == kept


def test_a_missing_folder_is_one_line(tendero: Tendero) -> None:
    status, out, err = tendero("memory", "import", "nowhere")
    assert (status, out) == (1, "")
    assert err.startswith("tendero: The folder nowhere cannot be read")
