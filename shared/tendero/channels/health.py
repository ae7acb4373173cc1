"""Whether the shop can be answered for: what a monitor asks every minute, without any internals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tendero import __version__
from tendero.assistant.background import Task
from tendero.channels import registry
from tendero.channels.parts import Parts
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseUnavailable, DeadlineExceeded, SchemaMissing, SettingsError
from tendero.platform.logs import logger
from tendero.platform.settings import Settings
from tendero.platform.sql import load

_SQL = load(__file__)
_log = logger("health")
_CHECK_SECONDS = 1.0
# At a cold start the libraries are loaded, and secrets fetched, before anything can be checked.
_BUILD_SECONDS = 4.0
# A catalogue is stale when this many syncs in a row have not succeeded.
_MISSED_SYNCS = 4
_REASONS: dict[type[Exception], str] = {
    SettingsError: "not configured",
    SchemaMissing: "schema missing",
    DatabaseUnavailable: "unreachable",
    DeadlineExceeded: "slow",
}


def health(parts: Callable[[], Parts]) -> dict[str, Any]:
    """`status` is `ok`, `degraded` (an empty or stale catalogue, a channel half set up) or `down`, beside one
    entry per check."""
    checks: dict[str, dict[str, Any]] = {}
    try:
        built = Task("The parts", parts).result(Deadline(_BUILD_SECONDS))
        checks["model"] = {"status": "configured" if built.settings.openai_api_key else "off"}
        checks["channels"] = _channels(built.settings)
        checks["catalogue"] = _catalogue(built)
        checks["database"] = {"status": "ok"}
    except Exception as error:
        _log.exception("health check failed")
        checks["database"] = {"status": "down", "reason": _REASONS.get(type(error), "failed")}
    states = {check["status"] for check in checks.values()}
    status = next((each for each in ("down", "degraded") if each in states), "ok")
    return {"status": status, "checks": checks, "version": __version__}


def _channels(settings: Settings) -> dict[str, Any]:
    """Which are answered, and which the shop has begun to set up and not finished."""
    wanted = registry.wanted(settings)
    unfinished = [name for name in wanted if registry.lacking(name, settings)]
    answered = ["dialogflow", *(name for name in wanted if name not in unfinished)]
    found: dict[str, Any] = {"status": "degraded" if unfinished else "ok", "configured": answered}
    return {**found, "unfinished": unfinished} if unfinished else found


def _catalogue(parts: Parts) -> dict[str, Any]:
    deadline = Deadline(_CHECK_SECONDS)
    rows = Task(
        "The catalogue's check", lambda: parts.database.fetch(_SQL["catalogue"], deadline=deadline)
    ).result(deadline)
    products, age = rows[0]["products"], rows[0]["age"]
    stale = age is None or age > parts.settings.sync_interval_minutes * 60 * _MISSED_SYNCS
    return {
        "status": "degraded" if stale or not products else "ok",
        "products": products,
        "last_sync_age_seconds": age,
    }
