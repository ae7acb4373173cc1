"""`tendero sync` over several catalogues, and what it tells without writing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.demo_odoo import Odoo
from infra.local.demo_odoo import Server as OdooServer
from infra.local.demo_shop.server import Server
from infra.local.demo_shop.shop import Shop
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.integration.odoo_sync import environment
from tests.integration.test_cli import _KEYS, Tendero, configure, tendero, the_json, the_only_line

__all__ = ["tendero"]
ROWS = Query.parse("rows", "select count(*) as n from products")


@pytest.fixture
def shop() -> Iterator[Server]:
    """A demo shop of 40 products, a few of them with variations."""
    with Server(shop=Shop.generated(40)) as server:
        yield server


@pytest.fixture
def both(shop: Server, database_url: str) -> Iterator[dict[str, str]]:
    """The settings of a shop that has an Odoo, too."""
    with OdooServer(odoo=Odoo.demo("17.0")) as odoo:
        yield {"DATABASE_URL": database_url, "WOOCOMMERCE_URL": shop.base_url, **_KEYS, **environment(odoo)}


@pytest.fixture
def one(tendero: Tendero, shop: Server, database_url: str) -> Tendero:
    """The command, set up for one shop."""
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop.base_url, **_KEYS)
    return tendero


def test_every_catalogue_that_is_set_is_synced_in_turn(tendero: Tendero, both: dict[str, str]) -> None:
    configure(**both)
    status, out, err = tendero("sync")
    assert (status, err) == (0, "")
    assert 0 <= out.index("woocommerce: full sync") < out.index("odoo: full sync")
    told = the_json(tendero("sync", "--json"))
    assert told["success"]
    assert [(each["source"], each["mode"]) for each in told["sources"]] == [
        ("woocommerce", "incremental"),
        ("odoo", "incremental"),
    ]


def test_only_the_catalogues_named_are_synced(tendero: Tendero, both: dict[str, str]) -> None:
    configure(**both)
    assert the_json(tendero("sync", "--source", "odoo", "--json"))["source"] == "odoo"
    for arguments in (
        ("--source", "odoo", "--source", "woocommerce"),
        ("--source", "odoo, woocommerce,odoo"),
    ):
        told = the_json(tendero("sync", "--dry-run", "--json", *arguments))
        assert [each["source"] for each in told["sources"]] == ["odoo", "woocommerce"]
    configure(**both, SOURCES="odoo")
    assert the_json(tendero("sync", "--json"))["source"] == "odoo"


def test_a_catalogue_that_fails_keeps_no_other_from_being_synced(
    tendero: Tendero, both: dict[str, str]
) -> None:
    configure(**{**both, "WOOCOMMERCE_KEY": "ck_wrong"})
    status, out, err = tendero("sync")
    assert (status, "odoo: full sync" in out) == (1, True)
    assert err.startswith("tendero: woocommerce: ")
    assert "WOOCOMMERCE_KEY" in err
    assert err.count("\n") == 1
    status, out, err = tendero("sync", "--json")
    told = json.loads(out)
    assert (status, err, told["success"]) == (1, "", False)
    assert told["sources"][0].keys() == {"source", "error"}
    assert told["sources"][1]["mode"] == "incremental"


@pytest.mark.parametrize("names", ["shopify", "odoo,shopify", ""])
def test_a_catalogue_that_there_is_not_is_a_wrong_call(tendero: Tendero, names: str) -> None:
    told = tendero("sync", "--source", names)
    assert told[0] == 2
    assert "is none of woocommerce, odoo, courses" in the_only_line(told)


def test_without_any_catalogue_the_settings_to_set_are_named(tendero: Tendero, database_url: str) -> None:
    configure(DATABASE_URL=database_url)
    assert "set WOOCOMMERCE_URL, ODOO_PROD_URL, COURSES_DATABASE_URL" in the_only_line(tendero("sync"))


def simple(shop: Server) -> list[int]:
    return [item.id for item in shop.shop.items.values() if item.type == "simple"]


def test_a_dry_run_tells_what_is_new_changed_and_gone(one: Tendero, shop: Server) -> None:
    the_json(one("sync", "--json"))
    dearer, hidden, *_ = simple(shop)
    before = shop.shop.items[dearer]
    shop.shop.update(dearer, {"regular_price": "1234.5", "sale_price": ""})
    shop.shop.update(hidden, {"status": "draft"})
    added = shop.shop.create({"name": "Gorro de lana", "regular_price": "5"})
    report = the_json(one("sync", "--dry-run", "--json"))
    told = {int(each["external_id"]): each for each in report["changes"]}
    assert {number: each["change"] for number, each in told.items()} == {
        dearer: "changed",
        hidden: "gone",
        added.id: "new",
    }
    assert told[dearer]["name"] == before.name
    assert told[dearer]["fields"]["price"][1] == "1234.5"
    assert told[added.id]["fields"] == {}

    status, out, _ = one("sync", "--dry-run")
    assert (status, "dry run: nothing was written" in out) == (0, True)
    assert f"  changed  {dearer}  {before.name}\n" in out
    assert " → 1234.5\n" in out
    assert f"  new      {added.id}  Gorro de lana\n" in out
    assert f"  gone     {hidden}  " in out
    done = the_json(one("sync", "--json"))
    assert "changes" not in done
    names = ("inserted", "updated", "deactivated")
    assert [done[name] for name in names] == [report[name] for name in names]


def test_a_dry_run_shows_the_first_changes_and_counts_the_others(
    one: Tendero, shop: Server, db: Database
) -> None:
    report: dict[str, Any] = the_json(one("sync", "--dry-run", "--json"))
    assert len(report["changes"]) == report["inserted"] == len(shop.shop.items)
    assert not report["changes_cut"]
    out = one("sync", "--dry-run")[1]
    assert out.count("  new      ") == 20
    assert f"  … and {report['inserted'] - 20} more (--json lists them)\n" in out
    assert db.fetch(ROWS)[0]["n"] == 0


def test_a_catalogue_that_is_not_used_any_more_is_told_and_dropped(
    tendero: Tendero, both: dict[str, str], db: Database
) -> None:
    on_sale = Query.parse(
        "sale", "select source, count(*) as n from products where is_active group by source"
    )
    configure(**both)
    tendero("sync")
    before = {row["source"]: row["n"] for row in db.fetch(on_sale)}
    configure(**both, SOURCES="woocommerce")
    told = json.loads(tendero("doctor", "--json")[1])
    assert any("tendero drop odoo" in each["fix"] for each in told)
    status, out, _ = tendero("drop", "odoo", "--yes")
    assert (status, out) == (0, f"{before['odoo']} products and variations of odoo are off sale.\n")
    assert {row["source"] for row in db.fetch(on_sale)} == {"woocommerce"}
    assert tendero("drop", "odoo", "--yes")[0] == 2
    configure(**both)
    tendero("sync", "--source", "odoo")
    assert {row["source"]: row["n"] for row in db.fetch(on_sale)} == before
