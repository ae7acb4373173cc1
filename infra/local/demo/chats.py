"""What customers write on WhatsApp and in a website's chat window, and what goes out for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from infra.local.chatwoot_server.rest import PERSON_TOKEN
from infra.local.demo.webhook import DemoFailed
from infra.trigger.cases import case
from infra.trigger.send import send
from tendero.platform.errors import HttpError
from tendero.platform.http import HttpClient
from tendero.platform.settings import Settings

# Longer than a model takes that answers in its own time.
_SECONDS = 40.0
_POLL_SECONDS = 0.05
_WINDOW = 1

Json = dict[str, Any]


@dataclass(frozen=True)
class Heard:
    """What went out after a customer's message: texts (a note only the shop sees is marked), and how long the
    customer waited, in milliseconds. `acknowledged` is how long the platform did."""

    texts: tuple[str, ...]
    milliseconds: float
    acknowledged: float


class WhatsApp:
    """A customer of Twilio's WhatsApp: delivers signed messages, and reads what Twilio was asked to send."""

    def __init__(self, urls: Mapping[str, str], settings: Settings) -> None:
        self._url = f"{urls['webhook']}/twilio"
        self._settings = settings
        self._twilio = HttpClient("Twilio's stand-in", urls["twilio"])

    def write(self, *texts: str) -> Heard:
        """Writes these one right after the other. Raises DemoFailed when no answer goes out."""
        before, began = len(self._sent()), time.perf_counter()
        acknowledged = 0.0
        for text in texts:
            for answer in send(
                case("twilio", "text"), self._settings, self._url, signed_url=self._signed_url, text=text
            ):
                if answer.status != 200:
                    raise DemoFailed(f"Twilio's delivery was answered with {answer.status}: {answer.body}")
                acknowledged = max(acknowledged, answer.milliseconds)
        sent = _awaited(lambda: self._sent()[before:], texts[-1])
        return Heard(tuple(map(_whatsapp_text, sent)), (time.perf_counter() - began) * 1000, acknowledged)

    def close(self) -> None:
        self._twilio.close()

    @property
    def _signed_url(self) -> str:
        return self._settings.twilio_webhook_url

    def _sent(self) -> list[Json]:
        sent: list[Json] = self._twilio.request("GET", "sent").json()
        return sent


class ChatWindow:
    """A customer in a website's chat window of Chatwoot, which tells its agent bot."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._chatwoot = HttpClient("Chatwoot's stand-in", urls["chatwoot"])
        self._conversation: int | None = None

    def write(self, text: str) -> Heard:
        """Raises DemoFailed when no answer goes out."""
        before, began = len(self._sent()), time.perf_counter()
        said: Json = {"content": text, "inbox": _WINDOW}
        if self._conversation is not None:
            said = {"content": text, "conversation": self._conversation}
        told = self._chatwoot.request("POST", "control/says", json=said).json()
        self._conversation = int(told["id"])
        sent = _awaited(lambda: self._sent()[before:], text)
        return Heard(tuple(map(_window_text, sent)), (time.perf_counter() - began) * 1000, 0.0)

    def wait_for_person(self) -> None:
        """Until the conversation is open, for the shop's people. Raises DemoFailed."""
        end = time.monotonic() + _SECONDS
        while (status := self._status()) != "open":
            if time.monotonic() > end:
                raise DemoFailed(f"The conversation in Chatwoot is {status}, not open for a person.")
            time.sleep(_POLL_SECONDS)

    def close(self) -> None:
        self._chatwoot.close()

    def _status(self) -> str:
        account = "api/v1/accounts/1"
        headers = {"api-access-token": PERSON_TOKEN}
        answer = self._chatwoot.request(
            "GET", f"{account}/conversations/{self._conversation}", headers=headers
        )
        return str(answer.json()["status"])

    def _sent(self) -> list[Json]:
        sent: list[Json] = self._chatwoot.request("GET", "sent").json()
        return sent


def _awaited(sent: Callable[[], list[Json]], text: str) -> list[Json]:
    """What has been sent, once nothing more has come for a moment."""
    end, seen, since = time.monotonic() + _SECONDS, 0, time.monotonic()
    for found in _polled(sent):
        now = time.monotonic()
        if len(found) != seen:
            seen, since = len(found), now
        elif found and now - since > 4 * _POLL_SECONDS:
            return found
        if now > end:
            break
    raise DemoFailed(f"{text!r} was not answered within {_SECONDS:.0f} s: reply.log says why.")


def _polled(sent: Callable[[], list[Json]]) -> Iterator[list[Json]]:
    while True:
        with suppress(HttpError):
            yield sent()
        time.sleep(_POLL_SECONDS)


def _whatsapp_text(message: Json) -> str:
    pictures = "".join(f"\n[picture: {url}]" for url in message.get("media") or ())
    return f"{message['body']}{pictures}"


def _window_text(message: Json) -> str:
    text = str(message.get("content") or "")
    items = (message.get("content_attributes") or {}).get("items") or ()
    kind = message.get("content_type")
    shown = "".join(f"\n[{'card' if kind == 'cards' else 'button'}: {each.get('title')}]" for each in items)
    return f"(a note for the shop's people)\n{text}" if message.get("private") else f"{text}{shown}"
