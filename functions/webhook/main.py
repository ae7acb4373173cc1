"""Two functions: chat platforms call the public `webhook`, the queue calls the private `reply`."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cache

from flask import Request, Response

from tendero.platform import logs
from tendero.platform.incoming import answer
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

# functions-framework would take four requests per core at a time, and slow turns would hold up the others.
os.environ.setdefault("THREADS", "80")

_lock = threading.Lock()


@answer
def webhook(request: Request) -> Response:
    """Answers one request of a chat platform, a shop or a monitor."""
    with _lock:
        door = _door()
    return door(request)


@answer
def reply(request: Request) -> Response:
    """Works off one task: an event of a chat platform, or a look for what was left."""
    with _lock:
        worker = _worker()
    return worker(request)


@cache
def _door() -> Callable[[Request], Response]:
    from tendero.channels.webhook import Webhook

    settings = _settings()
    return Webhook(settings, Secrets(settings))


@cache
def _worker() -> Callable[[Request], Response]:
    from tendero.channels.worker import ReplyWorker

    settings = _settings()
    return ReplyWorker(settings, Secrets(settings))


def _settings() -> Settings:
    settings = Settings.load()
    logs.setup(settings, "application")
    return settings
