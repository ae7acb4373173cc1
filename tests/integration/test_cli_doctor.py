"""`tendero doctor` over the catalogues that a shop uses: each its own lines, each failure with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.demo_odoo import Odoo
from infra.local.demo_odoo import Server as OdooServer
from infra.local.demo_odoo.accounts import CLERK
from infra.migrations import courses
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration.odoo_sync import environment
from tests.integration.test_cli import _KEYS, Tendero, configure, tendero, the_json

__all__ = ["tendero"]


@pytest.fixture
def odoo() -> Iterator[OdooServer]:
    with OdooServer(odoo=Odoo.demo("18.0")) as server:
        yield server


def checks(tendero: Tendero, name: str) -> list[dict[str, Any]]:
    """The lines of one name, whatever the exit status."""
    import json

    found: list[dict[str, Any]] = json.loads(tendero("doctor", "--json")[1])
    return [each for each in found if each["name"] == name]


def levels(found: list[dict[str, Any]]) -> list[str]:
    return [each["level"] for each in found]


def test_odoo_is_told_with_release_protocol_rights_and_language(
    tendero: Tendero, database_url: str, odoo: OdooServer
) -> None:
    configure(DATABASE_URL=database_url, ODOO_LANGUAGE="es", **environment(odoo))
    connection, rights, language = checks(tendero, "odoo")
    assert "Odoo 18.0 over JSON-RPC; the database demo lets apisync in" in connection["seen"]
    assert rights["seen"].endswith("products for sale, their prices and stock")
    assert language["seen"] == "texts in es_ES"
    assert levels([connection, rights, language]) == ["ok"] * 3
    assert not checks(tendero, "shop")
    assert not checks(tendero, "courses")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ODOO_PROD_PASSWORD": "wrong"}, "Check ODOO_PROD_USERNAME and ODOO_PROD_PASSWORD"),
        ({"ODOO_PROD_DB": "none"}, "has no database 'none' (ODOO_PROD_DB)"),
        ({"ODOO_PROD_URL": "http://127.0.0.1:1"}, "Check ODOO_PROD_URL"),
        ({"ODOO_PROD_USERNAME": ""}, "Set ODOO_PROD_USERNAME"),
        ({"ODOO_LANGUAGE": "fr"}, "Installed: en_US, es_ES, pt_BR"),
        (
            {"ODOO_PROD_USERNAME": CLERK.login, "ODOO_PROD_PASSWORD": CLERK.password},
            "Give the user Inventory",
        ),
    ],
)
def test_each_failure_of_odoo_says_what_to_do(
    tendero: Tendero, database_url: str, odoo: OdooServer, change: dict[str, str], said: str
) -> None:
    configure(DATABASE_URL=database_url, **{**environment(odoo), **change})
    last = checks(tendero, "odoo")[-1]
    assert last["level"] == "fail"
    assert said in last["seen"]


def test_an_odoo_without_inventory_is_read_without_stock(tendero: Tendero, database_url: str) -> None:
    with OdooServer(odoo=Odoo.demo("17.0", stock=False)) as server:
        configure(DATABASE_URL=database_url, **environment(server))
        assert levels(checks(tendero, "odoo")) == ["ok", "warn", "ok"]


def test_the_switch_to_a_test_odoo_that_nothing_describes_is_told(tendero: Tendero) -> None:
    configure(USE_TEST_ODOO="true", ODOO_PROD_URL="http://127.0.0.1:1", ODOO_TEST_DB="test")
    failed = [each for each in checks(tendero, "settings") if each["level"] == "fail"]
    missing = "ODOO_TEST_URL, ODOO_TEST_USERNAME, ODOO_TEST_PASSWORD"
    assert [each["seen"] for each in failed] == [f"USE_TEST_ODOO is true without {missing}"]
    assert failed[0]["fix"].startswith(f"Set {missing}, or USE_TEST_ODOO=false")


def test_settings_that_are_not_used_for_want_of_an_address_are_told(tendero: Tendero) -> None:
    configure(ODOO_PROD_DB="demo", **_KEYS)
    told = " ".join(each["seen"] for each in checks(tendero, "settings") if each["level"] == "warn")
    assert "ODOO_PROD_DB is set, but Odoo is not read without ODOO_PROD_URL" in told
    assert "WOOCOMMERCE_KEY is set, but WOOCOMMERCE_URL is not" in told
    assert "no catalogue is connected" in checks(tendero, "shop")[0]["seen"]


def test_courses_are_told_with_tables_columns_and_number(
    tendero: Tendero, database_url: str, db: Database
) -> None:
    configure(DATABASE_URL=database_url, SOURCES="courses")
    (missing,) = checks(tendero, "courses")
    assert missing["level"] == "fail"
    assert "create it by `tendero migrate --with-courses`" in missing["seen"]

    assert tendero("migrate", "--with-courses")[0] == 0
    assert "none is on offer" in checks(tendero, "courses")[-1]["seen"]
    db.execute(Query("drop", "drop table bond, ai_tema_activity, ai_course_session, ai_courses", ()))

    courses.create(Settings.load({"DATABASE_URL": database_url}), demo=True)
    db.execute(Query("hide", "update ai_courses set status = 'draft' where \"Price\" = 'Gratis'", ()))
    db.execute(Query("drop", 'alter table ai_courses drop column "Price"', ()))
    db.execute(Query("drop", "drop table bond", ()))
    tables, column, bonuses, number = checks(tendero, "courses")
    assert tables["seen"] == "the tables ai_courses, ai_course_session, ai_tema_activity can be read"
    assert column["seen"].endswith("has no column price")
    assert "There is no table bond" in bonuses["seen"]
    assert number["seen"] == "2 on offer, 1 not shown"


def test_the_last_sync_of_each_catalogue_is_told(
    tendero: Tendero, database_url: str, odoo: OdooServer
) -> None:
    courses.create(Settings.load({"DATABASE_URL": database_url}), demo=True)
    configure(DATABASE_URL=database_url, SOURCES="odoo,courses", **environment(odoo))
    the_json(tendero("sync", "--json", "--source", "courses"))
    never, done = checks(tendero, "last sync")
    assert (never["level"], never["seen"]) == ("warn", "odoo: no run has succeeded yet")
    assert (done["level"], done["seen"]) == ("ok", "courses, 0 min ago")

    configure(DATABASE_URL=database_url, **{**environment(odoo), "ODOO_PROD_PASSWORD": "wrong"})
    tendero("sync")
    (failed,) = checks(tendero, "last sync")
    assert failed["level"] == "fail"
    assert failed["seen"].startswith("odoo, never; the newest run failed: ")
