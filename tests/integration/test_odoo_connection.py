"""Which protocol is chosen, and what is said when an Odoo cannot be read."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from infra.local.demo_odoo import CLERK, CUSTOMER, SYNC, Account, Odoo, Server
from tendero.catalog.odoo.client import Client
from tendero.catalog.odoo.fields import Fields
from tendero.platform.deadline import Deadline
from tendero.platform.errors import SettingsError, SourceError
from tendero.platform.settings import Settings
from tests.integration.demo_odoo import VERSIONS, key_of
from tests.integration.odoo_sync import environment


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(odoo=Odoo(request.param)) as running:
        yield running


@pytest.fixture
def newest() -> Iterator[Server]:
    with Server(odoo=Odoo("19.0")) as running:
        yield running


def client(server: Server, account: Account = SYNC, **more: str) -> Client:
    return Client(Settings.load(environment(server, account, **more)))


def problem(asking: Client) -> str:
    with pytest.raises(SourceError) as caught:
        Fields.of(asking)
        asking.rows("product.product", [], ["name", "qty_available"], limit=1)
    asking.close()
    return str(caught.value)


def test_an_api_key_opens_json_2_from_19_on(server: Server) -> None:
    asking = client(server, ODOO_PROD_PASSWORD=key_of(server.odoo, SYNC))
    assert asking.transport().name == ("JSON-2" if server.odoo.release.major >= 19 else "JSON-RPC")


def test_a_password_goes_over_json_rpc(server: Server) -> None:
    assert client(server).transport().name == "JSON-RPC"


def test_where_json_rpc_is_closed_xml_rpc_is_taken(server: Server) -> None:
    server.odoo.faults.add("html", times=None, match="/jsonrpc")
    assert client(server).transport().name == "XML-RPC"


def test_an_online_release_is_understood() -> None:
    with Server(odoo=Odoo("saas~18.4")) as running:
        assert client(running).transport().name == "JSON-RPC"


def test_of_several_databases_the_named_one_is_read() -> None:
    with Server(odoo=Odoo("19.0", other_databases=["copia"])) as running:
        asking = client(running, ODOO_PROD_PASSWORD=key_of(running.odoo, SYNC))
        assert asking.transport().name == "JSON-2"


@pytest.mark.parametrize("path", ["/", "/web#action=3", "/odoo/products", "/xmlrpc/2/object"])
def test_an_address_copied_from_the_browser_will_do(newest: Server, path: str) -> None:
    assert client(newest, ODOO_PROD_URL=newest.base_url + path).transport()


@pytest.mark.parametrize("secret", ["wrong", "clave-caducada"])
def test_a_wrong_password_or_expired_key_is_told(server: Server, secret: str) -> None:
    said = problem(client(server, ODOO_PROD_PASSWORD=secret))
    assert "refuses the login apisync" in said
    assert "ODOO_PROD_PASSWORD" in said
    assert "expired" in said
    assert secret not in said


@pytest.mark.parametrize("secret", [SYNC.password, "clave-apisync"])
def test_a_wrong_database_is_told(server: Server, secret: str) -> None:
    said = problem(client(server, ODOO_PROD_DB="otra", ODOO_PROD_PASSWORD=secret))
    assert "has no database 'otra' (ODOO_PROD_DB)" in said
    assert "Traceback" not in said


def test_a_missing_right_is_told(server: Server) -> None:
    said = problem(client(server, CLERK))
    assert "The user ventas lacks a right in Odoo" in said
    assert "stock.move" in said


def test_a_customers_login_does_not_do(server: Server) -> None:
    assert "cliente" in problem(client(server, CUSTOMER))


def test_a_company_of_others_is_told(server: Server) -> None:
    assert "ODOO_COMPANIES" in problem(client(server, ODOO_COMPANIES="2"))


def test_a_language_that_is_not_installed_is_told(server: Server) -> None:
    said = problem(client(server, ODOO_LANGUAGE="fr_FR"))
    assert "fr_FR is not installed" in said
    assert "es_ES" in said


def test_an_old_release_is_told(newest: Server) -> None:
    newest.odoo.release = type(newest.odoo.release)("15.0", 15, 0)
    assert "is Odoo 15; Tendero reads Odoo 16" in problem(client(newest))


def test_another_web_server_is_told(newest: Server) -> None:
    newest.odoo.faults.add("html", times=None)
    assert "but not as Odoo" in problem(client(newest))


def test_a_port_where_nothing_listens_is_told(newest: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = problem(client(newest, ODOO_PROD_URL=f"http://127.0.0.1:{port}"))
    assert "refuses connections. Check ODOO_PROD_URL" in said


def test_a_hanging_server_ends_with_the_deadline(newest: Server) -> None:
    newest.odoo.faults.add("hang", times=None)
    with pytest.raises(SourceError, match=r"in the time|within"):
        client(newest).rows("product.product", [], ["name"], deadline=Deadline(0.3))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"ODOO_PROD_URL": ""}, "ODOO_PROD_URL"),
        ({"ODOO_PROD_URL": "erp.example"}, "https://erp.example"),
        ({"ODOO_PROD_PASSWORD": ""}, "ODOO_PROD_PASSWORD"),
        ({"USE_TEST_ODOO": "yes"}, "ODOO_TEST_URL"),
        ({"ODOO_COMPANIES": "1,Robledo"}, "ODOO_COMPANIES=1,Robledo"),
    ],
)
def test_settings_that_cannot_be_used_are_told(newest: Server, wrong: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        client(newest, **wrong)
