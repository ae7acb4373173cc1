"""Clients of the demo Odoo for its tests: one face for three protocols, and a clock that a test turns."""

from __future__ import annotations

import xmlrpc.client
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from infra.local.demo_odoo import SYNC, Account, Odoo, Server

VERSIONS = ("16.0", "17.0", "18.0-20250702", "19.0")
START = datetime(2025, 6, 1, 12, 0, 0, 360_000, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def tick(self, seconds: float = 10.0) -> datetime:
        self.moment += timedelta(seconds=seconds)
        return self.moment


class Refused(Exception):
    """An error of either JSON protocol."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(body.get("message"))
        self.status = status
        self.body = body


def key_of(odoo: Odoo, account: Account) -> str:
    return next(key.key for key in odoo.keys if key.uid == account.uid and key.expires is None)


def over_xml(server: Server, account: Account = SYNC) -> Any:
    """A function (model, method, *args, **kwargs) over XML-RPC."""
    proxy = xmlrpc.client.ServerProxy(f"{server.base_url}/xmlrpc/2/object")
    odoo = server.odoo

    def call(model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        secret = account.password
        return proxy.execute_kw(odoo.database, account.uid, secret, model, method, list(args), kwargs)

    return call


def over_json(server: Server, account: Account = SYNC) -> Any:
    """The same over JSON-RPC. Raises Refused with `error.data` as body."""

    def call(model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        args_all = [server.odoo.database, account.uid, account.password, model, method, list(args), kwargs]
        return json_rpc(server, "object", "execute_kw", *args_all)

    return call


def json_rpc(server: Server, service: str, method: str, *args: Any) -> Any:
    order = {
        "jsonrpc": "2.0",
        "method": "call",
        "id": 1,
        "params": {"service": service, "method": method, "args": args},
    }
    answer = requests.post(f"{server.base_url}/jsonrpc", json=order, timeout=30)
    body = answer.json()
    if "error" in body:
        raise Refused(answer.status_code, body["error"]["data"] | {"code": body["error"]["code"]})
    return body.get("result", "no result")


def json2(server: Server, path: str, *, key: str = "", **arguments: Any) -> requests.Response:
    """POST /json/2/<path>, with the key of the sync account unless another is given."""
    secret = key or key_of(server.odoo, SYNC)
    return requests.post(
        f"{server.base_url}/json/2/{path}",
        json=arguments,
        headers={"Authorization": f"bearer {secret}"},
        timeout=30,
    )
