"""The private function that Cloud Scheduler calls: one run of the catalogue sync."""

from __future__ import annotations

from functools import cache

from flask import Request, Response

from tendero.catalog import job
from tendero.catalog.order import SyncOrder
from tendero.catalog.report import SyncReport
from tendero.platform import logs
from tendero.platform.errors import BadRequest, DatabaseError, HttpError, SourceError
from tendero.platform.incoming import answer, read_json, reply_json
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings


@answer
def sync(request: Request) -> Response:
    """POST, with an optional body {"source", "full", "dry_run"}; answers with the run's figures.

    With {"source", "ids": [7]} only these products are read anew, which is no run.

    502 when the shop or the queue fails and 503 when the database does: the scheduler then calls again.
    """
    order = _order(request)
    settings, secrets = _configured()
    try:
        report = _run(order, secrets.resolve(settings), secrets)
    except (SourceError, HttpError):
        return reply_json({"error": "The shop or the queue failed; sync_runs and the log say how."}, 502)
    except DatabaseError:
        logs.logger("sync").exception("the database failed")
        return reply_json({"error": "The database failed; the log says how."}, 503)
    return reply_json(report.as_dict())


@cache
def _configured() -> tuple[Settings, Secrets]:
    settings = Settings.load()
    logs.setup(settings, "sync")
    return settings, Secrets(settings)


def _run(order: SyncOrder, settings: Settings, secrets: Secrets) -> SyncReport:
    if order.ids:
        return job.sync_only(settings, secrets, order.source, order.ids)
    return job.sync(settings, secrets, order.source, full=order.full, dry_run=order.dry_run)


def _order(request: Request) -> SyncOrder:
    if request.method != "POST":
        raise BadRequest("Use POST.", status=405)
    # Cloud Scheduler sends no body, and then no JSON content type either.
    sent = request.content_length or "Transfer-Encoding" in request.headers
    return SyncOrder.parse(read_json(request) if sent else {})
