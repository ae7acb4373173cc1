"""What the real API refuses about `tools` and `tool_choice` (OpenAI's API reference)."""

from __future__ import annotations

import re
from typing import Any

from infra.local.model_server.errors import ApiError

_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_tools(body: dict[str, Any]) -> None:
    """Raise ApiError (400) for the first rule that `tools` or `tool_choice` breaks."""
    tools = body.get("tools")
    if tools is None:
        for name in ("tool_choice", "parallel_tool_calls"):
            if body.get(name) is not None:
                raise ApiError(
                    f"Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified.",
                    param=name,
                )
        return
    if not tools:
        raise ApiError(
            "Invalid 'tools': expected an array with minimum length 1.", param="tools", code="empty_array"
        )
    names = [_checked_tool_name(tool, f"tools[{index}]") for index, tool in enumerate(tools)]
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        function = choice.get("function")
        wanted = function.get("name") if isinstance(function, dict) else None
        if wanted not in names:
            raise ApiError(f"Tool choice {wanted!r} not found in 'tools' parameter.", param="tool_choice")
    elif choice not in (None, "none", "auto", "required"):
        raise ApiError(
            f"Invalid value: {choice!r}. Supported values are: 'none', 'auto', and 'required'.",
            param="tool_choice",
            code="invalid_value",
        )


def _checked_tool_name(tool: Any, where: str) -> str:
    function = tool.get("function") if isinstance(tool, dict) and tool.get("type") == "function" else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise ApiError(
            f"Missing required parameter: '{where}.function'.",
            param=f"{where}.function",
            code="missing_required_parameter",
        )
    name: str = function["name"]
    if not _TOOL_NAME.fullmatch(name):
        raise ApiError(
            f"Invalid '{where}.function.name': string does not match pattern. "
            "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$' of at most 64 characters.",
            param=f"{where}.function.name",
            code="invalid_value",
        )
    fault = _schema_fault(function.get("parameters"), strict=bool(function.get("strict")))
    if fault:
        raise ApiError(
            f"Invalid schema for function '{name}': In context=(), {fault}",
            param=f"{where}.function.parameters",
            code="invalid_function_parameters",
        )
    return name


def _schema_fault(schema: Any, *, strict: bool) -> str | None:
    if schema is None or schema == {}:
        return None
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return "schema must be a JSON Schema of 'type: \"object\"'."
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, dict) or not all(map(_is_schema, properties.values())):
        return "'properties' must be an object of schemas."
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        return "'required' must be an array of strings."
    if strict and schema.get("additionalProperties") is not False:
        return "'additionalProperties' is required to be supplied and to be false."
    if strict and set(required) != set(properties):
        return "'required' is required to be supplied and to be an array including every key in properties."
    return None


def _is_schema(kind: Any) -> bool:
    if not isinstance(kind, dict):
        return False
    types, options = kind.get("type", []), kind.get("anyOf", [])
    return (
        isinstance(types, str | list)
        and all(isinstance(name, str) for name in types)
        and isinstance(options, list)
        and all(map(_is_schema, options))
    )
