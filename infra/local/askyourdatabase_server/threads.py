"""Who may ask what: one-time codes, tokens, and a thread for each customer."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field


@dataclass
class Thread:
    """What one customer, by name and email, has asked so far."""

    name: str
    email: str
    questions: list[str] = field(default_factory=list)


class Threads:
    """The state of one chatbot. Threads of the server share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._codes: dict[str, Thread] = {}
        self._tokens: dict[str, Thread] = {}
        self._threads: dict[tuple[str, str], Thread] = {}

    def code(self, name: str, email: str) -> str:
        """A code for a customer's thread, good for one redemption."""
        code = secrets.token_urlsafe(12)
        with self._lock:
            thread = self._threads.setdefault((name, email), Thread(name, email))
            self._codes[code] = thread
        return code

    def redeem(self, code: str) -> str | None:
        """A token for the code's thread; None where the code was used before, or never given."""
        with self._lock:
            thread = self._codes.pop(code, None)
            if thread is None:
                return None
            token = secrets.token_urlsafe(24)
            self._tokens[token] = thread
            return token

    def ask(self, token: str, question: str) -> int | None:
        """Which question of its thread this is, from 1; None for a token that is not good."""
        with self._lock:
            thread = self._tokens.get(token)
            if thread is None:
                return None
            thread.questions.append(question)
            return len(thread.questions)

    def expire(self) -> None:
        """Ends every session; the threads stay."""
        with self._lock:
            self._tokens.clear()

    def all(self) -> list[Thread]:
        with self._lock:
            return list(self._threads.values())
