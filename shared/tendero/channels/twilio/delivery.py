"""Reads what Twilio delivers, once its signature is right."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, urlsplit

from flask import Request

from tendero.channels.twilio.signature import HEADER, is_signed
from tendero.platform.errors import BadRequest
from tendero.platform.incoming import read_body
from tendero.platform.logs import logger

_log = logger("twilio")
_MOST_BYTES = 1_000_000
_MOST_FIELDS = 1_000
_FORM = "application/x-www-form-urlencoded"


def read(request: Request, webhook_url: str, paths: tuple[str, ...], token: str) -> dict[str, str]:
    """The fields of a delivery, by name. `webhook_url` is the address that Twilio was given, `paths` are
    those that lead here. Raises BadRequest, with 403 for one that Twilio has not signed.
    """
    body = read_body(request, _MOST_BYTES)
    is_form = request.method == "POST" and request.mimetype == _FORM
    query = request.query_string.decode("latin-1")
    form = _pairs(body.decode("utf-8", "surrogateescape")) if is_form else []
    urls = [webhook_url, *_called(webhook_url, paths, request.path, query)]
    given = request.headers.get(HEADER, "")
    if not (is_form or _is_body_named(body, query)) or not is_signed(given, urls, form, token):
        _log.warning(
            "not signed: TWILIO_WEBHOOK_URL must be the address that Twilio calls, and TWILIO_AUTH_TOKEN the"
            " account's primary token",
            path=request.path,
        )
        raise BadRequest(f"The header {HEADER} is missing or wrong.", status=403)
    if is_form:
        return {name: _clean(value) for name, value in reversed(form)}
    return _of_json(body) if body else {name: _clean(value) for name, value in reversed(_pairs(query))}


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        # Blank values are signed, too.
        return parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise BadRequest(f"A delivery may have {_MOST_FIELDS} fields.") from error


def _called(webhook_url: str, paths: tuple[str, ...], path: str, query: str) -> Iterator[str]:
    """The address that was called, under the configured scheme and host: a request does not know its own
    behind a load balancer, and a function not the path before its name.
    """
    parts = urlsplit(webhook_url)
    before = parts.path.rstrip("/")
    for known in paths:
        before = before.removesuffix(known)
    yield parts._replace(path=before + path, query=query).geturl()


def _is_body_named(body: bytes, query: str) -> bool:
    """Whether a body that is no form is the one whose hash is in the signed address, or there is none."""
    if not body:
        return True
    (digest, *_) = parse_qs(query).get("bodySHA256", [""])
    return hmac.compare_digest(digest.encode(), hashlib.sha256(body).hexdigest().encode())


def _of_json(body: bytes) -> dict[str, str]:
    """A JSON object's texts and numbers, as a form would have them; nothing of any other body."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    fields = said.items() if isinstance(said, dict) else ()
    return {name: _clean(str(value)) for name, value in fields if isinstance(value, str | int | float)}


def _clean(value: str) -> str:
    """Text that a database takes: no NUL, no bytes that are no UTF-8."""
    return value.replace("\0", "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
