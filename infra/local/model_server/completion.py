"""A chat answer as the API sends it: one JSON object, or a stream of chunks."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from infra.local.model_server.script import Step
from infra.local.model_server.shopkeeper import Answer, Call
from infra.local.model_server.tokens import approximate_tokens

_FRAGMENT = 12


def scripted_answer(step: Step) -> Answer:
    """The answer that a step dictates."""
    calls = tuple(
        Call(call["name"], _wire_arguments(call.get("arguments", ""), bool(call.get("raw"))), call.get("id"))
        for call in step.tool_calls
    )
    return Answer(step.content, calls, step.finish_reason, step.refusal)


def cut_to_limit(answer: Answer, body: dict[str, Any]) -> Answer:
    """The answer, its text shortened to the request's token limit with finish_reason `length`."""
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    if not limit or not answer.content or approximate_tokens(answer.content) <= limit:
        return answer
    kept = answer.content.encode()[: 4 * int(limit)].decode("utf-8", "ignore")
    return replace(answer, content=kept, finish_reason="length")


class Completion:
    """One answer to one request, ready to be sent in either form."""

    def __init__(self, body: dict[str, Any], answer: Answer, *, with_usage: bool = True) -> None:
        self._body = body
        self._answer = answer
        self._with_usage = with_usage
        self._calls: list[dict[str, Any]] = [
            {
                "id": call.id or f"call_{uuid.uuid4().hex[:24]}",
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in answer.calls
        ]
        self._head = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": body["model"],
            "system_fingerprint": "fp_scripted",
        }
        self._finish = answer.finish_reason or ("tool_calls" if self._calls else "stop")

    def whole(self) -> dict[str, Any]:
        """The `chat.completion` object."""
        message: dict[str, Any] = {
            "role": "assistant",
            "content": self._answer.content,
            "refusal": self._answer.refusal,
        }
        if self._calls:
            message["tool_calls"] = self._calls
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self._finish}
        whole = {**self._head, "object": "chat.completion", "choices": [choice]}
        return {**whole, "usage": self._usage()} if self._with_usage else whole

    def chunks(self) -> Iterator[dict[str, Any]]:
        """The `chat.completion.chunk` objects of a stream, without the closing `[DONE]`."""
        counted = self._with_usage and (self._body.get("stream_options") or {}).get("include_usage")
        empty: dict[str, Any] = {"usage": None} if counted else {}
        for delta in self._deltas():
            yield self._chunk([_choice(delta, None)], empty)
        yield self._chunk([_choice({}, self._finish)], empty)
        if counted:
            yield self._chunk([], {"usage": self._usage()})

    def _chunk(self, choices: list[dict[str, Any]], usage: dict[str, Any]) -> dict[str, Any]:
        return {**self._head, "object": "chat.completion.chunk", "choices": choices, **usage}

    def _deltas(self) -> Iterator[dict[str, Any]]:
        yield {"role": "assistant", "content": None if self._calls else "", "refusal": None}
        for key, text in (("content", self._answer.content), ("refusal", self._answer.refusal)):
            for piece in _fragments(text or ""):
                yield {key: piece}
        for index, call in enumerate(self._calls):
            function = call["function"]
            arguments = function["arguments"]
            if not isinstance(arguments, str):
                yield {"tool_calls": [{"index": index, **call}]}
                continue
            yield {"tool_calls": [{"index": index, **call, "function": {**function, "arguments": ""}}]}
            for piece in _fragments(arguments):
                yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}

    def _usage(self) -> dict[str, Any]:
        sent = json.dumps([self._body["messages"], self._body.get("tools")], ensure_ascii=False)
        prompt = approximate_tokens(sent)
        said = [self._answer.content, self._answer.refusal, json.dumps(self._calls) if self._calls else None]
        completion = sum(approximate_tokens(text) for text in said if text)
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }


def _choice(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _fragments(text: str) -> Iterator[str]:
    for start in range(0, len(text), _FRAGMENT):
        yield text[start : start + _FRAGMENT]


def _wire_arguments(given: Any, raw: bool) -> Any:
    return given if raw or isinstance(given, str) else json.dumps(given, ensure_ascii=False)
