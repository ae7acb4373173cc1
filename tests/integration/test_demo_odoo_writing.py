"""The demo Odoo dates its changes as real servers of 16 to 19 were seen to, and moves ids as they do."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.local.demo_odoo import ADMIN, Odoo, Server
from tests.integration.demo_odoo import VERSIONS, Clock, over_json, over_xml

PRODUCT, TEMPLATE = "product.product", "product.template"
FROM_17 = "from 17"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=VERSIONS)
def odoo(request: pytest.FixtureRequest, clock: Clock) -> Odoo:
    return Odoo.demo(request.param, now=clock)


@pytest.fixture
def server(odoo: Odoo) -> Iterator[Server]:
    with Server(odoo=odoo) as running:
        yield running


def by_code(odoo: Odoo, code: str) -> int:
    found: list[int] = odoo.execute(PRODUCT, "search", [("default_code", "=", code)])
    return found[0]


def template_of(odoo: Odoo, product_id: int) -> int:
    row = odoo.execute(PRODUCT, "read", [product_id], ["product_tmpl_id"], load=None)[0]
    return int(row["product_tmpl_id"])


def write(model: str, values: dict[str, Any], **context: Any) -> Callable[[Odoo, int], Any]:
    """A change of the product itself or of its template."""

    def change(odoo: Odoo, product_id: int) -> None:
        target = product_id if model == PRODUCT else template_of(odoo, product_id)
        odoo.execute(model, "write", [target], values, context=context)

    return change


def rename_category(odoo: Odoo, product_id: int) -> None:
    row = odoo.execute(PRODUCT, "read", [product_id], ["categ_id"], load=None)[0]
    odoo.execute("product.category", "write", [row["categ_id"]], {"name": "Nuevo"})


def rename_unit(odoo: Odoo, product_id: int) -> None:
    odoo.execute("uom.uom", "write", [1], {"name": "Piezas"})


def change_extra_price(odoo: Odoo, product_id: int) -> None:
    row = odoo.execute(PRODUCT, "read", [product_id], ["product_template_attribute_value_ids"])[0]
    chosen = row["product_template_attribute_value_ids"]
    odoo.execute("product.template.attribute.value", "write", chosen, {"price_extra": 99.0})


def count_stock(odoo: Odoo, product_id: int) -> None:
    odoo.set_stock(product_id, 77)


def reserve_and_deliver(odoo: Odoo, product_id: int) -> None:
    odoo.deliver(odoo.reserve(product_id, 1))


def change_sibling(odoo: Odoo, product_id: int) -> None:
    odoo.execute(PRODUCT, "write", [product_id + 1], {"weight": 5.5})


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        (write(TEMPLATE, {"name": "Otro"}), FROM_17),
        (write(TEMPLATE, {"list_price": 1.0}), FROM_17),
        (write(TEMPLATE, {"description_sale": "Otro"}), FROM_17),
        (write(TEMPLATE, {"categ_id": 2}), FROM_17),
        (write(TEMPLATE, {"sale_ok": False}), FROM_17),
        (write(TEMPLATE, {"name": "Otro"}, lang="es_ES"), FROM_17),
        (write(TEMPLATE, {"active": False}), True),
        (write(PRODUCT, {"name": "Otro"}), True),
        (write(PRODUCT, {"lst_price": 3.0}), True),
        (write(PRODUCT, {"default_code": "X"}), True),
        (write(PRODUCT, {"barcode": "123"}), True),
        (write(PRODUCT, {"weight": 2.0}), True),
        (write(PRODUCT, {"standard_price": 2.0}), True),
        (write(PRODUCT, {"active": False}), True),
        (write(PRODUCT, {"default_code": "RIE-MAN-1"}), True),
        (write(PRODUCT, {}), True),
        (rename_category, False),
        (rename_unit, False),
        (change_extra_price, False),
        (count_stock, False),
        (reserve_and_deliver, False),
        (change_sibling, False),
    ],
)
def test_what_moves_the_date_of_a_variant(odoo: Odoo, clock: Clock, change: Any, moves: Any) -> None:
    product = by_code(odoo, "RIE-MAN-1")
    before = odoo.execute(PRODUCT, "read", [product], ["write_date"])
    clock.tick()
    change(odoo, product)
    after = odoo.execute(PRODUCT, "read", [product], ["write_date"])
    assert (after != before) is (odoo.release.major >= 17 if moves == FROM_17 else moves)


@pytest.mark.parametrize("values", [{"default_code": "X"}, {"weight": 3.0}, {"standard_price": 3.0}])
def test_a_variants_field_written_on_the_template_moves_the_variant(
    odoo: Odoo, clock: Clock, values: dict[str, Any]
) -> None:
    product = by_code(odoo, "HER-001")
    clock.tick()
    write(TEMPLATE, values)(odoo, product)
    row = odoo.execute(PRODUCT, "read", [product], ["write_date", *values])[0]
    assert row["write_date"] == "2025-06-01 12:00:10"
    assert {name: row[name] for name in values} == values


def test_a_variants_own_field_leaves_the_templates_date(odoo: Odoo, clock: Clock) -> None:
    product = by_code(odoo, "RIE-MAN-1")
    template = template_of(odoo, product)
    before = odoo.execute(TEMPLATE, "read", [template], ["write_date"])
    clock.tick()
    write(PRODUCT, {"weight": 9.0})(odoo, product)
    assert odoo.execute(TEMPLATE, "read", [template], ["write_date"]) == before


def test_a_template_dates_its_archived_variants_too(odoo: Odoo, clock: Clock) -> None:
    product = by_code(odoo, "PIN-PLA-1")
    archived = odoo.execute(PRODUCT, "search", [("active", "=", False), ("name", "ilike", "emulsion")])
    clock.tick()
    write(TEMPLATE, {"list_price": 30.0})(odoo, product)
    row = odoo.execute(PRODUCT, "read", archived, ["write_date"])[0]
    assert (row["write_date"] == "2025-06-01 12:00:10") is (odoo.release.major >= 17)


def test_deleting_a_variant_moves_its_template_and_deleting_the_last_deletes_it(
    odoo: Odoo, clock: Clock
) -> None:
    product = by_code(odoo, "PIN-PLA-4")
    template = template_of(odoo, product)
    clock.tick()
    odoo.execute(PRODUCT, "unlink", [product])
    assert (
        odoo.execute(TEMPLATE, "read", [template], ["write_date"])[0]["write_date"] == "2025-06-01 12:00:10"
    )
    service = by_code(odoo, "SER-001")
    gone = template_of(odoo, service)
    odoo.execute(PRODUCT, "unlink", [service])
    assert odoo.execute(TEMPLATE, "read", [gone], ["name"]) == []


def test_a_changed_template_is_found_on_all_releases_by_both_dates(odoo: Odoo, clock: Clock) -> None:
    product = by_code(odoo, "HER-001")
    clock.tick()
    write(TEMPLATE, {"list_price": 20.0})(odoo, product)
    since = "2025-06-01 12:00:05"
    own, both = [("write_date", ">=", since)], [("product_tmpl_id.write_date", ">=", since)]
    assert odoo.execute(PRODUCT, "search", ["|", *own, *both]) == [product]
    assert odoo.execute(PRODUCT, "search", own) == ([product] if odoo.release.major >= 17 else [])


def test_renaming_a_category_dates_all_below_it(odoo: Odoo, clock: Clock) -> None:
    garden = odoo.execute("product.category", "search", [("name", "=", "Jardín")])
    clock.tick()
    odoo.execute("product.category", "write", garden, {"name": "Exterior"})
    found = odoo.execute(PRODUCT, "search_read", [("categ_id.write_date", ">=", "2025-06-01 12:00:05")])
    paths = {row["categ_id"][1] for row in found}
    assert paths == {"All / Exterior", "All / Exterior / Riego", "All / Exterior / Macetas"}


@pytest.mark.parametrize(
    ("operator", "up_to_18", "on_19"),
    [(">", True, False), (">=", True, True), ("=", False, True), ("<=", False, True), ("<", False, False)],
)
def test_how_fine_dates_are_compared(odoo: Odoo, operator: str, up_to_18: bool, on_19: bool) -> None:
    product = by_code(odoo, "HER-001")
    odoo.execute(PRODUCT, "write", [product], {})
    domain = [("id", "=", product), ("write_date", operator, "2025-06-01 12:00:00")]
    assert bool(odoo.execute(PRODUCT, "search", domain)) is (on_19 if odoo.release.major >= 19 else up_to_18)


@pytest.mark.parametrize("text", ["2025-06-01T12:00:00", "2025-06-01", "2025-06-01 12:00:00.360000"])
def test_dates_are_read_in_several_forms(odoo: Odoo, text: str) -> None:
    product = by_code(odoo, "HER-001")
    odoo.execute(PRODUCT, "write", [product], {})
    assert odoo.execute(PRODUCT, "search", [("write_date", ">=", text)]) == [product]


@pytest.mark.parametrize("zone", ["Z", "+02:00"])
def test_a_zone_is_ignored_up_to_18_and_refused_on_19(odoo: Odoo, zone: str) -> None:
    odoo.execute(PRODUCT, "write", [1], {})
    domain = [("write_date", ">=", f"2025-06-01 12:00:00{zone}")]
    if odoo.release.major >= 19:
        with pytest.raises(ValueError, match="does not match"):
            odoo.execute(PRODUCT, "search", domain)
    else:
        assert odoo.execute(PRODUCT, "search", domain) == [1]


def test_last_update_lets_every_record_pass_on_16() -> None:
    odoo = Odoo.demo("16.0")
    every = odoo.execute(PRODUCT, "search_count", [])
    assert odoo.execute(PRODUCT, "search_count", [("__last_update", ">", "2099-01-01 00:00:00")]) == every


def test_a_transaction_that_commits_late_appears_with_an_older_date(odoo: Odoo, clock: Clock) -> None:
    began = clock.moment.replace(tzinfo=None)
    clock.tick(60)
    odoo.execute(PRODUCT, "write", [1], {})
    odoo.execute(PRODUCT, "write", [2], {}, at=began)
    rows = odoo.execute(PRODUCT, "read", [1, 2], ["write_date"])
    assert [row["write_date"] for row in rows] == ["2025-06-01 12:01:00", "2025-06-01 12:00:00"]


def test_rows_written_in_one_call_share_their_date(odoo: Odoo) -> None:
    odoo.execute(PRODUCT, "write", [1, 2, 3], {})
    assert len(odoo.execute(PRODUCT, "search", [("write_date", ">=", "2025-06-01 12:00:00")])) == 3


def test_archiving_the_template_takes_the_variants_along_and_not_the_other_way(odoo: Odoo) -> None:
    product = by_code(odoo, "HER-001")
    template = template_of(odoo, product)
    odoo.execute(PRODUCT, "write", [product], {"active": False})
    assert odoo.execute(TEMPLATE, "read", [template], ["active"])[0]["active"] is True
    odoo.execute(PRODUCT, "write", [product], {"active": True})
    odoo.execute(TEMPLATE, "action_archive", [template])
    assert odoo.execute(PRODUCT, "read", [product], ["active"])[0]["active"] is False


def test_what_stock_moved_cannot_be_deleted(server: Server) -> None:
    with pytest.raises(xmlrpc.client.Fault, match="another model requires") as caught:
        over_xml(server, ADMIN)(PRODUCT, "unlink", [1])
    assert caught.value.faultCode == 2


def test_choices_given_to_a_product_make_new_variants_without_codes(server: Server) -> None:
    admin = over_xml(server, ADMIN)
    made = admin(TEMPLATE, "create", {"name": "Cubo", "default_code": "CUB", "weight": 1.5})
    old = admin(PRODUCT, "search", [("product_tmpl_id", "=", made)])
    attribute = admin("product.attribute", "create", {"name": "Asa"})
    names = [{"name": name, "attribute_id": attribute} for name in ("Con", "Sin")]
    values = admin("product.attribute.value", "create", names)
    line = [0, 0, {"attribute_id": attribute, "value_ids": [[6, 0, values]]}]
    admin(TEMPLATE, "write", [made], {"attribute_line_ids": [line]})
    new = admin(PRODUCT, "search_read", [("product_tmpl_id", "=", made)], ["default_code", "display_name"])
    assert [(row["default_code"], row["display_name"]) for row in new] == [
        (False, "Cubo (Con)"), (False, "Cubo (Sin)"),
    ]  # fmt: skip
    assert admin(PRODUCT, "read", old, ["name"]) == []
    admin(TEMPLATE, "write", [made], {"attribute_line_ids": [[5]]})
    last = admin(PRODUCT, "search", [("product_tmpl_id", "=", made)])
    assert len(last) == 1
    assert last[0] not in {*old, *(row["id"] for row in new)}


def test_a_dynamic_choice_leaves_no_variant(odoo: Odoo) -> None:
    attribute = odoo.execute("product.attribute", "create", {"name": "Grabado", "create_variant": "dynamic"})
    value = odoo.execute("product.attribute.value", "create", {"name": "Sí", "attribute_id": attribute})
    line = (0, 0, {"attribute_id": attribute, "value_ids": [(6, 0, [value])]})
    made = odoo.execute(TEMPLATE, "create", {"name": "Placa", "attribute_line_ids": [line]})
    assert odoo.execute(PRODUCT, "search", [("product_tmpl_id", "=", made)]) == []


def test_a_copy_has_no_code_and_no_barcode(odoo: Odoo) -> None:
    copied = odoo.execute(PRODUCT, "copy", [by_code(odoo, "RIE-MAN-1")])
    copied = copied if isinstance(copied, int) else copied[0]
    row = odoo.execute(PRODUCT, "read", [copied], ["name", "default_code", "barcode"])[0]
    assert (row["name"], row["default_code"], row["barcode"]) == ("Braided hose (copy)", False, False)


def test_barcodes_are_unique_and_codes_are_not(server: Server) -> None:
    admin = over_xml(server, ADMIN)
    assert admin(PRODUCT, "search_count", [("default_code", "=", "HER-DUP")]) == 2
    admin(PRODUCT, "write", [1], {"barcode": "843"})
    with pytest.raises(xmlrpc.client.Fault, match="already assigned") as caught:
        admin(PRODUCT, "write", [2, 3], {"barcode": "843"})
    assert caught.value.faultCode == 2
    assert admin(PRODUCT, "search", [("barcode", "=", "843")]) == [1]


def test_a_mandatory_field_must_be_set(server: Server) -> None:
    admin = over_xml(server, ADMIN)
    with pytest.raises(xmlrpc.client.Fault, match="mandatory field") as caught:
        admin(TEMPLATE, "create", {"list_price": 3})
    assert caught.value.faultCode == 2
    assert admin(TEMPLATE, "create", {"name": ""})


def test_prices_are_rounded_up_to_18_and_not_on_19(odoo: Odoo) -> None:
    made = odoo.execute(TEMPLATE, "create", {"name": "Clavo", "list_price": 0.1 + 0.2})
    row = odoo.execute(TEMPLATE, "read", [made], ["list_price"])[0]
    assert row["list_price"] == (0.1 + 0.2 if odoo.release.major >= 19 else 0.3)


def test_a_method_without_a_result_is_a_fault_that_was_carried_out(server: Server) -> None:
    with pytest.raises(xmlrpc.client.Fault, match="cannot marshal None") as caught:
        over_xml(server, ADMIN)(PRODUCT, "action_archive", [1])
    assert caught.value.faultCode == 1
    assert over_xml(server)(PRODUCT, "read", [1], ["active"])[0]["active"] is False
    assert over_json(server, ADMIN)(PRODUCT, "action_unarchive", [1]) == "no result"


def test_a_control_character_breaks_xml_on_16_and_is_left_out_later(server: Server) -> None:
    server.odoo.execute(PRODUCT, "write", [1], {"name": "Mar\x0btillo"})
    assert over_json(server)(PRODUCT, "read", [1], ["name"])[0]["name"] == "Mar\x0btillo"
    if server.odoo.release.major >= 17:
        assert over_xml(server)(PRODUCT, "read", [1], ["name"])[0]["name"] == "Martillo"
    else:
        with pytest.raises(Exception, match="not well-formed"):
            over_xml(server)(PRODUCT, "read", [1], ["name"])


def test_the_quantity_can_be_written_on_19(odoo: Odoo) -> None:
    odoo.execute(PRODUCT, "write", [1], {"qty_available": 5.0})
    quantity = odoo.execute(PRODUCT, "read", [1], ["qty_available"])[0]["qty_available"]
    assert quantity == (5.0 if odoo.release.major >= 19 else 24.0)
