"""What a sync with an Odoo brings in, and what it leaves alone when nothing or little has changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from infra.local.demo_odoo import ADMIN, Odoo
from tendero.platform.database import Database
from tests.integration.demo_odoo import VERSIONS
from tests.integration.odoo_sync import JSON2, TEMPLATE, VARIANT, WAYS, XML_RPC, Stage, settled, stage

ENDS = ("16.0", "19.0")
PAINT = "PIN-PLA-1"


def reads(made: Stage) -> int:
    """How many calls asked for whole products."""
    return sum("attribute.line/search_read" in label for label, _ in made.odoo.requests)


@pytest.mark.parametrize(("version", "way"), WAYS)
def test_everything_for_sale_arrives_and_a_second_run_writes_nothing(
    db: Database, version: str, way: str
) -> None:
    with stage(db, Odoo.demo(version), way) as made:
        first = made.sync()
        assert (first.mode, first.errors) == ("full", ())
        assert made.active_ids() == made.visible_ids()
        assert made.embedder.texts
        versions, texts = made.versions(), len(made.embedder.texts)
        again = made.sync()
        assert (again.mode, again.inserted + again.updated + again.deactivated) == ("incremental", 0)
        assert made.sync(full=True).unchanged == first.processed
        assert made.versions() == versions
        assert len(made.embedder.texts) == texts
        own = "/json/2/" if way == JSON2 else "/xmlrpc/2/" if way == XML_RPC else "/jsonrpc"
        assert all(label.startswith(own) for label, _ in made.odoo.requests if "product." in label)


@pytest.mark.parametrize(("version", "way"), WAYS)
def test_a_run_without_changes_reads_no_product_again(db: Database, version: str, way: str) -> None:
    with settled(db, version, way) as made:
        assert made.sync().processed == 0
        assert reads(made) == 0


def test_a_new_price_list_is_read_in_pages_as_full_as_a_whole_catalogue(db: Database) -> None:
    with stage(db, Odoo.generated(400)) as made:
        made.sync()
        made.odoo.requests.clear()
        for template in list(made.odoo.table(TEMPLATE).rows):
            made.write(TEMPLATE, template, list_price=7)
        assert made.sync().updated > 400
        assert reads(made) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_product_arrives_with_everything(db: Database, version: str) -> None:
    with stage(db, Odoo.demo(version, website=True)) as made:
        made.sync()
        row = made.row(made.variant("JAR-003"))
        expected: dict[str, Any] = {
            "kind": "product", "name": "Sustrato universal 50 l", "sku": "JAR-003", "price": Decimal("11.40"),
            "list_price": Decimal("11.40"), "standard_price": Decimal(5), "currency": "EUR", "weight": 18,
            "volume": Decimal("0.05"), "uom_id": 1, "uom_name": "Unidades", "stock_quantity": 60,
            "stock_status": "instock", "category_name": "All / Jardín", "categories": ["Jardín"],
            "sale_ok": True, "purchase_ok": True, "company_id": None, "parent_external_id": None,
            "product_type": "product" if version < "18" else "consu",
        }  # fmt: skip
        assert {name: row[name] for name in expected} == expected
        assert row["description"].startswith("Turba, corteza compostada")
        assert row["category_id"]
        assert row["barcode"]
        assert row["url"].startswith(f"{made.server.base_url}/shop/")
        assert row["image_url"].endswith(f"/product.product/{row['external_id']}/image_512")
        assert row["last_update"]


@pytest.mark.parametrize("version", ENDS)
def test_a_template_with_several_variants_is_a_product_with_variations(db: Database, version: str) -> None:
    with stage(db, Odoo.demo(version)) as made:
        made.sync()
        parent = made.row(f"template-{made.template('RIE-MAN-2')}")
        variation = made.row(made.variant("RIE-MAN-2"))
        assert (parent["kind"], parent["name"], parent["sku"]) == ("product", "Manguera trenzada", None)
        assert parent["attributes"] == {"Largo": ["15 m", "25 m", "50 m"]}
        assert (parent["price"], parent["standard_price"]) == (Decimal("24.90"), None)
        assert (variation["kind"], variation["name"]) == ("variation", "Manguera trenzada - 25 m")
        assert variation["parent_external_id"] == parent["external_id"]
        assert variation["attributes"] == {"Largo": ["25 m"]}
        # What the length adds is part of the price.
        assert (variation["price"], variation["list_price"]) == (Decimal("36.90"), Decimal("36.90"))
        assert not made.rows("kind = 'variation' and text_for_embedding in (select unnest(:texts::text[]))",
                             texts=made.embedder.texts)  # fmt: skip


def test_a_template_without_variants_is_a_product_too(db: Database) -> None:
    with settled(db, "18.0-20250702") as made:
        dynamic = made.odoo.execute(
            "product.attribute", "create", {"name": "Grabado", "create_variant": "dynamic"}
        )
        value = made.odoo.execute(
            "product.attribute.value", "create", {"name": "Corazón", "attribute_id": dynamic}
        )
        line = (0, 0, {"attribute_id": dynamic, "value_ids": [(6, 0, [value])]})
        values = {"name": "Placa grabada", "list_price": 9.5, "attribute_line_ids": [line]}
        template = made.odoo.execute(TEMPLATE, "create", values)
        made.sync()
        row = made.row(f"template-{template}")
        assert (row["name"], row["price"], row["attributes"]) == (
            "Placa grabada",
            Decimal("9.5"),
            {"Grabado": ["Corazón"]},
        )
        assert made.active_ids() == made.visible_ids()
        made.write(TEMPLATE, template, active=False)
        made.sync()
        assert made.active_ids() == made.visible_ids()


@pytest.mark.parametrize("version", ENDS)
def test_what_nobody_counts_is_in_stock_and_what_is_counted_out_is_not(db: Database, version: str) -> None:
    with stage(db, Odoo.demo(version)) as made:
        made.sync()
        service, goods, empty = (made.row(made.variant(code)) for code in ("SER-001", "TOR-002", "HER-004"))
        assert (service["stock_status"], service["stock_quantity"]) == ("instock", None)
        assert (goods["stock_status"], goods["stock_quantity"]) == ("instock", None)
        assert (empty["stock_status"], empty["stock_quantity"]) == ("outofstock", 0)


def test_without_the_app_inventory_everything_is_in_stock(db: Database) -> None:
    with stage(db, Odoo.demo("19.0", stock=False)) as made:
        assert made.sync().errors == ()
        assert made.active_ids() == made.visible_ids()
        assert not made.rows("stock_status <> 'instock' or stock_quantity is not null")


def test_what_is_not_for_sale_is_held_but_not_shown(db: Database) -> None:
    with stage(db, Odoo.demo("19.0")) as made:
        made.sync()
        row = made.row(made.variant("SER-TRA"))
        assert (row["is_active"], row["sale_ok"]) == (False, False)


def test_reserved_goods_cannot_be_sold_again(db: Database) -> None:
    with settled(db, "17.0") as made:
        hammer = made.variant("HER-001")
        made.odoo.reserve(hammer, 20)
        made.sync()
        assert made.row(hammer)["stock_quantity"] == 4


def test_from_19_on_prices_are_rounded_as_the_currency_is(db: Database) -> None:
    with settled(db, "19.0") as made:
        hammer = made.variant("HER-001")
        made.write(VARIANT, hammer, list_price=0.1 + 0.2, standard_price=79.9977)
        made.sync()
        row = made.row(hammer)
        assert (row["price"], row["standard_price"]) == (Decimal("0.30"), Decimal("79.9977"))


@pytest.mark.parametrize(("language", "name"), [("en_US", "Rubber"), ("pt", "Marreta"), ("", "Maza")])
def test_texts_come_in_the_language_that_is_set_else_in_the_users_own(
    db: Database, language: str, name: str
) -> None:
    with stage(db, Odoo.demo("17.0"), ODOO_LANGUAGE=language) as made:
        made.sync()
        assert name.lower() in made.row(made.variant("HER-002"))["name"].lower()


def test_another_language_reads_everything_again(db: Database) -> None:
    with settled(db, "19.0") as made:
        made.settings = type(made.settings).load(
            {"ODOO_LANGUAGE": "en_US"},
            **{name: getattr(made.settings, name) for name in (
                "odoo_prod_url", "odoo_prod_db", "odoo_prod_username", "odoo_prod_password")},
        )  # fmt: skip
        assert made.sync().mode == "full"
        assert made.row(made.variant("HER-002"))["name"] == "Black rubber mallet"


@pytest.mark.parametrize(("companies", "seen"), [("1", (1,)), ("2", (2,)), ("1,2", (1, 2)), ("", (1, 2))])
def test_companies_are_chosen(db: Database, companies: str, seen: tuple[int, ...]) -> None:
    login = {"ODOO_PROD_USERNAME": ADMIN.login, "ODOO_PROD_PASSWORD": ADMIN.password}
    with stage(db, Odoo.demo("18.0-20250702"), ODOO_COMPANIES=companies, **login) as made:
        made.sync()
        assert made.active_ids() == made.visible_ids(seen)


def test_the_test_database_is_read_when_it_is_chosen(db: Database) -> None:
    with stage(db, Odoo.demo("19.0")) as made:
        other = {f"odoo_test_{part}": getattr(made.settings, f"odoo_prod_{part}") for part in
                 ("url", "db", "username", "password")}  # fmt: skip
        made.settings = type(made.settings).load({"USE_TEST_ODOO": "True"}, **other)
        assert made.sync().inserted > 80


@pytest.mark.parametrize("version", ENDS)
def test_a_large_catalogue_arrives_over_many_pages(db: Database, version: str) -> None:
    with stage(db, Odoo.generated(2_300, version=version)) as made:
        made.sync()
        assert made.active_ids() == made.visible_ids()
