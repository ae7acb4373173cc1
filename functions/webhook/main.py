"""The public function: chat platforms call it."""

from __future__ import annotations

import os
import threading
from functools import cache

from flask import Request, Response

from tendero.channels.webhook import Webhook
from tendero.platform import logs
from tendero.platform.incoming import answer
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

# functions-framework would take four requests per core at a time, and slow turns would hold up the others.
os.environ.setdefault("THREADS", "80")

_lock = threading.Lock()


@answer
def webhook(request: Request) -> Response:
    """Answers one request."""
    with _lock:
        door = _door()
    return door(request)


@cache
def _door() -> Webhook:
    settings = Settings.load()
    logs.setup(settings, "application")
    return Webhook(settings, Secrets(settings))
