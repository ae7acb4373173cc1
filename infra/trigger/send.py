"""Makes the requests of a case."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import requests

from infra.trigger.cases import Case, Delivery
from infra.trigger.platforms import PLATFORMS, Platform
from tendero.platform.errors import TenderoError
from tendero.platform.settings import Settings

# The longest that any of the platforms waits.
_SECONDS = 15
_FORM = "application/x-www-form-urlencoded"


class NotDelivered(TenderoError):
    """The address gave no answer."""


@dataclass(frozen=True)
class Answer:
    """What one delivery was answered, in how many milliseconds."""

    status: int
    body: str
    milliseconds: float


def send(case: Case, settings: Settings, url: str, *, signed_url: str, text: str | None) -> Iterator[Answer]:
    """Delivers a case to `url`, signed for `signed_url`; `text` stands in for the customer's words.

    Raises SettingsError where the secret is not set, NotDelivered when nothing answers.
    """
    platform, began = PLATFORMS[case.channel], time.monotonic()
    for delivery in case.deliveries:
        time.sleep(max(0.0, began + delivery.after - time.monotonic()))
        body = _body(platform, delivery, text)
        headers = {"Content-Type": delivery.content_type, **delivery.headers}
        if delivery.signed:
            secret = platform.signing(settings) + ("-wrong" if delivery.signed == "wrong" else "")
            headers |= platform.sign(
                secret, _with_query(signed_url, delivery), body, delivery.form is not None
            )
        yield _delivered(delivery, _with_query(url, delivery), body, headers)


def _body(platform: Platform, delivery: Delivery, text: str | None) -> bytes:
    event = copy.deepcopy(delivery.json if delivery.form is None else delivery.form)
    if text is not None and event is not None:
        platform.with_words(event, text)
    if event is None:
        return b""
    if delivery.content_type.startswith(_FORM):
        return urlencode(event).encode()
    return json.dumps(event, ensure_ascii=False).encode()


def _with_query(url: str, delivery: Delivery) -> str:
    if not delivery.query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(delivery.query)}"


def _delivered(delivery: Delivery, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    began = time.monotonic()
    try:
        answer = requests.request(
            delivery.method, url, data=body, headers=headers, timeout=_SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        raise NotDelivered(f"{url} gives no answer: {error}.") from error
    return Answer(answer.status_code, answer.text, (time.monotonic() - began) * 1000)
