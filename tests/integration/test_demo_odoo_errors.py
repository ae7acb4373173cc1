"""The demo Odoo fails as real servers of 16 to 19 were seen to, in each of the three protocols."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from infra.local.demo_odoo import ADMIN, CLERK, SYNC, Odoo, Server
from tests.integration.demo_odoo import VERSIONS, Refused, json2, json_rpc, key_of, over_json, over_xml

PRODUCT = "product.product"


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(odoo=Odoo.demo(request.param)) as running:
        yield running


@pytest.fixture
def newest() -> Iterator[Server]:
    with Server(odoo=Odoo.demo("19.0")) as running:
        yield running


# (call, fault code, class name, part of the message)
REFUSALS: list[tuple[tuple[Any, ...], int, str, str]] = [
    ((PRODUCT, "search_read", [], ["nope"]), 1, "builtins.ValueError", "Invalid field 'nope' on"),
    ((PRODUCT, "search", [["nope", "=", 1]]), 1, "builtins.ValueError", "product.product.nope in "),
    ((PRODUCT, "search", [["id", "~", 1]]), 1, "builtins.ValueError", "Invalid operator"),
    ((PRODUCT, "search", ["|", ["id", "=", 1]]), 1, "builtins.ValueError", "syntactically"),
    ((PRODUCT, "search", [], 0, 1, "nope"), 1, "builtins.ValueError", "Invalid field 'nope'"),
    ((PRODUCT, "search", [], 0, 1, "lst_price"), 1, "builtins.ValueError", "not stored"),
    ((PRODUCT, "search", [], 0, 1, "id; drop"), 2, "odoo.exceptions.UserError", 'Invalid "order"'),
    (("nope.model", "search", []), 2, "odoo.exceptions.UserError", "Object nope.model doesn't exist"),
    ((PRODUCT, "nope", []), 1, "builtins.AttributeError", "nope"),
    ((PRODUCT, "_search", []), 4, "odoo.exceptions.AccessError", "cannot be called remotely"),
    ((PRODUCT, "search"), 1, "builtins.TypeError", "domain"),
    ((PRODUCT, "write", [1], {"name": "x"}), 4, "odoo.exceptions.AccessError", "not allowed to modify"),
]


@pytest.mark.parametrize(("order", "fault", "name", "message"), REFUSALS)
def test_each_refusal_has_its_fault_and_its_class(
    server: Server, order: tuple[Any, ...], fault: int, name: str, message: str
) -> None:
    with pytest.raises(xmlrpc.client.Fault) as caught:
        over_xml(server)(*order)
    assert caught.value.faultCode == fault
    last = caught.value.faultString.strip().splitlines()[-1]
    if fault == 1:
        assert caught.value.faultString.startswith("Traceback (most recent call last):\n")
        assert last.startswith(name.removeprefix("builtins."))
    assert message in caught.value.faultString
    with pytest.raises(Refused) as refused:
        over_json(server)(*order)
    assert refused.value.status == 200
    assert refused.value.body["name"] == name
    assert message in refused.value.body["message"]
    assert refused.value.body["debug"].startswith("Traceback")
    assert refused.value.body["code"] == (0 if server.odoo.release.major >= 19 else 200)


def test_a_record_that_is_gone_cannot_be_written(server: Server) -> None:
    with pytest.raises(xmlrpc.client.Fault, match="Record does not exist or has been deleted") as caught:
        over_xml(server, ADMIN)(PRODUCT, "write", [99_999], {"name": "x"})
    assert caught.value.faultCode == 2
    with pytest.raises(Refused) as refused:
        over_json(server, ADMIN)(PRODUCT, "write", [99_999], {"name": "x"})
    assert refused.value.body["name"] == "odoo.exceptions.MissingError"


def test_exists_is_private_on_19(server: Server) -> None:
    call = over_xml(server)
    if server.odoo.release.major <= 18:
        assert call(PRODUCT, "exists", [1, 99_999]) == [1]
        return
    with pytest.raises(xmlrpc.client.Fault, match="Private methods") as caught:
        call(PRODUCT, "exists", [1])
    assert caught.value.faultCode == 4


def test_the_condition_is_named_as_the_release_names_it(server: Server) -> None:
    word = "in condition" if server.odoo.release.major >= 19 else "in leaf"
    with pytest.raises(xmlrpc.client.Fault, match=word):
        over_xml(server)(PRODUCT, "search", [["nope", "=", 1]])


@pytest.mark.parametrize(
    ("login", "secret"),
    [("apisync", "wrong"), ("nobody", "apisync-contrasena"), ("apisync", "clave-caducada"),
     ("apisync", "clave-admin"), ("apisync", ""), ("apisync", False)],
)  # fmt: skip
def test_wrong_credentials_give_false(server: Server, login: str, secret: Any) -> None:
    common = xmlrpc.client.ServerProxy(f"{server.base_url}/xmlrpc/2/common")
    assert common.authenticate("demo", login, secret, {}) is False
    assert json_rpc(server, "common", "authenticate", "demo", login, secret, {}) is False


def test_password_and_key_give_the_uid(server: Server) -> None:
    common = xmlrpc.client.ServerProxy(f"{server.base_url}/xmlrpc/2/common")
    assert common.authenticate("demo", SYNC.login, SYNC.password, {}) == SYNC.uid
    assert common.authenticate("demo", SYNC.login, key_of(server.odoo, SYNC), {}) == SYNC.uid


@pytest.mark.parametrize(("uid", "secret"), [(7, "wrong"), (99, "clave-apisync"), (7, "clave-caducada")])
def test_calls_with_wrong_credentials_are_denied(server: Server, uid: int, secret: str) -> None:
    models = xmlrpc.client.ServerProxy(f"{server.base_url}/xmlrpc/2/object")
    with pytest.raises(xmlrpc.client.Fault) as caught:
        models.execute_kw("demo", uid, secret, PRODUCT, "search", [[]])
    assert (caught.value.faultCode, caught.value.faultString) == (3, "Access Denied")
    with pytest.raises(Refused) as refused:
        json_rpc(server, "object", "execute_kw", "demo", uid, secret, PRODUCT, "search", [[]])
    assert refused.value.body["name"] == "odoo.exceptions.AccessDenied"


def test_an_archived_user_may_not_enter(server: Server) -> None:
    server.odoo.execute("res.users", "write", [SYNC.uid], {"active": False})
    common = xmlrpc.client.ServerProxy(f"{server.base_url}/xmlrpc/2/common")
    assert common.authenticate("demo", SYNC.login, SYNC.password, {}) is False


def test_an_unknown_database_is_postgresqls_error(server: Server) -> None:
    common = xmlrpc.client.ServerProxy(f"{server.base_url}/xmlrpc/2/common")
    with pytest.raises(xmlrpc.client.Fault, match=r"psycopg2\.OperationalError: .*does not exist") as caught:
        common.authenticate("nope", SYNC.login, SYNC.password, {})
    assert caught.value.faultCode == 1
    with pytest.raises(Refused) as refused:
        json_rpc(server, "common", "authenticate", "nope", SYNC.login, SYNC.password, {})
    assert refused.value.body["name"] == "psycopg2.OperationalError"


def test_a_body_that_is_no_xml_is_a_fault(server: Server) -> None:
    for body in (b"nonsense", b"", b"<a>"):
        answer = requests.post(f"{server.base_url}/xmlrpc/2/object", data=body, timeout=30)
        assert answer.status_code == 200
        with pytest.raises(xmlrpc.client.Fault, match="ExpatError") as caught:
            xmlrpc.client.loads(answer.content)
        assert caught.value.faultCode == 1


def test_a_body_that_is_no_json_is_a_bad_request(server: Server) -> None:
    for body in (b"nonsense", b"[]", b'{"params": 1}', b"\xff"):
        assert requests.post(f"{server.base_url}/jsonrpc", data=body, timeout=30).status_code == 400


@pytest.mark.parametrize(
    ("path", "arguments", "status", "name"),
    [
        (f"{PRODUCT}/search_read", {"domain": [], "fields": ["nope"]}, 500, "builtins.ValueError"),
        (f"{PRODUCT}/search_read", {"domain": [], "nope": 1}, 500, "builtins.TypeError"),
        (f"{PRODUCT}/search_read", {"domain": [], "ids": [1]}, 422, None),
        (f"{PRODUCT}/search_count", {}, 422, "werkzeug.exceptions.UnprocessableEntity"),
        (f"{PRODUCT}/search", {"domain": [], "nope": 1}, 422, "werkzeug.exceptions.UnprocessableEntity"),
        (f"{PRODUCT}/nope", {}, 404, "werkzeug.exceptions.NotFound"),
        (f"{PRODUCT}/_search", {}, 403, "odoo.exceptions.AccessError"),
        (f"{PRODUCT}/write", {"ids": [1], "vals": {}}, 403, "odoo.exceptions.AccessError"),
        ("nope.model/search", {"domain": []}, 404, "werkzeug.exceptions.NotFound"),
        (f"{PRODUCT}/search", {"domain": [], "context": {"lang": "fr_FR"}}, 422, "odoo.exceptions.UserError"),
        (f"{PRODUCT}/search/more", {"domain": []}, 404, "werkzeug.exceptions.NotFound"),
    ],
)
def test_json2_refuses_with_a_status(
    newest: Server, path: str, arguments: dict[str, Any], status: int, name: str | None
) -> None:
    answer = json2(newest, path, **arguments)
    assert answer.status_code == status
    assert set(answer.json()) == {"name", "message", "arguments", "context", "debug"}
    assert name in (None, answer.json()["name"])


def test_json2_tells_a_record_that_is_gone_and_a_broken_rule(newest: Server) -> None:
    admin = key_of(newest.odoo, ADMIN)
    gone = json2(newest, f"{PRODUCT}/write", key=admin, ids=[99_999], vals={})
    assert (gone.status_code, gone.json()["name"]) == (404, "odoo.exceptions.MissingError")
    broken = json2(newest, "product.template/create", key=admin, vals_list=[{}])
    assert (broken.status_code, broken.json()["name"]) == (422, "odoo.exceptions.ValidationError")


@pytest.mark.parametrize(
    ("header", "message"),
    [("bearer nope", "Invalid apikey"), ("bearer clave-caducada", "Invalid apikey"),
     (f"bearer {SYNC.password}", "Invalid apikey"), ("Basic abc", "User not authenticated"),
     ("", "User not authenticated")],
)  # fmt: skip
def test_json2_wants_a_valid_key(newest: Server, header: str, message: str) -> None:
    headers = {"Authorization": header, "Content-Type": "application/json"}
    url = f"{newest.base_url}/json/2/{PRODUCT}/search_count"
    answer = requests.post(url, data=b'{"domain": []}', headers=headers, timeout=30)
    assert answer.status_code == 401
    assert answer.json()["message"].startswith(message)


def test_json2_wants_json_and_post(newest: Server) -> None:
    url = f"{newest.base_url}/json/2/{PRODUCT}/search_count"
    headers = {"Authorization": f"Bearer {key_of(newest.odoo, SYNC)}"}
    wrong_type = requests.post(url, data={"domain": "[]"}, headers=headers, timeout=30)
    assert wrong_type.status_code == 415
    assert wrong_type.headers["Content-Type"].startswith("text/html")
    as_json = headers | {"Content-Type": "application/json"}
    assert requests.post(url, data=b"{", headers=as_json, timeout=30).status_code == 400
    assert requests.get(url, headers=headers, timeout=30).status_code == 404
    assert requests.post(url, data=b'{"domain": []}', headers=as_json, timeout=30).status_code == 200


def test_json2_wants_the_database_where_there_are_several() -> None:
    with Server(odoo=Odoo("19.0", other_databases=["copia"])) as server:
        assert json2(server, f"{PRODUCT}/search_count", domain=[]).status_code == 404
        url = f"{server.base_url}/json/2/{PRODUCT}/search_count"
        headers = {"Authorization": "bearer clave-apisync"}
        for name, status in (("demo", 200), ("nope", 404)):
            named = headers | {"X-Odoo-Database": name}
            answer = requests.post(url, json={"domain": []}, headers=named, timeout=30)
            assert answer.status_code == status
        assert "No database is selected" in answer.text
        query = requests.post(f"{url}?db=demo", json={"domain": []}, headers=headers, timeout=30)
        assert query.status_code == 404


def test_json2_gives_bare_values(newest: Server) -> None:
    assert isinstance(json2(newest, f"{PRODUCT}/search_count", domain=[]).json(), int)
    assert json2(newest, "res.users/context_get").json()["uid"] == SYNC.uid
    admin = key_of(newest.odoo, ADMIN)
    assert json2(newest, f"{PRODUCT}/action_archive", key=admin, ids=[1]).text == "null"
    row = json2(newest, f"{PRODUCT}/read", ids=[2], fields=["categ_id"], load=None).json()[0]
    assert row == {"id": 2, "categ_id": 3}


@pytest.mark.parametrize("version", ["16.0", "17.0"])
def test_json2_does_not_exist_on_16_and_17(version: str) -> None:
    with Server(odoo=Odoo(version)) as old:
        assert json2(old, f"{PRODUCT}/search_count", domain=[]).status_code == 404


def test_json2_leads_to_the_login_page_on_18() -> None:
    with Server(odoo=Odoo("18.0")) as old:
        url = f"{old.base_url}/json/2/{PRODUCT}/search_count"
        answer = requests.post(url, json={"domain": []}, allow_redirects=False, timeout=30)
        followed = requests.post(url, json={"domain": []}, timeout=30)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/web/login")
    assert (followed.status_code, followed.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_rights_over_json2_are_those_of_the_key(newest: Server) -> None:
    clerk = key_of(newest.odoo, CLERK)
    answer = json2(newest, f"{PRODUCT}/search_read", key=clerk, domain=[], fields=["free_qty"])
    assert answer.status_code == 403
