"""What Meta refuses, and in which words.

Source: developers.facebook.com/documentation/business-messaging/whatsapp, error codes and messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Self

from werkzeug.wrappers import Request

_KINDS = {
    "window": (400, 131047, "Re-engagement message"),
    "pair": (400, 131056, "(Business Account, Consumer Account) pair rate limit hit"),
    "throughput": (429, 130429, "Rate limit hit"),
    "calls": (429, 4, "Application request limit reached"),
    "token": (401, 190, "Error validating access token: Session has expired"),
    "picture": (400, 131053, "Media upload error"),
    "outage": (500, 131000, "Something went wrong"),
    "parameter": (400, 100, "Invalid parameter"),
    "missing": (400, 131008, "Required parameter is missing"),
}
_LONGEST_TEXT, _LONGEST_CAPTION, _LONGEST_BUTTON_BODY = 4096, 1024, 1024


class Refused(Exception):
    """Meta's error answer: `status` and `body`."""

    def __init__(self, status: int, code: int, title: str, details: str) -> None:
        super().__init__(details)
        self.status = status
        error = {
            "message": f"(#{code}) {title}",
            "type": "OAuthException",
            "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": details},
            "fbtrace_id": "AXhK2cQb7sXm5J7wYB0cHhG",
        }
        self.body = {"error": error}

    @classmethod
    def of(cls, kind: str, details: str = "") -> Self:
        status, code, title = _KINDS[kind]
        return cls(status, code, title, details or title)


def authorise(request: Request, token: str) -> None:
    """Raises Refused for any other token."""
    if request.headers.get("Authorization") != f"Bearer {token}":
        raise Refused.of("token")


def check(request: Request, path: str, token: str) -> dict[str, Any]:
    """The body of a request that Meta takes: a message, or `status`. Raises Refused."""
    authorise(request, token)
    if request.method != "POST" or request.path != path:
        raise Refused.of("parameter", "Unsupported request. The number or the path does not exist.")
    try:
        body = json.loads(request.get_data())
    except ValueError as error:
        raise Refused.of("parameter", "The body is not JSON.") from error
    for problem in problems(body):
        raise Refused.of("parameter", problem)
    if "status" not in body and not (body.get("to") or body.get("recipient")):
        raise Refused.of("missing", "Parameter 'to' or 'recipient' is missing.")
    return dict(body)


def problems(body: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a message, in words; nothing for one that is taken."""
    if body.get("messaging_product") != "whatsapp":
        yield "messaging_product must be whatsapp."
    kind = body.get("type", "text")
    if "status" in body:
        if body["status"] != "read" or not str(body.get("message_id", "")).startswith("wamid."):
            yield "message_id is none of a received message."
    elif kind not in ("text", "image", "interactive") or not isinstance(body.get(kind), dict):
        yield f"type {kind!r} has no content."
    elif kind == "interactive":
        yield from _interactive(body[kind])
    elif kind == "image":
        yield from _too_long("image.caption", body[kind].get("caption", ""), _LONGEST_CAPTION)
        if not str(body[kind].get("link", "")).startswith(("http://", "https://")):
            yield "image.link is no address."
    else:
        yield from _too_long("text.body", body[kind].get("body", ""), _LONGEST_TEXT)
        if not body[kind].get("body"):
            yield "text.body is empty."
    if len(str(body.get("biz_opaque_callback_data", ""))) > 512:
        yield "biz_opaque_callback_data is too long."


def _interactive(asked: dict[str, Any]) -> Iterator[str]:
    text, action = asked.get("body", {}).get("text", ""), asked.get("action", {})
    if not text:
        yield "interactive.body is empty."
    if asked.get("type") == "button":
        titles = [each["reply"]["title"] for each in action["buttons"]]
        most, longest = 3, 20
        yield from _too_long("interactive.body", text, _LONGEST_BUTTON_BODY)
    else:
        titles = [row["title"] for section in action["sections"] for row in section["rows"]]
        most, longest = 10, 24
        yield from _too_long("interactive.body", text, _LONGEST_TEXT)
        yield from _too_long("action.button", action["button"], 20)
    if not 1 <= len(titles) <= most or len(set(titles)) < len(titles):
        yield f"There are {len(titles)} choices, or two of the same title."
    for title in titles:
        yield from _too_long("a title", title, longest)


def _too_long(name: str, text: str, most: int) -> Iterator[str]:
    if len(text) > most:
        yield f"{name} is longer than {most} characters."
