"""One request to a chat completions endpoint, through the official SDK."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from tendero.assistant.model.families import parameters
from tendero.assistant.ports import SecretStore
from tendero.platform.breaker import Breaker
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded, HttpError, ServiceUnavailable, SpendLimitReached
from tendero.platform.settings import Settings
from tendero.platform.spending import MONEY_CODES

Message = dict[str, Any]

_CALL_SECONDS = 60.0
# A model that was given less time than this and did not finish has not failed.
_FAIR_SECONDS = 1.0
_LEAST_SECONDS = 0.5
_PAUSE_SECONDS = 0.2
_MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model answered: its message as sent, why it stopped, and what it cost (0 when not told)."""

    message: Message
    finish_reason: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


class ChatClient:
    """Asks the model that the settings name. One instance serves all threads.

    Every request carries the key that `secrets` gives then, so that it can be rotated. A model that fails
    again and again is not asked for a while.
    """

    def __init__(self, settings: Settings, secrets: SecretStore) -> None:
        self.model = settings.openai_model
        self._settings = settings
        self._secrets = secrets
        self._parameters = parameters(
            settings.openai_model, settings.openai_max_tokens, settings.openai_reasoning_effort
        )
        self._breaker = Breaker("The model")
        self._lock = threading.Lock()
        self._sdk: Any = None

    def prepare(self) -> bool:
        """Whether there is a key; loads the SDK, which takes most of a second on a cold start.

        Raises SecretError when the place that should hold the key cannot be read.
        """
        if not self._key():
            return False
        with self._lock:
            if self._sdk is None:
                from openai import OpenAI

                self._sdk = OpenAI(
                    api_key=self._key,
                    base_url=self._settings.openai_base_url,
                    max_retries=0,
                    timeout=_CALL_SECONDS,
                )
        return True

    def complete(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], deadline: Deadline
    ) -> Completion:
        """One answer of the model; asked a second time when it failed quickly and there is time left.

        Raises ServiceUnavailable, HttpError (the request was refused), SpendLimitReached or DeadlineExceeded.
        """
        self.prepare()
        with self._breaker.guard():
            try:
                return self._attempt(messages, tools, deadline)
            except ServiceUnavailable as error:
                pause = _PAUSE_SECONDS if error.retry_after is None else error.retry_after
                if deadline.remaining() < pause + _LEAST_SECONDS:
                    raise
                time.sleep(pause)
                return self._attempt(messages, tools, deadline)

    def _key(self) -> str:
        return self._secrets.get("openai_api_key").strip()

    def _attempt(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], deadline: Deadline
    ) -> Completion:
        import openai

        seconds = deadline.timeout(_CALL_SECONDS)
        extra: dict[str, Any] = {"tools": list(tools)} if tools else {}
        try:
            # The body is read piece by piece, because the SDK's time-out starts anew with each piece.
            with self._sdk.chat.completions.with_streaming_response.create(
                model=self.model,
                messages=list(messages),
                timeout=seconds,
                **self._parameters,
                **extra,
            ) as response:
                return _completion(_body(response.iter_bytes(), deadline))
        except openai.APITimeoutError as error:
            _late(error, seconds)
        except DeadlineExceeded as error:
            _late(error, seconds)
        except openai.APIStatusError as error:
            raise _refused(error) from error
        except openai.APIError as error:
            raise ServiceUnavailable(f"The model cannot be reached: {error}") from error
        except ValueError as error:
            raise ServiceUnavailable(f"The model's answer cannot be read: {error}") from error
        except Exception as error:
            # While a body is read, the SDK lets the errors of its HTTP library through.
            if deadline.expired:
                _late(error, seconds)
            raise ServiceUnavailable(f"The connection to the model broke: {error!r}") from error


def _late(error: Exception, seconds: float) -> NoReturn:
    message = f"The model did not answer within {seconds:.1f} s."
    if seconds < _FAIR_SECONDS:
        raise DeadlineExceeded(message) from error
    raise ServiceUnavailable(message) from error


def _body(pieces: Any, deadline: Deadline) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > _MOST_BYTES:
            raise ValueError(f"more than {_MOST_BYTES} bytes")
        if deadline.expired:
            raise DeadlineExceeded("The model's answer came too slowly.")
    return bytes(body)


def _completion(body: bytes) -> Completion:
    """Raises ValueError when it is no chat completion."""
    answer = json.loads(body)
    try:
        choice = answer["choices"][0]
        message = choice["message"]
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("it holds no message") from error
    if not isinstance(message, dict):
        raise ValueError("its message is no object")
    usage = answer.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Completion(
        message,
        str(choice.get("finish_reason") or ""),
        int(usage.get("prompt_tokens") or 0),
        int(usage.get("completion_tokens") or 0),
    )


def _refused(error: Any) -> Exception:
    """The library's error for an HTTP status; `error` is the SDK's APIStatusError."""
    status = int(error.status_code)
    said = str(getattr(error, "message", error))[:200]
    if status == 429 and not MONEY_CODES.isdisjoint({error.code, error.type}):
        return SpendLimitReached(f"The model's provider refuses because of money: {said}")
    if status in (408, 409, 425, 429) or status >= 500:
        return ServiceUnavailable(
            f"The model answered {status}: {said}",
            status=status,
            retry_after=_retry_after(error.response.headers),
        )
    return HttpError(
        f"The model refused the request with {status}: {said}"
        " Check OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL.",
        status=status,
    )


def _retry_after(headers: Any) -> float | None:
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) / scale)
        except (KeyError, ValueError):
            continue
    return None
