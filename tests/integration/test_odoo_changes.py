"""Every way in which an Odoo changes, also those that move no date, and while it is being read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from tendero.platform.database import Database
from tests.integration.odoo_sync import TEMPLATE, VARIANT, Stage, settled

ENDS = ("16.0", "19.0")


@pytest.fixture(params=ENDS)
def made(db: Database, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with settled(db, request.param) as built:
        yield built


@pytest.fixture
def newest(db: Database) -> Iterator[Stage]:
    with settled(db, "19.0") as built:
        yield built


def check(made: Stage, *changed: str) -> None:
    """A sync writes just these rows, and holds what Odoo sells."""
    before = made.versions()
    report = made.sync()
    after = made.versions()
    assert report.errors == ()
    assert {each for each, version in after.items() if before.get(each) != version} == set(changed)
    assert made.active_ids() == made.visible_ids()


def family(made: Stage, code: str) -> list[str]:
    """The external ids of a variant's template and of its variants in use."""
    template = made.template(code)
    variants = made.odoo.table(VARIANT).by("product_tmpl_id", template)
    return [f"template-{template}", *(str(row["id"]) for row in variants if row["active"])]


def test_a_changed_template_is_read_again(made: Stage) -> None:
    made.write(TEMPLATE, made.template("HER-001"), name="Martillo de encofrador", list_price=20)
    check(made, str(made.variant("HER-001")))
    row = made.row(made.variant("HER-001"))
    assert (row["name"], row["price"]) == ("Martillo de encofrador", Decimal(20))
    assert len(made.embedder.texts) == 1


def test_a_changed_variant_is_read_again(made: Stage) -> None:
    one = made.variant("RIE-MAN-2")
    made.write(VARIANT, one, default_code="RIE-25", standard_price=13)
    check(made, str(one))
    assert made.embedder.texts == []


def test_a_change_of_stock_moves_no_date_and_is_found(made: Stage) -> None:
    hammer, glove = made.variant("HER-001"), made.variant("JAR-GUA-2")
    made.odoo.set_stock(hammer, 0)
    made.odoo.set_stock(glove, 5)
    check(made, str(hammer), str(glove))
    assert made.row(hammer)["stock_status"] == "outofstock"
    assert made.row(glove)["stock_quantity"] == 5
    assert made.embedder.texts == []


def test_the_parent_is_out_of_stock_when_its_last_variation_is(made: Stage) -> None:
    parent, *variants = family(made, "JAR-GUA-1")
    for each in variants:
        made.odoo.set_stock(int(each), 0)
    made.sync()
    assert made.row(parent)["stock_status"] == "outofstock"


def test_an_attributes_extra_price_moves_no_date_and_is_found(made: Stage) -> None:
    table = made.odoo.table("product.template.attribute.value").rows
    chosen = made.odoo.table(VARIANT).rows[made.variant("RIE-MAN-2")]["product_template_attribute_value_ids"]
    assert table[chosen[0]]["price_extra"] == 12
    made.write("product.template.attribute.value", chosen[0], price_extra=15.5)
    check(made, str(made.variant("RIE-MAN-2")))
    assert made.row(made.variant("RIE-MAN-2"))["price"] == Decimal("40.40")


def test_a_renamed_category_reaches_its_products(made: Stage) -> None:
    (tools,) = made.odoo.execute("product.category", "search", [("complete_name", "=", "All / Herramientas")])
    made.write("product.category", tools, name="Útiles")
    made.sync()
    row = made.row(made.variant("HER-001"))
    assert row["category_name"] == "All / Útiles / Manuales"
    assert row["categories"] == ["Útiles", "Manuales"]
    assert made.active_ids() == made.visible_ids()


def test_a_renamed_unit_tag_or_attribute_value_reaches_its_products(made: Stage) -> None:
    names = (("uom.uom", 12, "kilo"), ("product.tag", 1, "Para regalar"))
    for model, record, name in names:
        made.write(model, record, name=name)
    (value,) = made.odoo.execute("product.attribute.value", "search", [("name", "=", "25 m")])
    made.write("product.attribute.value", value, name="25 metros")
    made.sync()
    assert made.row(made.variant("TOR-003"))["uom_name"] == "kilo"
    assert made.row(made.variant("HER-003"))["tags"] == ["Para regalar"]
    assert made.row(made.variant("RIE-MAN-2"))["attributes"] == {"Largo": ["25 metros"]}
    assert made.row(made.variant("RIE-MAN-2"))["name"] == "Manguera trenzada - 25 metros"


