"""A model that is still at work when its turn has to end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tendero.assistant.background import Task
from tendero.assistant.noting import noted
from tendero.assistant.reply import EngineName, Reply, Usage
from tendero.assistant.thought import Thought
from tendero.platform.deadline import Deadline

if TYPE_CHECKING:
    from tendero.assistant.speaker import Speaker, Spoken


class LateModel:
    """Lets the model speak until `patience` ends, in a thread that may outlive the turn."""

    def __init__(self, speaker: Speaker, message: str, patience: Deadline) -> None:
        self._speaker = speaker
        self._message = message
        self._started = time.monotonic()
        self._write: Callable[[Spoken], Reply] | None = None
        self._counted = Usage()
        self.work: Task[Spoken] = Task("The model", lambda: speaker.speak(patience))

    def leave(self, write: Callable[[Spoken], Reply], counted: Usage) -> None:
        """The turn ends without the model: `write` will make the reply of what it says; `counted` is what the
        turn has already put down as its cost."""
        self._write, self._counted = write, counted

    def thought(self, deadline: Deadline) -> Thought:
        """See `Thought.late`. Its usage is what the model cost after the turn had ended."""
        assert self._write is not None
        try:
            reply = self._write(self.work.result(deadline))
        except Exception as error:
            if not self.work.done:
                raise
            noted("late model failed", error)
            reply = Reply(texts=(), language="", engine=EngineName.OPENAI, outcome="failed")
        answer = self._speaker.conversation.answer
        return Thought(
            message=self._message,
            reply=replace(reply, usage=_rest(answer.usage, self._counted)),
            tool_calls=tuple(answer.tool_calls),
            milliseconds=int((time.monotonic() - self._started) * 1000),
        )


def _rest(whole: Usage, counted: Usage) -> Usage:
    """What was used beyond that which the turn has counted."""
    return replace(
        whole,
        calls=whole.calls - counted.calls,
        prompt_tokens=whole.prompt_tokens - counted.prompt_tokens,
        completion_tokens=whole.completion_tokens - counted.completion_tokens,
    )
