"""An Odoo that fails, lies or hides: nothing is lost, and nothing deactivated that is still sold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from infra.local.demo_odoo import SYNC, product_values
from tendero.platform.database import Database
from tendero.platform.errors import SourceError
from tests.integration.odoo_sync import JSON2, JSON_RPC, TEMPLATE, VARIANT, XML_RPC, Stage, settled

CONTENT = f"{VARIANT}/search_read"


@pytest.fixture(params=[("16.0", XML_RPC), ("17.0", JSON_RPC), ("19.0", JSON2)], ids=lambda each: each[1])
def made(db: Database, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with settled(db, *request.param) as built:
        yield built


@pytest.fixture
def newest(db: Database) -> Iterator[Stage]:
    with settled(db, "19.0", JSON2) as built:
        yield built


@pytest.mark.parametrize(
    "kind",
    ["too_many_requests", "server_error", "bad_gateway", "maintenance", "html", "session_expired", "conflict",
     "cut"],
)  # fmt: skip
def test_a_passing_failure_changes_nothing(made: Stage, kind: str) -> None:
    made.odoo.faults.add(kind, match=CONTENT, retry_after=0)
    made.write(TEMPLATE, made.template("HER-001"), name="Nuevo nombre")
    report = made.sync()
    assert report.errors == ()
    assert made.row(made.variant("HER-001"))["name"] == "Nuevo nombre"
    assert made.active_ids() == made.visible_ids()


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("html", "external API"),
        ("maintenance", "maintenance"),
        ("too_many_requests", "fewer requests"),
        ("session_expired", "failed"),
    ],
)
def test_a_lasting_failure_ends_the_run_in_words_and_the_next_one_heals(
    newest: Stage, kind: str, says: str
) -> None:
    before = newest.versions()
    newest.odoo.set_stock(newest.variant("HER-001"), 1)
    newest.odoo.faults.add(kind, times=None, match="json/2/product", retry_after=90)
    with pytest.raises(SourceError, match=says):
        newest.sync(full=True)
    assert newest.versions() == before
    newest.odoo.faults.clear()
    newest.sync()
    assert newest.row(newest.variant("HER-001"))["stock_quantity"] == 1


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_an_empty_list_is_not_believed(newest: Stage, full: bool, place: int) -> None:
    faults = newest.odoo.faults
    faults.before(place, lambda: faults.add("empty_list", match=CONTENT), match=CONTENT)
    before = newest.active_ids()
    newest.sync(full=full)
    assert newest.active_ids() == before == newest.visible_ids()


def test_lists_that_stay_empty_are_refused(made: Stage) -> None:
    made.odoo.faults.add("empty_list", times=None, match=CONTENT)
    for full in (True, False):
        with pytest.raises(SourceError, match="lists leave out"):
            made.sync(full=full)
    made.odoo.faults.clear()
    made.sync()
    assert made.active_ids() == made.visible_ids()


def test_many_products_that_a_rule_hides_are_refused_as_a_lost_right(made: Stage) -> None:
    before = made.active_ids()
    for each in list(made.odoo.table(TEMPLATE).rows.values())[:15]:
        made.write(TEMPLATE, each["id"], company_id=2)
    with pytest.raises(SourceError, match=r"hides more than 10 products.*apisync"):
        made.sync()
    assert made.active_ids() == before


def test_a_few_products_that_a_rule_hides_are_told_and_left(made: Stage) -> None:
    hammer = made.variant("HER-001")
    made.write(TEMPLATE, made.template("HER-001"), company_id=2)
    report = made.sync()
    assert any(f"Product {hammer} is hidden" in error for error in report.errors)
    assert made.active_ids() == made.visible_ids() | {str(hammer)}


def test_a_product_that_another_company_sells_has_gone_where_companies_are_chosen(db: Database) -> None:
    login = {"ODOO_PROD_USERNAME": "admin", "ODOO_PROD_PASSWORD": "admin", "ODOO_COMPANIES": "1"}
    with settled(db, "18.0-20250702", **login) as made:
        made.write(TEMPLATE, made.template("HER-001"), company_id=2)
        assert made.sync().deactivated == 1
        assert made.active_ids() == made.visible_ids((1,))


def test_a_mass_deletion_waits_for_a_yes(newest: Stage) -> None:
    made = [newest.odoo.execute(VARIANT, "create", {"name": f"Lote {n}"}) for n in range(40)]
    newest.sync()
    newest.odoo.execute(VARIANT, "unlink", made)
    with pytest.raises(SourceError, match="--yes"):
        newest.sync()
    assert {str(each) for each in made} <= newest.active_ids()
    newest.sync(allow_mass_deactivation=True)
    assert newest.active_ids() == newest.visible_ids()


@pytest.mark.parametrize("full", [True, False])
def test_a_product_that_the_server_fails_on_is_left_out_alone(newest: Stage, full: bool) -> None:
    hammer = newest.variant("HER-001")
    original = product_values.lst_price

    def failing(env: Any, row: Any) -> float:
        if row["id"] == hammer:
            raise ZeroDivisionError("float division by zero")
        return original(env, row)

    field = newest.odoo.models[VARIANT].fields["lst_price"]
    object.__setattr__(field, "compute", failing)
    newest.write(TEMPLATE, newest.template("HER-002"), name="Otra maza")
    report = newest.sync(full=full)
    assert any("was left out" in error and "ZeroDivisionError" in error for error in report.errors)
    assert newest.row(newest.variant("HER-002"))["name"] == "Otra maza"
    assert newest.active_ids() == newest.visible_ids()


def test_control_characters_in_a_name_stop_no_protocol(made: Stage) -> None:
    made.write(TEMPLATE, made.template("HER-001"), name="Martillo\x0bde\x01 bola <16 oz>")
    made.sync()
    name = made.row(made.variant("HER-001"))["name"]
    assert name.replace(" ", "") == "Martillodebola<16oz>"


def test_a_user_who_may_not_read_stock_is_told(made: Stage) -> None:
    made.odoo.accounts[SYNC.uid] = replace(SYNC, groups=frozenset({"base.group_user"}))
    with pytest.raises(SourceError, match=r"apisync lacks a right.*stock.move.*Inventory / User"):
        made.sync()
