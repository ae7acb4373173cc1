"""JSON-2, `POST /json/2/<model>/<method>`: an API key as bearer, bare values, true HTTP statuses. From 19 on.

Routes and refusals: odoo/addons/rpc/controllers/json2.py.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from infra.local.demo_odoo import accounts
from infra.local.demo_odoo.calls import call_named
from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.errors import (
    AccessDenied,
    BadArguments,
    Failure,
    NoDatabase,
    UnknownMethod,
    UnknownModel,
)  # fmt: skip
from infra.local.demo_odoo.replies import FINDERS, Job, Reply, html_reply, json_reply

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo

_NAMES = {401: "Unauthorized", 404: "NotFound", 422: "UnprocessableEntity", 400: "BadRequest"}
_NO_USER = "User not authenticated, use an API Key with a Bearer Authorization header."


class _WrongType(Exception):
    """A Content-Type other than JSON."""


class _BadRequest(ValueError):
    status = 400


class _NoRoute(LookupError):
    status = 404


def read(odoo: Odoo, path: str, request: Request) -> Job:
    parts = path.removeprefix("/json/2").strip("/").split("/")
    model, method = parts if len(parts) == 2 else ("", "")

    def run() -> Any:
        _check_database(odoo, request.headers.get("X-Odoo-Database"))
        if request.method != "POST" or not model or not method:
            raise _NoRoute("Did you mean POST /json/2/<model>/<method>?")
        if request.mimetype != "application/json":
            raise _WrongType
        account = _account(odoo, request.headers.get("Authorization", ""))
        arguments = _arguments(request.get_data())
        ids, context = arguments.pop("ids", None) or [], arguments.pop("context", None)
        with odoo.transaction() as began:
            return call_named(Env(odoo, account, context, began), model, method, ids, arguments)

    return Job(f"{path} {model}/{method}", run, json_reply, _refuse, method in FINDERS)


def _check_database(odoo: Odoo, named: str | None) -> None:
    # One database needs no header; of several only the header chooses, never the query string.
    if named is None and len(odoo.databases) == 1:
        return
    if named != odoo.database:
        raise NoDatabase(f"database {named!r} cannot be selected")


def _account(odoo: Odoo, header: str) -> accounts.Account:
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise AccessDenied(_NO_USER)
    account = accounts.by_key(odoo, key.strip())
    if account is None:
        raise AccessDenied("Invalid apikey")
    return account


def _arguments(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError as e:
        raise _BadRequest(f"could not parse the body as json: {e}") from e
    if not isinstance(value, dict):
        raise _BadRequest("the body must be a JSON object")
    return value


def _refuse(error: Exception) -> Reply:
    if isinstance(error, NoDatabase):
        text = (
            "No database is selected and the requested URL was not found in the server-wide controllers. "
            "Please verify the hostname, login and try again."
        )
        return html_reply("404 Not Found", text, 404)
    if isinstance(error, _WrongType):
        text = "The server does not support the media type transmitted in the request."
        return html_reply("415 Unsupported Media Type", text, 415)
    failure = Failure.of(error)
    by_http = isinstance(
        error, AccessDenied | BadArguments | UnknownMethod | UnknownModel | _BadRequest | _NoRoute
    )
    name = f"werkzeug.exceptions.{_NAMES[failure.status]}" if by_http else failure.name
    told = {
        "name": name,
        "message": failure.message,
        "arguments": [str(argument) for argument in error.args],
        "context": {},
        "debug": failure.traceback,
    }
    return json_reply(told, failure.status)
