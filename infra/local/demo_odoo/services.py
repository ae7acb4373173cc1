"""The services behind XML-RPC and JSON-RPC: common, object and db."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from infra.local.demo_odoo import accounts
from infra.local.demo_odoo.calls import call_positional
from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.errors import BadArguments, NoDatabase

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo


def dispatch(odoo: Odoo, service: str, method: str, args: list[Any]) -> Any:
    """Raises what Odoo would, an AttributeError or KeyError for an unknown service or method."""
    if service not in _SERVICES:
        raise KeyError(service)
    function = _SERVICES[service].get(method)
    if function is None:
        raise AttributeError(f"module 'odoo.service.{service}' has no attribute 'exp_{method}'")
    return function(odoo, *args)


def check_database(odoo: Odoo, name: object) -> None:
    if name != odoo.database:
        raise NoDatabase(
            f'connection to server at "localhost" (127.0.0.1), port 5432 failed: FATAL:  database "{name}" '
            "does not exist\n"
        )


def _version(odoo: Odoo, *_: Any) -> dict[str, Any]:
    return odoo.release.info()


def _authenticate(odoo: Odoo, db: str, login: str, secret: str, *_: Any) -> int | bool:
    check_database(odoo, db)
    account = accounts.log_in(odoo, login, secret)
    return account.uid if account else False


def _execute_kw(
    odoo: Odoo,
    db: str,
    uid: int,
    secret: str,
    model: str,
    method: str,
    args: Any = (),
    kwargs: dict[str, Any] | None = None,
) -> Any:
    check_database(odoo, db)
    account = accounts.check(odoo, uid, secret)
    if not isinstance(args, list | tuple):
        raise BadArguments(f"Value after * must be an iterable, not {type(args).__name__}")
    named = dict(kwargs or {})
    context = named.pop("context", None)
    with odoo.transaction() as began:
        return call_positional(Env(odoo, account, context, began), model, method, list(args), named)


def _execute(odoo: Odoo, db: str, uid: int, secret: str, model: str, method: str, *args: Any) -> Any:
    return _execute_kw(odoo, db, uid, secret, model, method, list(args))


def _list(odoo: Odoo, *_: Any) -> list[str]:
    return sorted(odoo.databases)


def _server_version(odoo: Odoo, *_: Any) -> str:
    return odoo.release.version


_SERVICES: dict[str, dict[str, Callable[..., Any]]] = {
    "common": {"version": _version, "authenticate": _authenticate, "login": _authenticate},
    "object": {"execute_kw": _execute_kw, "execute": _execute},
    "db": {"list": _list, "server_version": _server_version},
}
