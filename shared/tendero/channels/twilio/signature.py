"""Twilio's signature of what it delivers.

Source: twilio.com/docs/usage/security, and the quirks of twilio-python's `RequestValidator`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

Fields = Iterable[tuple[str, str]]

HEADER = "X-Twilio-Signature"
_PORT = re.compile(r":\d*$")
_PORTS = {"https": 443, "http": 80}


def signature(url: str, fields: Fields, token: str) -> str:
    """The header's value for a delivery to this address, whose user and fragment Twilio leaves out.

    `fields` are a form's names and values as they came; none for any other body. Bytes that were no UTF-8
    stand in them as `surrogateescape` has it.
    """
    signed = _called(url) + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.new(token.encode(), signed.encode("utf-8", "surrogateescape"), hashlib.sha1)
    return base64.b64encode(digest.digest()).decode()


def is_signed(given: str, urls: Iterable[str], fields: Fields, token: str) -> bool:
    """Whether a header is the signature for one of these addresses, each with and without its port."""
    if not token:
        return False
    fields = list(fields)
    sent = given.encode("utf-8", "surrogateescape")
    spelled = {spelling for url in urls for spelling in _spellings(url)}
    # No way out of the loop early: how long it takes says nothing of what fits.
    fits = [hmac.compare_digest(sent, signature(url, fields, token).encode()) for url in spelled]
    return any(fits)


def _called(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


def _spellings(url: str) -> tuple[str, str]:
    """The address without and with a port: Twilio signs either."""
    parts = urlsplit(url)
    bare = _PORT.sub("", parts.netloc)
    ported = parts.netloc if bare != parts.netloc else f"{bare}:{_PORTS.get(parts.scheme, 80)}"
    return parts._replace(netloc=bare).geturl(), parts._replace(netloc=ported).geturl()
