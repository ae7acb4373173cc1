"""What can answer a customer."""

from __future__ import annotations

from typing import Protocol

from tendero.assistant.asked import Asked
from tendero.assistant.thought import Thought
from tendero.platform.deadline import Deadline


class Engine(Protocol):
    """Threads share it."""

    def think(self, asked: Asked, deadline: Deadline, patience: Deadline | None = None) -> Thought:
        """The reply to one message, before the deadline ends. Whatever is down, it is a true sentence.

        Nothing is stored. With `patience`, what is late goes on until that deadline, after something else has
        been said: the thought's `late`.
        """
