"""A conversation with the model: it calls tools until it has an answer."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tendero.assistant.model.client import Completion, Message
from tendero.assistant.reply import Usage
from tendero.assistant.tools import Toolbox
from tendero.platform.deadline import Deadline
from tendero.platform.errors import HttpError

_MOST_ROUNDS = 3
_MOST_CALLS = 6


class ChatModel(Protocol):
    """A model to talk with (see `ChatClient`)."""

    model: str

    def prepare(self) -> bool: ...

    def complete(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], deadline: Deadline
    ) -> Completion: ...


@dataclass(kw_only=True)
class ModelAnswer:
    """The model's text, the messages that led to it, what was called, and what it cost.

    `seconds` is how long the last request took.
    """

    text: str = ""
    messages: list[Message] = field(default_factory=list)
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0


class Conversation:
    """Talks with the model about one message of a customer; `answer` grows, also when a request fails."""

    def __init__(self, model: ChatModel, messages: Sequence[Message]) -> None:
        self._model = model
        self.answer = ModelAnswer(messages=list(messages), usage=Usage(model=model.model))

    def run(self, toolbox: Toolbox, deadline: Deadline) -> str:
        """The model's text after at most three requests.

        Raises HttpError when it gives none (refusal, filter, nothing but tool calls), and what
        `ChatModel.complete` raises.
        """
        for number in range(1, _MOST_ROUNDS + 1):
            # In the last round there is nothing left to call: the model has to speak.
            message = self._request(toolbox.definitions if number < _MOST_ROUNDS else (), deadline)
            calls = _calls(message)
            if not calls:
                return self._spoken(message)
            self._call(message, calls, toolbox)
        raise HttpError("The model called tools to the end and gave no answer.")

    def ask_again(self, message: Message, deadline: Deadline) -> str:
        """The model's text after one more message to it, without tools."""
        self.answer.messages += [{"role": "assistant", "content": self.answer.text}, message]
        return self._spoken(self._request((), deadline))

    def _request(self, tools: Sequence[dict[str, Any]], deadline: Deadline) -> Message:
        started = time.monotonic()
        usage = self.answer.usage
        completion = self._model.complete(self.answer.messages, tools, deadline)
        self.answer.seconds = time.monotonic() - started
        self.answer.usage = Usage(
            model=usage.model,
            calls=usage.calls + 1,
            prompt_tokens=usage.prompt_tokens + completion.prompt_tokens,
            completion_tokens=usage.completion_tokens + completion.completion_tokens,
        )
        message = completion.message
        if completion.finish_reason == "content_filter" or message.get("refusal"):
            raise HttpError(f"The model refused to answer ({completion.finish_reason}).")
        if completion.finish_reason == "length":
            return {**message, "content": _whole_sentences(message.get("content")), "tool_calls": None}
        return message

    def _spoken(self, message: Message) -> str:
        content = message.get("content")
        if isinstance(content, list):
            content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        text = content.strip() if isinstance(content, str) else ""
        if not text:
            raise HttpError("The model gave an empty answer.")
        self.answer.text = text
        return text

    def _call(self, message: Message, calls: list[dict[str, Any]], toolbox: Toolbox) -> None:
        self.answer.messages.append(
            {"role": "assistant", "content": message.get("content"), "tool_calls": calls}
        )
        for number, call in enumerate(calls):
            function = call["function"]
            if number < _MOST_CALLS:
                result = toolbox.run(function["name"], function["arguments"])
                self.answer.tool_calls.append({"name": function["name"], "arguments": result.arguments})
                content = result.content
            else:
                content = '{"error":"Too many calls at once: use the results you have."}'
            self.answer.messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})


def _calls(message: Message) -> list[dict[str, Any]]:
    """The tool calls in the form in which they may be sent back: every id there, arguments as text."""
    given = message.get("tool_calls")
    calls = []
    for number, call in enumerate(given if isinstance(given, list) else []):
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict):
            continue
        arguments = function.get("arguments") or {}
        text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        calls.append(
            {
                **call,
                "id": str(call.get("id") or f"call_{number}"),
                "type": "function",
                "function": {**function, "name": str(function.get("name") or ""), "arguments": text or "{}"},
            }
        )
    return calls


def _whole_sentences(content: Any) -> str:
    """An answer that was cut off, up to its last whole sentence or line."""
    ends = (
        [match.end() for match in re.finditer(r"[.!?…](?=\s)|\n", content)]
        if isinstance(content, str)
        else []
    )
    return content[: ends[-1]] if ends else ""