def test_archived_products_and_variants_vanish_and_come_back(made: Stage) -> None:
    template, both = made.template("HER-001"), {str(made.variant("HER-001")), str(made.variant("JAR-GUA-2"))}
    glove = made.variant("JAR-GUA-2")
    for active in (False, True):
        made.write(TEMPLATE, template, active=active)
        made.write(VARIANT, glove, active=active)
        made.sync()
        assert made.active_ids() == made.visible_ids()
        assert both & made.active_ids() == (both if active else set())


def test_deleted_products_leave_no_trace_and_are_found(made: Stage) -> None:
    plain = made.odoo.execute(VARIANT, "create", {"name": "Efímero"})
    made.sync()
    assert str(plain) in made.active_ids()
    made.odoo.execute(VARIANT, "unlink", [plain])
    report = made.sync()
    assert report.deactivated == 1
    assert made.active_ids() == made.visible_ids()


def test_a_new_attribute_replaces_the_product_by_variations_and_its_end_by_a_product(made: Stage) -> None:
    template = made.odoo.execute(TEMPLATE, "create", {"name": "Cuerda", "default_code": "CUE"})
    made.sync()
    old = made.variant("CUE")
    (length,) = made.odoo.execute("product.attribute", "search", [("name", "=", "Largo")])
    values = made.odoo.execute("product.attribute.value", "search", [("attribute_id", "=", length)])
    line = made.odoo.execute(
        "product.template.attribute.line",
        "create",
        {"product_tmpl_id": template, "attribute_id": length, "value_ids": [(6, 0, values)]},
    )
    made.sync()
    assert made.active_ids() == made.visible_ids()
    assert str(old) not in made.active_ids()
    assert f"template-{template}" in made.active_ids()
    made.odoo.execute("product.template.attribute.line", "unlink", [line])
    made.sync()
    assert made.active_ids() == made.visible_ids()
    assert f"template-{template}" not in made.active_ids()


def test_of_several_variants_the_last_one_in_use_becomes_the_product(made: Stage) -> None:
    parent, first, *others = family(made, "ILU-ANE-1")
    for each in others:
        made.write(VARIANT, int(each), active=False)
    made.sync()
    assert made.active_ids() == made.visible_ids()
    assert made.row(first)["kind"] == "product"
    assert not made.row(parent)["is_active"]


def test_a_change_in_the_very_second_of_the_last_run_is_found(made: Stage) -> None:
    made.write(TEMPLATE, made.template("HER-001"), name="Uno")
    made.sync()
    made.write(TEMPLATE, made.template("HER-002"), name="Dos")
    made.sync()
    assert made.row(made.variant("HER-002"))["name"] == "Dos"


def test_a_transaction_that_commits_late_is_found(made: Stage) -> None:
    made.sync()
    began = made.odoo.now() - timedelta(minutes=5)
    values = {"name": "Tardío"}
    made.odoo.execute(
        TEMPLATE, "write", [made.template("HER-001")], values, context={"lang": "es_ES"}, at=began
    )
    made.sync()
    assert made.row(made.variant("HER-001"))["name"] == "Tardío"


@pytest.mark.parametrize("request_number", [1, 2, 3, 4])
def test_what_changes_while_it_is_read_is_right_after_the_next_run(
    newest: Stage, request_number: int
) -> None:
    odoo = newest.odoo
    hammer, mallet = newest.variant("HER-001"), newest.variant("HER-002")

    def change() -> None:
        odoo.execute(VARIANT, "create", {"name": "Recién llegado"})
        odoo.execute(VARIANT, "write", [hammer], {"active": False})
        odoo.execute(VARIANT, "write", [mallet], {"name": "Otra maza"}, context={"lang": "es_ES"})

    odoo.faults.before(request_number, change, match=f"{VARIANT}/search_read")
    assert newest.sync(full=True).errors == ()
    # Nothing but what changed is missing, whatever the moment.
    assert len(newest.active_ids() ^ newest.visible_ids()) <= 2
    assert newest.sync().errors == ()
    assert newest.active_ids() == newest.visible_ids()
    assert newest.row(mallet)["name"] == "Otra maza"


def test_a_dry_run_tells_and_writes_nothing(newest: Stage) -> None:
    newest.write(TEMPLATE, newest.template("HER-001"), name="Otro martillo")
    newest.odoo.set_stock(newest.variant("HER-002"), 0)
    before = newest.versions()
    report = newest.sync(dry_run=True)
    assert (report.updated, report.inserted, report.deactivated) == (2, 0, 0)
    assert newest.versions() == before
