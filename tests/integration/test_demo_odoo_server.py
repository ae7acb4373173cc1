"""The demo Odoo as a server: what it tells without a login, failure switches, changes amid a walk."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import xmlrpc.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.demo_odoo import ADMIN, Odoo, Server
from tests.integration.demo_odoo import VERSIONS, Refused, json2, over_json, over_xml

ROOT = Path(__file__).parents[2]
PRODUCT = "product.product"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(odoo=Odoo.demo("19.0")) as running:
        yield running


def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """The command in a process of its own, and the line it prints once it serves."""
    command = [sys.executable, "-m", "infra.local.demo_odoo", "--port", "0", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_version_needs_no_login(version: str) -> None:
    with Server(odoo=Odoo(version)) as server:
        told = xmlrpc.client.ServerProxy(f"{server.base_url}/xmlrpc/2/common").version()
        major = server.odoo.release.major
        assert told == {
            "server_version": version,
            "server_version_info": [major, 0, 0, "final", 0, ""],
            "server_serie": f"{major}.0",
            "protocol_version": 1,
        }
        for path in ("/web/version", "/json/version"):
            answer = requests.get(server.base_url + path, timeout=30)
            assert answer.status_code == (200 if major >= 19 else 404)
        assert requests.get(f"{server.base_url}/web/health", timeout=30).json() == {"status": "pass"}


def test_an_online_version_says_saas() -> None:
    info = Odoo("saas~18.4").release.info()
    assert info["server_version_info"][:2] == ["saas~18", 4]


@pytest.mark.parametrize("version", ["15.0", "20.0", "new"])
def test_other_versions_are_refused(version: str) -> None:
    with pytest.raises(ValueError, match="16"):
        Odoo(version)


def test_databases_are_listed() -> None:
    with Server(odoo=Odoo(other_databases=["copia"])) as server:
        assert xmlrpc.client.ServerProxy(f"{server.base_url}/xmlrpc/2/db").list() == ["copia", "demo"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("too_many_requests", 429), ("server_error", 500), ("bad_gateway", 502), ("maintenance", 503)],
)
def test_a_switch_answers_html_for_so_many_requests(server: Server, kind: str, status: int) -> None:
    server.odoo.faults.add(kind, 2, retry_after=7)
    answers = [json2(server, f"{PRODUCT}/search_count", domain=[]) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].headers["Content-Type"].startswith("text/html")
    assert answers[0].headers.get("Retry-After") == ("7" if status in (429, 503) else None)


def test_an_error_of_a_proxy_is_a_protocol_error_of_xml_rpc(server: Server) -> None:
    server.odoo.faults.add("bad_gateway")
    with pytest.raises(xmlrpc.client.ProtocolError) as caught:
        over_xml(server)(PRODUCT, "search", [])
    assert caught.value.errcode == 502


def test_an_ended_session_is_told_by_each_protocol(server: Server) -> None:
    server.odoo.faults.add("session_expired", 3)
    with pytest.raises(xmlrpc.client.Fault, match="SessionExpiredException"):
        over_xml(server)(PRODUCT, "search", [])
    with pytest.raises(Refused) as refused:
        over_json(server)(PRODUCT, "search", [])
    assert (refused.value.body["code"], refused.value.body["name"]) == (
        100, "odoo.http.SessionExpiredException",
    )  # fmt: skip
    assert json2(server, f"{PRODUCT}/search", domain=[]).status_code == 403


def test_a_switch_meets_only_what_it_matches(server: Server) -> None:
    server.odoo.faults.add("empty_list", match=f"{PRODUCT}/search_read")
    call = over_xml(server)
    assert call(PRODUCT, "search", [])
    assert call(PRODUCT, "search_read", [], ["name"]) == []
    assert call(PRODUCT, "search_read", [], ["name"])


def test_a_cut_answer_ends_amid_its_body(server: Server) -> None:
    server.odoo.faults.add("cut")
    with pytest.raises(requests.RequestException):
        json2(server, f"{PRODUCT}/search_read", domain=[], fields=["name"])


def test_a_hanging_request_is_let_go_when_the_server_stops(server: Server) -> None:
    server.odoo.faults.add("hang", seconds=60)
    with pytest.raises(requests.Timeout):
        requests.get(f"{server.base_url}/web/health", timeout=0.2)
    assert requests.get(f"{server.base_url}/web/health", timeout=30).ok


def test_an_unknown_switch_is_refused(server: Server) -> None:
    with pytest.raises(ValueError, match="accepted: too_many_requests"):
        server.odoo.faults.add("nope")


def test_a_change_happens_right_before_the_chosen_request(server: Server) -> None:
    odoo = server.odoo
    every = odoo.execute(PRODUCT, "search", [], context={"allowed_company_ids": [1]})
    last = max(every)
    odoo.faults.before(2, lambda: odoo.execute(PRODUCT, "write", [last], {"active": False}), "search_read")
    call = over_xml(server, ADMIN)
    seen: list[int] = []
    while page := call(
        PRODUCT, "search_read", [("id", ">", max(seen, default=0))], ["id"], limit=40, order="id"
    ):
        call(PRODUCT, "search_count", [])
        seen += [row["id"] for row in page]
    assert last not in seen
    assert set(seen) | {last} >= set(every)


def test_requests_are_kept_with_their_status(server: Server) -> None:
    over_xml(server)(PRODUCT, "search", [])
    json2(server, f"{PRODUCT}/nope")
    assert list(server.odoo.requests) == [
        (f"/xmlrpc/2/object {PRODUCT}/search", 200),
        (f"/json/2/{PRODUCT}/nope {PRODUCT}/nope", 404),
    ]


def test_switches_can_be_set_over_http(server: Server) -> None:
    url = f"{server.base_url}/_control"
    order: dict[str, Any] = {"fault": "server_error", "times": 1, "stock": {"1": 3}}
    assert requests.post(url, json=order, timeout=30).json()["faults"][0]["kind"] == "server_error"
    assert json2(server, f"{PRODUCT}/search_count", domain=[]).status_code == 500
    assert over_xml(server)(PRODUCT, "read", [1], ["qty_available"])[0]["qty_available"] == 3.0
    assert requests.post(url, json={"fault": "nope"}, timeout=30).status_code == 400
    assert requests.post(url, json={"clear": True}, timeout=30).json()["faults"] == []


def test_pictures_are_shown_of_published_products_only() -> None:
    with Server(odoo=Odoo.demo("19.0", website=True)) as server:
        published = requests.get(f"{server.base_url}/web/image/{PRODUCT}/1/image_512", timeout=30)
        absent = requests.get(f"{server.base_url}/web/image/{PRODUCT}/99999/image_512", timeout=30)
    assert published.content.startswith(b"\x89PNG")
    assert published.content != absent.content
    assert absent.status_code == 200


def test_a_port_that_is_taken_is_an_os_error(server: Server) -> None:
    with pytest.raises(OSError, match="in use"):
        Server(port=server.port).start()


def test_the_command_serves_until_it_is_ended() -> None:
    process, line = start("--version", "18.0", "--products", "50")
    try:
        url = next(word for word in line.split() if word.startswith("http"))
        assert xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common").version()["server_serie"] == "18.0"
    finally:
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        process.stdout.close()


def test_the_command_tells_a_wrong_version_and_a_taken_port_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for arguments, told in ((["--version", "9"], "version '9'"), (["--port", port], "cannot be used")):
            command = [sys.executable, "-m", "infra.local.demo_odoo", *arguments]
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
            assert run.returncode == 1
            assert told in run.stderr
            assert run.stderr.count("\n") == 1
