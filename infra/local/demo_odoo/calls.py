"""One method of one model called from outside, with arguments by place or by name."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.errors import AccessError, BadArguments, UnknownMethod, UnknownModel, UserError
from infra.local.demo_odoo.rpc import Exposed, exposed_methods
from infra.local.demo_odoo.writing import Records


def call_positional(env: Env, model: str, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """As execute_kw: a method of records takes their ids first. Gives plain values, ids for records."""
    if model not in env.odoo.models:
        raise UnknownModel(f"Object {model} doesn't exist")
    exposed = _find(env, model, method)
    ids: list[int] = []
    if not exposed.model_level:
        given, *args = args or [kwargs.pop("ids", [])]
        ids = [given] if isinstance(given, int) else list(given)
    records = env.odoo.records(env, model, ids)
    result = _run(records, exposed, args, kwargs, exact=False)
    if method == "create" and isinstance(args[0] if args else kwargs["vals_list"], Mapping):
        return result[0]
    return result


def call_named(env: Env, model: str, method: str, ids: list[int], arguments: dict[str, Any]) -> Any:
    """As JSON-2: the ids apart, every argument by name."""
    if model not in env.odoo.models:
        raise UnknownModel(f"the model {model!r} does not exist")
    exposed = _find(env, model, method)
    if exposed.model_level and ids:
        error = UserError(f"cannot call {model}.{method} with ids")
        raise error
    return _run(env.odoo.records(env, model, ids), exposed, [], arguments, exact=True)


def _find(env: Env, model: str, method: str) -> Exposed:
    """Raises AccessError for a private method, UnknownMethod for one that is not there."""
    major = env.release.major
    kind: Any = type(env.odoo.records(env, model))
    exposed = exposed_methods(kind, major).get(method)
    if method.startswith("_") or (exposed and major >= exposed.private_from):
        shown = method if major <= 16 else f"{model}.{method}"
        raise AccessError(f"Private methods (such as {shown}) cannot be called remotely.")
    if exposed is None:
        if major <= 16:
            raise UnknownMethod(f"type object '{model}' has no attribute '{method}'")
        raise UnknownMethod(f"The method '{model}.{method}' does not exist")
    return exposed


def _run(records: Records, exposed: Exposed, args: list[Any], kwargs: dict[str, Any], *, exact: bool) -> Any:
    function = getattr(records, exposed.attribute)
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError as e:
        where = "" if exact else f"{type(records).__name__}.{exposed.name}() "
        raise BadArguments(f"{where}{e}") from e
    result = function(*args, **kwargs)
    return result.ids if isinstance(result, Records) else result
