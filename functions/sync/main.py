"""The private function that Cloud Scheduler calls: one run of the catalogue sync."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Request, Response

from tendero.catalog import job
from tendero.catalog.sources import DEFAULT_SOURCE
from tendero.platform import logs
from tendero.platform.errors import BadRequest, DatabaseError, HttpError, SourceError
from tendero.platform.incoming import answer, read_json, reply_json
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

_FIELDS = ("source", "full", "dry_run")


@answer
def sync(request: Request) -> Response:
    """POST, with an optional body {"source", "full", "dry_run"}; answers with the run's figures.

    502 when the shop or the queue fails and 503 when the database does: the scheduler then calls again.
    """
    order = _order(request)
    settings, secrets = _configured()
    try:
        report = job.sync(
            secrets.resolve(settings), secrets, order["source"], full=order["full"], dry_run=order["dry_run"]
        )
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


def _order(request: Request) -> dict[str, Any]:
    if request.method != "POST":
        raise BadRequest("Use POST.", status=405)
    # Cloud Scheduler sends no body, and then no JSON content type either.
    given = read_json(request) if request.content_length or "Transfer-Encoding" in request.headers else {}
    for name in given:
        if name not in _FIELDS:
            raise BadRequest(f"Unknown field {name!r}; accepted: {', '.join(_FIELDS)}.")
    order = {"source": DEFAULT_SOURCE, "full": False, "dry_run": False, **given}
    if not (isinstance(order["source"], str) and {type(order["full"]), type(order["dry_run"])} == {bool}):
        raise BadRequest("`source` is a string; `full` and `dry_run` are true or false.")
    return order
