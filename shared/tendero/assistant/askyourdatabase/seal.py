"""Keeps what a database must not tell: who a customer is, and the token that opens their thread."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode


class Seal:
    """Keys made out of the API key (HKDF, RFC 5869), so that there is none more to look after.

    With another API key nothing is recognised any longer, as no session of the old one would be accepted.
    """

    def __init__(self, api_key: str) -> None:
        self._contacts = _derived(api_key, b"tendero contact")
        self._tokens = _derived(api_key, b"tendero session token")

    def contact(self, channel: str, customer: str) -> str:
        """64 characters that stand for a customer, and tell nothing without the key."""
        named = json.dumps([channel, customer]).encode()
        return hmac.new(self._contacts, named, hashlib.sha256).hexdigest()

    def close(self, token: str) -> str:
        """The token, encrypted."""
        from cryptography.fernet import Fernet

        return Fernet(urlsafe_b64encode(self._tokens)).encrypt(token.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The token in what `close` gave; None for anything else."""
        from cryptography.fernet import Fernet, InvalidToken

        try:
            return Fernet(urlsafe_b64encode(self._tokens)).decrypt(sealed).decode()
        except InvalidToken:
            return None


def _derived(api_key: str, purpose: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(api_key.encode())
