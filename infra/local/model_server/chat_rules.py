"""What the real chat completions endpoint refuses, with its error shape (OpenAI's API reference)."""

from __future__ import annotations

import re
from typing import Any

from infra.local.model_server.errors import ApiError
from infra.local.model_server.models import reasons

_ROLES = ("system", "developer", "user", "assistant", "tool")
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PARAMETERS = frozenset(
    "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens "
    "messages metadata modalities model n parallel_tool_calls prediction presence_penalty prompt_cache_key "
    "prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed "
    "service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user "
    "verbosity web_search_options".split()
)


def check_chat(body: dict[str, Any]) -> None:
    """Raise ApiError (400) for the first rule that the request breaks."""
    for name in body:
        if name not in _PARAMETERS:
            raise ApiError(f"Unrecognized request argument supplied: {name}")
    _check_tools(body)
    _check_messages(body.get("messages"))
    _check_model_limits(body)
    if body.get("stream_options") is not None and not body.get("stream"):
        raise ApiError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    if body.get("n") not in (None, 1):
        raise ApiError("This server gives one choice: 'n' must be 1.", param="n", code="unsupported_value")


def _check_model_limits(body: dict[str, Any]) -> None:
    model, effort = body["model"], body.get("reasoning_effort")
    if not reasons(model):
        if effort is not None:
            raise ApiError(
                "Unrecognized request argument supplied: reasoning_effort", param="reasoning_effort"
            )
        return
    if body.get("max_tokens") is not None:
        raise ApiError(
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            param="max_tokens",
            code="unsupported_parameter",
        )
    if body.get("temperature") not in (None, 1):
        raise ApiError(
            f"Unsupported value: 'temperature' does not support {body['temperature']} with this model. "
            "Only the default (1) value is supported.",
            param="temperature",
            code="unsupported_value",
        )
    if model.startswith("gpt-5.6") and effort == "minimal":
        raise ApiError(
            "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model.",
            param="reasoning_effort",
            code="unsupported_value",
        )
    # Left out, the effort of 5.4 is "none"; that of 5.5 and 5.6 is not.
    allowed = ("none", None) if model.startswith("gpt-5.4") else ("none",)
    if body.get("tools") and re.match(r"gpt-5\.[456]", model) and effort not in allowed:
        raise ApiError(
            f"Function tools with reasoning_effort are not supported for {model} in /v1/chat/completions. "
            "Please use /v1/responses or set reasoning_effort to 'none'.",
            param="reasoning_effort",
        )


def _check_tools(body: dict[str, Any]) -> None:
    tools = body.get("tools")
    if tools is None:
        for name in ("tool_choice", "parallel_tool_calls"):
            if body.get(name) is not None:
                raise ApiError(
                    f"Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified.",
                    param=name,
                )
        return
    if not isinstance(tools, list) or not tools:
        raise ApiError(
            "Invalid 'tools': expected an array with minimum length 1.", param="tools", code="empty_array"
        )
    names = [_checked_tool_name(tool, f"tools[{index}]") for index, tool in enumerate(tools)]
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        wanted = (choice.get("function") or {}).get("name")
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
    if function.get("strict"):
        _check_strict(name, function.get("parameters") or {}, where)
    return name


def _check_strict(name: str, schema: dict[str, Any], where: str) -> None:
    fault = None
    if schema.get("additionalProperties") is not False:
        fault = "'additionalProperties' is required to be supplied and to be false."
    elif set(schema.get("required", ())) != set(schema.get("properties", ())):
        fault = "'required' is required to be supplied and to be an array including every key in properties."
    if fault:
        raise ApiError(
            f"Invalid schema for function '{name}': In context=(), {fault}",
            param=f"{where}.function.parameters",
            code="invalid_function_parameters",
        )


def _check_messages(messages: Any) -> None:
    if messages is None:
        raise ApiError(
            "Missing required parameter: 'messages'.", param="messages", code="missing_required_parameter"
        )
    if not isinstance(messages, list) or not messages:
        raise ApiError(
            "Invalid 'messages': expected an array with minimum length 1.",
            param="messages",
            code="empty_array",
        )
    unanswered: list[str] = []
    for index, message in enumerate(messages):
        where = f"messages.[{index}]"
        role = message.get("role") if isinstance(message, dict) else None
        if role not in _ROLES:
            raise ApiError(
                f"Invalid value: {role!r}. Supported values are: {', '.join(map(repr, _ROLES))}.",
                param=f"{where}.role",
                code="invalid_value",
            )
        _check_content(message, where)
        if role == "tool":
            _answer_call(message, unanswered, where)
        else:
            _require_answered(unanswered, where)
            unanswered = [_checked_call_id(call, where) for call in message.get("tool_calls") or ()]
    _require_answered(unanswered, "messages")


def _answer_call(message: dict[str, Any], unanswered: list[str], where: str) -> None:
    if message.get("tool_call_id") not in unanswered:
        raise ApiError(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
            f"'tool_calls' (no open call has the id {message.get('tool_call_id')!r}).",
            param=f"{where}.role",
        )
    unanswered.remove(message["tool_call_id"])


def _require_answered(unanswered: list[str], where: str) -> None:
    if unanswered:
        raise ApiError(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            "'tool_call_id'. The following tool_call_ids did not have response messages: "
            f"{', '.join(unanswered)}",
            param=f"{where}.role" if where != "messages" else where,
        )


def _check_content(message: dict[str, Any], where: str) -> None:
    content = message.get("content")
    optional = message["role"] == "assistant" and (message.get("tool_calls") or message.get("refusal"))
    if isinstance(content, str | list) or (content is None and optional):
        return
    raise ApiError(
        f"Invalid value for 'content': expected a string, got {'null' if content is None else content!r}.",
        param=f"{where}.content",
    )


def _checked_call_id(call: Any, where: str) -> str:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict) or not isinstance(call.get("id"), str):
        raise ApiError(
            f"Missing required parameter: '{where}.tool_calls[0].id'.",
            param=f"{where}.tool_calls",
            code="missing_required_parameter",
        )
    if not isinstance(function.get("arguments"), str):
        raise ApiError(
            "Invalid type for 'arguments': expected a string with JSON in it.",
            param=f"{where}.tool_calls",
            code="invalid_type",
        )
    return str(call["id"])
