"""What the function `sync` does with an order, and what it answers."""

from __future__ import annotations

from typing import Any

from tendero.catalog import job
from tendero.catalog.order import SyncOrder
from tendero.catalog.sources import configured
from tendero.platform import logs
from tendero.platform.deadline import Deadline
from tendero.platform.errors import (
    DatabaseError,
    HttpError,
    SettingsError,
    SourceError,
    SyncUnderWay,
    TaskError,
)
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

_log = logs.logger("sync")


def carry_out(order: SyncOrder, settings: Settings, secrets: Secrets) -> tuple[dict[str, Any], int]:
    """The answer and its HTTP status: a run's figures; those of several sources under `sources`.

    `settings` have their secrets filled in. 409 while another run of the source is under way, 502 when the
    shop or the queue fails, 503 when the database does: whoever called may call again. The failure of one
    source does not keep the others from being synced. Raises BadRequest, SettingsError.
    """
    until = Deadline(settings.sync_time_limit_seconds)
    names = (order.source,) if order.source else configured(settings)
    done = [_one(order, name, settings, secrets, until) for name in names]
    if len(done) == 1:
        return done[0]
    status = max(status for _, status in done)
    return {"success": status == 200, "sources": [body for body, _ in done]}, status


def _one(
    order: SyncOrder, source: str, settings: Settings, secrets: Secrets, until: Deadline
) -> tuple[dict[str, Any], int]:
    try:
        if order.ids:
            report = job.sync_only(settings, secrets, source, order.ids)
        elif order.continues and not job.waits(settings, source, order.continues):
            return {"source": source, "error": f"Run {order.continues} does not wait to be continued."}, 200
        else:
            report = job.sync(settings, secrets, source, full=order.full, dry_run=order.dry_run, until=until)
    except SyncUnderWay as error:
        return {"source": source, "error": str(error)}, 409
    except (SourceError, HttpError, TaskError):
        # Not in the shop's own words, which may hold addresses and the names of keys.
        _log.warning("a sync failed", source=source, exc_info=True)
        said = "The shop or the queue failed; sync_runs and the log say how."
        return {"source": source, "error": said}, 502
    except SettingsError:
        _log.exception("a source's settings cannot be used", source=source)
        return {"source": source, "error": "A setting is missing or wrong; the log says which."}, 500
    except DatabaseError:
        _log.exception("the database failed", source=source)
        return {"source": source, "error": "The database failed; the log says how."}, 503
    return report.as_dict(), 200
