"""Asks the function `webhook` as Dialogflow does."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from tendero.platform.errors import TenderoError

# Dialogflow itself gives up then.
DEADLINE_SECONDS = 5.0


class DemoFailed(TenderoError):
    """A step of the demo did not give what it has to give."""


@dataclass(frozen=True)
class Said:
    """An answer as a customer sees it, and how long it took, in milliseconds."""

    text: str
    milliseconds: float


class Agent:
    """A Dialogflow agent in the middle of several conversations."""

    def __init__(self, url: str, environment: Mapping[str, str]) -> None:
        self._url = url
        self._secret = environment.get("DIALOGFLOW_WEBHOOK_SECRET", "")
        self._run = uuid.uuid4().hex[:8]
        self._http = requests.Session()

    def ask(self, text: str, language: str, conversation: str) -> Said:
        """Raises DemoFailed when the function answers with an error, with nothing, or too late."""
        headers = {"X-Webhook-Secret": self._secret} if self._secret else {}
        began = time.perf_counter()
        try:
            answer = self._http.post(
                f"{self._url}/dialogflow",
                json=self.request(text, language, conversation),
                headers=headers,
                timeout=DEADLINE_SECONDS,
            )
        except requests.RequestException as error:
            raise DemoFailed(f"No answer to {text!r}: {error}") from error
        milliseconds = (time.perf_counter() - began) * 1000
        if answer.status_code != 200:
            raise DemoFailed(f"{text!r} was answered with {answer.status_code}: {answer.text[:200]}")
        said = str(answer.json().get("fulfillmentText", "")).strip()
        if not said:
            raise DemoFailed(f"{text!r} was answered with nothing: {answer.text[:200]}")
        return Said(said, milliseconds)

    def conversation(self, name: str) -> str:
        """The id of this run's conversation of that name."""
        return f"demo-{self._run}-{name}"

    def request(self, text: str, language: str, conversation: str) -> dict[str, Any]:
        """A WebhookRequest of Dialogflow ES v2, as the console's agent sends it for its fallback intent."""
        agent = "projects/tendero-local/agent"
        return {
            "responseId": str(uuid.uuid4()),
            "queryResult": {
                "queryText": text,
                "languageCode": language,
                "action": "input.unknown",
                "parameters": {},
                "allRequiredParamsPresent": True,
                "intent": {
                    "name": f"{agent}/intents/{uuid.uuid5(uuid.NAMESPACE_URL, agent)}",
                    "displayName": "Default Fallback Intent",
                    "isFallback": True,
                },
                "intentDetectionConfidence": 1.0,
            },
            "originalDetectIntentRequest": {"payload": {}},
            "session": f"{agent}/sessions/{self.conversation(conversation)}",
        }
