"""The library entry over a demo Odoo: its dictionary, and the switches of the environment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tendero
from infra.local.demo_odoo import Odoo, Server
from tendero.catalog.engine import ProductsSyncEngine
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration.odoo_sync import TEMPLATE, environment

KEYS = {
    "success",
    "products_processed",
    "products_inserted",
    "products_updated",
    "products_deactivated",
    "embeddings_generated",
    "duration_seconds",
    "errors",
    "error",
}
RUNS = Query.parse("runs", "select mode, status from sync_runs order by id")


@pytest.fixture
def odoo() -> Iterator[Server]:
    with Server(odoo=Odoo.generated(60)) as server:
        yield server


@pytest.fixture
def variables(odoo: Server, database_url: str, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that names an Odoo and a database, for tests to change."""
    for name, value in environment(odoo, DATABASE_URL=database_url, EMBEDDER="local").items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def runs(db: Database) -> list[tuple[str, str]]:
    return [(row["mode"], row["status"]) for row in db.fetch(RUNS)]


def run(**arguments: Any) -> dict[str, Any]:
    result = ProductsSyncEngine(**arguments).run_sync()
    assert set(result) == KEYS
    assert result["success"] is (result["error"] is None)
    return result


@pytest.mark.usefixtures("variables")
def test_a_run_tells_its_figures_and_the_next_finds_nothing_to_do(db: Database) -> None:
    first = run()
    assert (first["success"], first["errors"]) == (True, [])
    assert first["products_processed"] >= first["products_inserted"] > 20
    assert 0 < first["embeddings_generated"] <= first["products_inserted"]
    again = run()
    assert (again["products_inserted"], again["products_updated"], again["embeddings_generated"]) == (0, 0, 0)
    assert runs(db) == [("full", "succeeded"), ("incremental", "succeeded")]


def test_a_full_run_can_be_forced(variables: pytest.MonkeyPatch, db: Database) -> None:
    run()
    variables.setenv("FORCE_FULL_SYNC", "true")
    assert run()["products_processed"] > 20
    assert runs(db)[-1] == ("full", "succeeded")


def test_connections_alone_can_be_tested(variables: pytest.MonkeyPatch, db: Database) -> None:
    variables.setenv("TEST_CONNECTIONS_ONLY", "true")
    result = run()
    assert (result["success"], result["products_processed"]) == (True, 0)
    assert runs(db) == []
    variables.setenv("ODOO_PROD_PASSWORD", "wrong")
    assert "ODOO_PROD_PASSWORD" in run()["error"]
    variables.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert "PostgreSQL" in run()["error"]


def test_the_argument_beats_the_environment_in_choosing_the_odoo(
    variables: pytest.MonkeyPatch, odoo: Server
) -> None:
    variables.setenv("TEST_CONNECTIONS_ONLY", "true")
    variables.setenv("USE_TEST_ODOO", "true")
    assert "ODOO_TEST_URL" in run()["error"]
    assert run(use_test_odoo=False)["success"]
    variables.setenv("USE_TEST_ODOO", "false")
    assert "ODOO_TEST_URL" in run(use_test_odoo=True)["error"]
    for name, value in environment(odoo).items():
        variables.setenv(name.replace("PROD", "TEST"), value)
        variables.delenv(name)
    assert run(use_test_odoo=True)["success"]


@pytest.mark.usefixtures("variables")
def test_a_run_that_fails_says_why_and_what_it_had_done(odoo: Server) -> None:
    run()
    templates = odoo.odoo.execute(TEMPLATE, "search", [])
    odoo.odoo.execute(TEMPLATE, "write", templates[:1], {"name": "Otro nombre"})
    odoo.odoo.execute(TEMPLATE, "unlink", templates[len(templates) // 3 :])
    result = run()
    assert "no longer in odoo" in result["error"]
    assert result["errors"][0] == result["error"]
    assert result["products_updated"] > 0
    assert result["products_deactivated"] == 0


def test_whatever_happens_nothing_is_raised(variables: pytest.MonkeyPatch, odoo: Server) -> None:
    odoo.stop()
    result = run()
    assert (result["success"], result["products_processed"]) == (False, 0)
    assert result["errors"][0] == result["error"]
    variables.setenv("COMMIT_BATCH_SIZE", "many")
    assert "COMMIT_BATCH_SIZE" in run()["error"]
    variables.setenv("COMMIT_BATCH_SIZE", "")
    with variables.context() as broken:
        broken.setattr(Settings, "load", lambda: 1 / 0)
        assert run()["error"] == "ZeroDivisionError: division by zero"


def test_the_package_offers_the_engine_and_loads_it_only_when_asked() -> None:
    assert tendero.ProductsSyncEngine is ProductsSyncEngine
    with pytest.raises(AttributeError, match="nothing"):
        _ = tendero.nothing
    code = "import sys, tendero; print([name for name in sys.modules if name.startswith('tendero.')])"
    shared = Path(tendero.__file__).parents[1]
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=shared
    )
    assert told.stdout.strip() == "[]"
