"""Filling a tool's arguments from its JSON schema."""

from __future__ import annotations

from typing import Any

from infra.local.model_server.rows import Row, identity

_QUERY_NAMES = ("query", "q", "text", "words", "search", "consulta", "question")


def offered(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Parameter schema of every tool that the request lets the model call, by tool name."""
    choice = body.get("tool_choice")
    if choice == "none":
        return {}
    schemas = {
        tool["function"]["name"]: tool["function"].get("parameters") or {} for tool in body.get("tools") or ()
    }
    if isinstance(choice, dict):
        wanted = choice["function"]["name"]
        return {wanted: schemas[wanted]}
    return schemas


def query_arguments(schema: dict[str, Any], text: str) -> dict[str, Any]:
    """Arguments that carry the customer's words in the property meant for them."""
    properties = schema.get("properties") or {}
    texts = [key for key, kind in properties.items() if "string" in _types(kind)]
    named = [key for key in _QUERY_NAMES if key in texts]
    filled = dict.fromkeys((named or texts)[:1], text)
    return _with_required(schema, filled)


def product_arguments(schema: dict[str, Any], row: Row) -> dict[str, Any]:
    """Arguments that name one product, by the identifier that the tool asks for and the row has."""
    properties = schema.get("properties") or {}
    number = identity(row)
    known = {"id": number, "product_id": number, "external_id": row.get("external_id"), "sku": row.get("sku")}
    usable = [key for key in known if key in properties and known[key] not in (None, "")]
    if usable:
        filled = {usable[0]: _as_type(known[usable[0]], properties[usable[0]])}
    else:
        open_keys = [key for key, kind in properties.items() if {"string", "integer"} & set(_types(kind))]
        filled = {key: _as_type(row.get("sku") or number, properties[key]) for key in open_keys[:1]}
    return _with_required(schema, filled)


def _with_required(schema: dict[str, Any], filled: dict[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties") or {}
    missing = [key for key in schema.get("required") or () if key not in filled]
    return {**filled, **{key: _neutral(properties.get(key) or {}) for key in missing}}


def _neutral(kind: dict[str, Any]) -> Any:
    """A value that says nothing: the default, null, or the mildest of its type."""
    types = _types(kind)
    if "default" in kind:
        return kind["default"]
    if not types or "null" in types:
        return None
    if kind.get("enum"):
        return kind["enum"][0]
    mild: dict[str, Any] = {"integer": 5, "number": 5, "boolean": False, "array": [], "object": {}}
    return kind.get("minimum", mild.get(types[0], ""))


def _types(kind: dict[str, Any]) -> list[str]:
    given = kind.get("type")
    if given is None:
        return [name for option in kind.get("anyOf") or () for name in _types(option)]
    return [given] if isinstance(given, str) else list(given)


def _as_type(value: Any, kind: dict[str, Any]) -> Any:
    types = _types(kind)
    if "integer" in types and str(value).isdigit():
        return int(value)
    return str(value) if "string" in types else value
