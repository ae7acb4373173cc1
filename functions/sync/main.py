"""The private function that Cloud Scheduler calls: one run of the catalogue sync."""

from __future__ import annotations

from functools import cache

from flask import Request, Response

from tendero.catalog.order import SyncOrder
from tendero.catalog.work import carry_out
from tendero.platform import logs
from tendero.platform.errors import BadRequest
from tendero.platform.incoming import answer, read_json, reply_json
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings


@answer
def sync(request: Request) -> Response:
    """POST, with an optional body {"source", "full", "dry_run"}; answers with the run's figures.

    Without "source" every configured source is synced. With {"source", "ids": [7]} only these products are
    read anew, which is no run; {"source", "continue": 17} goes on with a run whose time was up.
    """
    order = _order(request)
    settings, secrets = _configured()
    return reply_json(*carry_out(order, secrets.resolve(settings), secrets))


@cache
def _configured() -> tuple[Settings, Secrets]:
    settings = Settings.load()
    logs.setup(settings, "sync")
    return settings, Secrets(settings)


def _order(request: Request) -> SyncOrder:
    if request.method != "POST":
        raise BadRequest("Use POST.", status=405)
    # Cloud Scheduler sends no body, and then no JSON content type either.
    sent = request.content_length or "Transfer-Encoding" in request.headers
    return SyncOrder.parse(read_json(request) if sent else {})
