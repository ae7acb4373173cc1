"""What the real chat completions endpoint refuses, with its error shape (OpenAI's API reference)."""

from __future__ import annotations

import json
import re
from typing import Any

from infra.local.model_server.errors import ApiError
from infra.local.model_server.models import reasons
from infra.local.model_server.tool_rules import check_tools

_ROLES = ("system", "developer", "user", "assistant", "tool")
_PARAMETERS = frozenset(
    (
        "audio",
        "frequency_penalty",
        "function_call",
        "functions",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "metadata",
        "modalities",
        "model",
        "n",
        "parallel_tool_calls",
        "prediction",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning_effort",
        "response_format",
        "safety_identifier",
        "seed",
        "service_tier",
        "stop",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "user",
        "verbosity",
        "web_search_options",
    )
)

_TYPES: dict[str, tuple[Any, str]] = {
    "max_completion_tokens": (int, "an integer above 0"),
    "max_tokens": (int, "an integer above 0"),
    "messages": (list, "an array of objects"),
    "stream": (bool, "a boolean"),
    "stream_options": (dict, "an object"),
    "tools": (list, "an array of objects"),
}


def check_chat(body: dict[str, Any]) -> None:
    """Raise ApiError (400) for the first rule that the request breaks."""
    for name in body:
        if name not in _PARAMETERS:
            raise ApiError(f"Unrecognized request argument supplied: {name}")
    _check_types(body)
    check_tools(body)
    _check_messages(body.get("messages"))
    _check_model_limits(body)
    if body.get("stream_options") is not None and not body.get("stream"):
        raise ApiError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    if body.get("n") not in (None, 1):
        raise ApiError("This server gives one choice: 'n' must be 1.", param="n", code="unsupported_value")


def _check_types(body: dict[str, Any]) -> None:
    for name, (kind, described) in _TYPES.items():
        given = body.get(name)
        if given is not None and (not isinstance(given, kind) or (kind is int and given < 1)):
            raise ApiError(
                f"Invalid type for '{name}': expected {described}, but got {json.dumps(given)} instead.",
                param=name,
                code="invalid_type",
            )


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
            unanswered = _call_ids(message.get("tool_calls") or [], where)
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
        f"Invalid value for 'content': expected a string, got {json.dumps(content)}.",
        param=f"{where}.content",
    )


def _call_ids(calls: Any, where: str) -> list[str]:
    return [_checked_call_id(call, where) for call in (calls if isinstance(calls, list) else [calls])]


def _checked_call_id(call: Any, where: str) -> str:
    function = call.get("function") if isinstance(call, dict) else None
    if (
        not isinstance(function, dict)
        or not isinstance(call.get("id"), str)
        or not isinstance(function.get("name"), str)
    ):
        raise ApiError(
            f"Missing required parameter: a call in '{where}.tool_calls' needs an id and a function name.",
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
