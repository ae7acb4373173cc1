"""The sync of an Odoo catalogue as a call for other programs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any

from tendero.catalog import job
from tendero.platform import logs
from tendero.platform.connect import database
from tendero.platform.errors import TenderoError
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.sql import load

_SQL = load(__file__)
_log = logs.logger("engine")
_SOURCE = "odoo"


class ProductsSyncEngine:
    """Brings the database up to what Odoo sells, as the environment's variables say.

    `use_test_odoo` beats USE_TEST_ODOO. FORCE_FULL_SYNC and TEST_CONNECTIONS_ONLY are obeyed.
    """

    def __init__(self, use_test_odoo: bool | None = None) -> None:
        self._use_test_odoo = use_test_odoo

    def run_sync(self) -> dict[str, Any]:
        """One run: {"success", "products_processed", "products_inserted", "products_updated",
        "products_deactivated", "embeddings_generated", "duration_seconds", "errors", "error"}.

        `errors` are sentences about all that went wrong; `error` is the one that ended the run, None after a
        success. Never raises; the figures of a run that failed are those of what it had done.
        """
        began = time.monotonic()
        settings: Settings | None = None
        try:
            settings, secrets = self._configured()
            report = job.sync(settings, secrets, _SOURCE)
        except Exception as error:
            reason = str(error)
            if not isinstance(error, TenderoError):
                reason = f"{type(error).__name__}: {error}"
                _log.exception("the sync engine failed")
            seconds = time.monotonic() - began
            done = _interrupted(settings, seconds) if settings is not None else {}
            return _result(done, done.get("errors") or [reason], seconds, reason)
        return _result(report.as_dict(), report.errors, report.duration_seconds, None)

    def _configured(self) -> tuple[Settings, Secrets]:
        settings = Settings.load()
        if self._use_test_odoo is not None:
            settings = replace(settings, use_test_odoo=self._use_test_odoo)
        secrets = Secrets(settings)
        return secrets.resolve(settings), secrets


def _interrupted(settings: Settings, seconds: float) -> Mapping[str, Any]:
    """What is recorded of a run that failed within so many seconds; nothing when it never came so far."""
    if settings.test_connections_only:
        return {}
    with suppress(TenderoError), closing(database(settings, size=1)) as pool:
        for row in pool.fetch(_SQL["run_since"], source=_SOURCE, seconds=seconds + 1):
            return row
    return {}


def _result(
    figures: Mapping[str, Any], errors: Sequence[str], seconds: float, error: str | None
) -> dict[str, Any]:
    return {
        "success": error is None,
        "products_processed": figures.get("processed", 0),
        "products_inserted": figures.get("inserted", 0),
        "products_updated": figures.get("updated", 0),
        "products_deactivated": figures.get("deactivated", 0),
        "embeddings_generated": figures.get("embeddings", 0),
        "duration_seconds": round(seconds, 3),
        "errors": list(errors),
        "error": error,
    }
