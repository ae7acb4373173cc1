"""The demo Odoo reads as servers of 16 to 19 were seen to: fields, shapes, domains, languages, rights."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.demo_odoo import ADMIN, CLERK, CUSTOMER, Odoo, Server
from tests.integration.demo_odoo import VERSIONS, json2, over_json, over_xml

EVERY = {"active_test": False}
PRODUCT = "product.product"


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(odoo=Odoo.demo(request.param)) as running:
        yield running


@pytest.fixture
def call(server: Server) -> Any:
    return over_xml(server)


@pytest.fixture
def major(server: Server) -> int:
    return server.odoo.release.major


def ids(call: Any, *domain: Any, **kwargs: Any) -> list[int]:
    found: list[int] = call(PRODUCT, "search", list(domain), order="id", **kwargs)
    return found


def test_fields_that_a_release_lacks_are_left_out(call: Any, major: int) -> None:
    asked = ["name", "type", "detailed_type", "is_storable", "uom_po_id", "__last_update", "nope"]
    found = call(PRODUCT, "fields_get", asked, ["type"])
    expected = {"name", "type"}
    expected |= {"detailed_type"} if major <= 17 else {"is_storable"}
    expected |= {"uom_po_id"} if major <= 18 else set()
    expected |= {"__last_update"} if major == 16 else set()
    assert set(found) == expected
    assert found["name"] == {"type": "char"}


def test_the_category_is_mandatory_up_to_18_and_prices_have_two_decimals(call: Any, major: int) -> None:
    found = call(PRODUCT, "fields_get", ["categ_id", "list_price", "weight"])
    assert found["categ_id"]["required"] is (major <= 18)
    assert found["list_price"]["digits"] == ([16, 2] if major <= 18 else False)
    assert found["weight"]["digits"] == [16, 2]


def test_without_the_stock_app_there_are_no_quantities() -> None:
    with Server(odoo=Odoo.demo("18.0", stock=False)) as server:
        asked = ["qty_available", "free_qty", "is_storable", "name"]
        assert set(over_xml(server)(PRODUCT, "fields_get", asked)) == {"name"}


def test_website_fields_come_with_the_website_app() -> None:
    for website in (True, False):
        with Server(odoo=Odoo.demo("19.0", website=website)) as server:
            found = over_xml(server)(PRODUCT, "fields_get", ["is_published", "description_ecommerce"])
            assert bool(found) is website


def test_empty_values_are_false_and_empty_numbers_are_zero(call: Any) -> None:
    odd = ids(call, ("name", "=", "Junta de goma surtida"), context={"lang": "es_ES"})
    row = call(PRODUCT, "read", odd, ["default_code", "barcode", "list_price", "company_id", "image_128"])[0]
    lists = call(PRODUCT, "read", odd, ["product_template_attribute_value_ids"])[0]
    assert row["default_code"] is row["barcode"] is row["company_id"] is row["image_128"] is False
    assert row["list_price"] == 0.0
    assert isinstance(row["list_price"], float)
    assert lists["product_template_attribute_value_ids"] == []


def test_a_many2one_is_a_pair_and_with_load_false_an_id(call: Any) -> None:
    hose = ids(call, ("default_code", "=", "RIE-MAN-2"))
    fields = ["categ_id", "product_tmpl_id", "display_name"]
    row = call(PRODUCT, "read", hose, fields, context={"lang": "es_ES"})[0]
    plain = call(PRODUCT, "search_read", [("id", "in", hose)], fields, load=False)[0]
    assert row["display_name"] == "[RIE-MAN-2] Manguera trenzada (25 m)"
    assert row["categ_id"][1] == "All / Jardín / Riego"
    assert row["product_tmpl_id"][1] == "Manguera trenzada"
    assert [plain["categ_id"], plain["product_tmpl_id"]] == [row["categ_id"][0], row["product_tmpl_id"][0]]


def test_dates_are_whole_seconds_without_a_zone(call: Any) -> None:
    row = call(PRODUCT, "read", [1], ["write_date"], context={"tz": "America/Lima"})[0]
    assert row["write_date"] == "2025-01-14 15:30:07"


def test_the_price_of_a_variant_adds_its_extras(call: Any) -> None:
    rows = call(PRODUCT, "search_read", [("default_code", "=like", "RIE-MAN-%")], ["lst_price", "list_price"])
    assert [(row["list_price"], row["lst_price"]) for row in rows] == [
        (24.9, 24.9),
        (24.9, 36.9),
        (24.9, 59.9),
    ]


def test_a_template_shows_codes_only_while_it_has_one_variant(call: Any) -> None:
    fields = ["default_code", "barcode", "weight", "product_variant_ids"]
    for row in call("product.template", "search_read", [], fields):
        if len(row["product_variant_ids"]) > 1:
            assert (row["default_code"], row["barcode"], row["weight"]) == (False, False, 0.0)


def test_archived_products_hide_unless_asked_for(call: Any) -> None:
    hidden = ids(call, ("active", "=", False))
    assert hidden
    assert ids(call, ("id", "in", hidden)) == []
    assert ids(call, ("id", "in", hidden), context=EVERY) == hidden
    assert [row["active"] for row in call(PRODUCT, "read", hidden, ["active"])] == [False] * len(hidden)


def test_domains_are_in_prefix_notation(call: Any) -> None:
    cheap, codes = ("list_price", "<", 3), ("default_code", "ilike", "her-")
    either = ids(call, "|", cheap, codes)
    both = ids(call, "&", cheap, codes)
    assert set(either) == {*ids(call, cheap), *ids(call, codes)}
    assert both == ids(call, cheap, codes) == []
    assert set(ids(call, "!", codes)) == {*ids(call)} - {*ids(call, codes)}
    assert ids(call, "!", "|", cheap, codes) == sorted({*ids(call)} - {*either})


@pytest.mark.parametrize(
    ("operator", "value", "count"),
    [("=", "HER-001", 1), ("=", "her-001", 0), ("=", "HER-DUP", 2), ("in", ["HER-001", "HER-002"], 2),
     ("like", "RIE-MAN", 3), ("like", "rie-man", 0), ("ilike", "rie-man", 3), ("=", "PIN-006", 0),
     ("=", "PIN-006 ", 1), ("=like", "HER-00_", 7), (">=", "TOR-001", 4)],
)  # fmt: skip
def test_text_operators(call: Any, operator: str, value: Any, count: int) -> None:
    assert len(ids(call, ("default_code", operator, value))) == count


def test_negative_operators_let_empty_values_pass(call: Any) -> None:
    empty = ids(call, ("name", "ilike", "junta de goma"))
    assert set(empty) <= set(ids(call, ("default_code", "!=", "HER-001")))
    assert set(empty) <= set(ids(call, ("default_code", "not in", ["HER-001"])))
    assert set(empty) <= set(ids(call, ("default_code", "not ilike", "her")))


def test_an_empty_code_counts_as_none_from_18_on(call: Any, major: int) -> None:
    blank = ids(call, ("default_code", "=", ""))
    rows = call(PRODUCT, "search_read", [("default_code", "=", False)], ["default_code"])
    assert ("" in [row["default_code"] for row in rows]) is (major >= 18)
    assert len(blank) == (3 if major >= 18 else 1)


def test_paths_lead_through_many2ones_and_child_of_down_the_tree(call: Any) -> None:
    irrigation = ids(call, ("categ_id.name", "=", "Riego"))
    garden = call("product.category", "search", [("name", "=", "Jardín")])
    assert irrigation
    assert set(irrigation) < set(ids(call, ("categ_id", "child_of", garden)))
    assert ids(call, ("categ_id", "child_of", "Riego")) == irrigation
    assert ids(call, ("categ_id", "ilike", "jardín / riego")) == irrigation
    assert ids(call, ("product_tmpl_id.name", "ilike", "hose")) == ids(call, ("name", "ilike", "hose"))


def test_pages_follow_order_limit_and_offset(call: Any) -> None:
    everything = ids(call)
    assert everything == sorted(everything)
    assert ids(call, limit=5, offset=5) == everything[5:10]
    assert ids(call, ("id", ">", everything[9]), limit=3) == everything[10:13]
    assert ids(call, limit=0) == ids(call, limit=False) == everything
    rows = call(PRODUCT, "search_read", [], ["list_price"], order="list_price desc, id", limit=4)
    assert [row["list_price"] for row in rows] == sorted((r["list_price"] for r in rows), reverse=True)


def test_codes_that_are_null_sort_last(call: Any) -> None:
    rows = call(PRODUCT, "search_read", [], ["default_code"], order="default_code, id")
    codes = [row["default_code"] for row in rows]
    assert codes[0] == ""
    assert codes[-2:] == [False, False]


def test_quantities_can_be_searched_but_not_sorted(call: Any) -> None:
    assert 0 < len(ids(call, ("qty_available", ">", 100))) < 10
    with pytest.raises(xmlrpc.client.Fault, match="ValueError"):
        call(PRODUCT, "search", [], order="qty_available")


def test_quantities_follow_reservations_and_companies(server: Server, call: Any) -> None:
    hammer = ids(call, ("default_code", "=", "HER-001"))
    move = server.odoo.reserve(hammer[0], 4)
    row = call(PRODUCT, "read", hammer, ["qty_available", "free_qty", "virtual_available"])[0]
    assert (row["qty_available"], row["free_qty"], row["virtual_available"]) == (24.0, 20.0, 20.0)
    server.odoo.deliver(move)
    assert call(PRODUCT, "read", hammer, ["qty_available"])[0]["qty_available"] == 20.0
    elsewhere = over_xml(server, ADMIN)(
        PRODUCT, "read", hammer, ["qty_available"], context={"allowed_company_ids": [2]}
    )
    assert elsewhere[0]["qty_available"] == 0.0


def test_an_empty_quant_goes_when_the_report_is_opened_and_its_move_stays(server: Server, call: Any) -> None:
    server.odoo.set_stock(1, 0)
    assert call("stock.quant", "search_count", [("product_id", "=", 1)]) == 1
    call("stock.quant", "action_view_quants")
    assert call("stock.quant", "search_count", [("product_id", "=", 1)]) == 0
    assert call("stock.move", "search_count", [("product_id", "=", 1), ("state", "=", "done")]) == 2


def test_without_a_language_the_answer_is_english(call: Any) -> None:
    assert call("res.users", "context_get")["lang"] == "es_ES"
    names = {
        lang: call(PRODUCT, "read", [2], ["name"], context={"lang": lang} if lang else {})[0]["name"]
        for lang in ("", "es_ES", "pt_BR")
    }
    assert names[""] == "Black rubber mallet"
    assert names["es_ES"] == "Maza de goma negra"
    assert names["pt_BR"] == "Marreta de borracha preta"


def test_labels_of_a_selection_follow_the_language_and_values_do_not(call: Any) -> None:
    spanish = dict(call(PRODUCT, "fields_get", ["type"], context={"lang": "es_ES"})["type"]["selection"])
    assert spanish["service"] == "Servicio"
    assert dict(call(PRODUCT, "fields_get", ["type"])["type"]["selection"])["service"] == "Service"


def test_a_language_that_is_not_active_is_refused_from_18_on(call: Any, major: int) -> None:
    if major <= 17:
        name = call(PRODUCT, "read", [2], ["name"], context={"lang": "fr_FR"})[0]["name"]
        assert name == "Black rubber mallet"
        return
    with pytest.raises(xmlrpc.client.Fault, match="Invalid language code: fr_FR") as caught:
        call(PRODUCT, "read", [2], ["name"], context={"lang": "fr_FR"})
    assert caught.value.faultCode == 2


def test_where_one_language_is_active_its_text_replaces_the_source(server: Server) -> None:
    odoo = Odoo("17.0", languages=["es_ES"])
    made = odoo.execute("product.template", "create", {"name": "Cubo"})
    odoo.execute("product.template", "write", [made], {"name": "Cubo azul"}, context={"lang": "es_ES"})
    assert odoo.execute("product.template", "read", [made], ["name"])[0]["name"] == "Cubo azul"
    odoo.execute("product.template", "write", [made], {"name": "Bucket"})
    shown = odoo.execute("product.template", "read", [made], ["name"], context={"lang": "es_ES"})
    assert shown[0]["name"] == "Cubo azul"


def test_a_company_rule_hides_in_searches_and_refuses_whole_reads(server: Server, call: Any) -> None:
    hidden = over_xml(server, ADMIN)(PRODUCT, "search", [("company_id", "=", 2)])
    assert hidden
    assert ids(call, ("id", "in", [1, *hidden])) == [1]
    with pytest.raises(xmlrpc.client.Fault) as caught:
        call(PRODUCT, "read", [1, *hidden], ["name"])
    assert caught.value.faultCode == 4


def test_a_company_that_is_not_the_users_is_refused(call: Any) -> None:
    with pytest.raises(xmlrpc.client.Fault, match="unauthorized or invalid companies") as caught:
        call(PRODUCT, "search", [], context={"allowed_company_ids": [1, 2]})
    assert caught.value.faultCode == 4


def test_quantities_need_stock_rights(server: Server) -> None:
    clerk = over_xml(server, CLERK)
    assert clerk(PRODUCT, "search_read", [], ["name"], limit=1)
    with pytest.raises(xmlrpc.client.Fault, match=r"stock\.move") as caught:
        clerk(PRODUCT, "search_read", [], ["name", "free_qty"], limit=1)
    assert caught.value.faultCode == 4


def test_the_cost_is_for_internal_users(server: Server) -> None:
    customer = over_xml(server, CUSTOMER)
    assert "standard_price" not in customer(PRODUCT, "fields_get")
    with pytest.raises(xmlrpc.client.Fault) as caught:
        customer(PRODUCT, "search_read", [], ["standard_price"], limit=1)
    assert caught.value.faultCode == 4
    assert over_xml(server)(PRODUCT, "read", [1], ["standard_price"])[0]["standard_price"] == 9.4


def test_rights_can_be_asked_for(server: Server, call: Any, major: int) -> None:
    assert call(PRODUCT, "check_access_rights", "read") is True
    assert call(PRODUCT, "check_access_rights", "write", raise_exception=False) is False
    assert over_xml(server, ADMIN)(PRODUCT, "check_access_rights", "unlink") is True
    if major >= 18:
        assert call(PRODUCT, "has_access", [1], "read") is True
        assert call(PRODUCT, "has_access", [], "write") is False


def test_ids_that_are_gone_are_left_out_of_a_read(call: Any) -> None:
    assert [row["id"] for row in call(PRODUCT, "read", [1, 99_999], ["name", "lst_price"])] == [1]
    assert call(PRODUCT, "read", [99_999], ["name"]) == []


def test_all_protocols_agree(server: Server, major: int) -> None:
    fields = ["name", "default_code", "categ_id", "list_price", "write_date", "qty_available", "barcode"]
    by_xml = over_xml(server)(PRODUCT, "search_read", [], fields, order="id")
    by_json = over_json(server)(PRODUCT, "search_read", [], fields, order="id")
    assert by_xml == by_json
    assert len(by_json) > 70
    if major >= 19:
        by_json2 = json2(server, f"{PRODUCT}/search_read", domain=[], fields=fields, order="id").json()
        assert by_json2 == by_json


def test_names_can_be_searched(call: Any) -> None:
    assert call(PRODUCT, "name_search", "rubber mallet") == [[2, "[HER-002] Black rubber mallet"]]


def test_a_generated_database_is_the_same_for_the_same_seed() -> None:
    one, same, other = (Odoo.generated(300, seed) for seed in (1, 1, 2))
    rows = [
        o.execute(PRODUCT, "search_read", [], ["name", "list_price"], order="id") for o in (one, same, other)
    ]
    assert rows[0] == rows[1] != rows[2]
    assert len(rows[0]) == 300
    assert one.execute(PRODUCT, "search_count", [("product_template_attribute_value_ids", "!=", False)]) > 0
