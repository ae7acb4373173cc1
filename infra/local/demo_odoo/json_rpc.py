"""JSON-RPC, `/jsonrpc`: every answer is HTTP 200, errors are told by the name of their class."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.local.demo_odoo.errors import Failure, SessionExpired
from infra.local.demo_odoo.replies import Job, Reply, failing, html_reply, json_reply
from infra.local.demo_odoo.services import dispatch
from infra.local.demo_odoo.xml_rpc import called_method

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo


def read(odoo: Odoo, path: str, body: bytes) -> Job:
    try:
        order = json.loads(body)
        params = order["params"]
        service, method = str(params["service"]), str(params["method"])
        args = list(params["args"])
    except (ValueError, TypeError, KeyError) as e:
        return Job(path, failing(e), json_reply, _bad_request)
    request_id = order.get("id")

    def tell(result: Any) -> Reply:
        # A method that returns nothing gives an answer without the key `result`.
        found = {} if result is None else {"result": result}
        return json_reply({"jsonrpc": "2.0", "id": request_id, **found})

    def refuse(error: Exception) -> Reply:
        return json_reply({"jsonrpc": "2.0", "id": request_id, "error": _error(odoo, error)})

    called, finds = called_method(args) if service == "object" else (method, False)
    return Job(f"{path} {called}", lambda: dispatch(odoo, service, method, args), tell, refuse, finds)


def _bad_request(_: Exception) -> Reply:
    return html_reply("400 Bad Request", "Invalid JSON data", 400)


def _error(odoo: Odoo, error: Exception) -> dict[str, Any]:
    failure = Failure.of(error)
    expired = isinstance(error, SessionExpired)
    usual = 0 if odoo.release.major >= 19 else 200
    return {
        "code": 100 if expired else usual,
        "message": "Odoo Session Expired" if expired else "Odoo Server Error",
        "data": {
            "name": failure.name,
            "debug": failure.traceback,
            "message": failure.message,
            "arguments": [str(argument) for argument in error.args],
            "context": {},
        },
    }
