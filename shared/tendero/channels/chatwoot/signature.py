"""Signs Chatwoot's deliveries, and tells whether one is signed.

Source: Chatwoot's lib/webhooks/trigger.rb. Account webhooks are signed since 4.11.2, agent bots and API
inboxes since 4.13.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

TIMESTAMP_HEADER = "X-Chatwoot-Timestamp"
SIGNATURE_HEADER = "X-Chatwoot-Signature"
# Every attempt is signed anew: an older signature is one that was caught and played back.
REPLAY_SECONDS = 300


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Chatwoot-Signature: `sha256=` and the HMAC over `<timestamp>.<body>` in hex."""
    signed = timestamp.encode("latin-1", "replace") + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def is_signed(body: bytes, timestamp: str, signature: str, *, secrets: Iterable[str], now: float) -> bool:
    """Whether one of the secrets has signed the body, at most REPLAY_SECONDS before or after `now`.

    `timestamp` and `signature` are the headers as they came; `now` is in epoch seconds.
    """
    # WSGI hands headers over as Latin-1, whatever bytes they hold.
    sent = signature.encode("latin-1", "replace")
    fitting = [hmac.compare_digest(sent, sign(each, timestamp, body).encode()) for each in secrets]
    return any(fitting) and abs(now - _seconds(timestamp)) <= REPLAY_SECONDS


def _seconds(timestamp: str) -> float:
    readable = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    return float(timestamp) if readable else float("-inf")
