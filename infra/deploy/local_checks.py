"""What can be checked on this machine: the settings, and the upload folders."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from infra import build
from infra.cli.checks.check import Check, fail, ok, warn
from infra.deploy import folders
from infra.deploy.folders import Interpreter
from infra.deploy.schedule import cron
from infra.deploy.shape import Function, shape
from infra.deploy.target import Target
from tendero.platform.errors import TenderoError

# The first generation's limit; the second generation documents none.
# Source: https://cloud.google.com/functions/quotas ("Max deployment size").
_USUAL_MEGABYTES = 100
_SECURE = ("require", "verify-full")


def local_checks(target: Target, *, quick: bool) -> Iterator[Check]:
    """`quick` imports with the packages of this virtual environment instead of a fresh installation.

    Raises SettingsError for what nothing can be deployed with.
    """
    yield from settings(target)
    python = folders.interpreter(target.python)
    if not python.is_the_target:
        yield warn(
            "python",
            f"{target.python} is not on this machine: {python.version} imports the folders instead",
            "Install that version, or deploy another with --runtime.",
        )
    for function in shape().functions:
        yield _folder(function, python, quick=quick)


def settings(target: Target) -> Iterator[Check]:
    """What the functions will be told. Raises SettingsError."""
    minutes = target.settings.sync_interval_minutes
    yield ok("sources", ", ".join(target.sources))
    yield ok("schedule", f"a sync every {minutes} minutes ({cron(minutes)}, UTC)")
    yield ok("secrets", f"to be read from Secret Manager: {', '.join(target.secrets)}")
    unlisted = [name for name in target.secrets if name not in target.settings.secret_names]
    if target.settings.secret_names and unlisted:
        yield warn(
            "secrets",
            f"not in SECRET_NAMES: {', '.join(unlisted)}; the functions read them, commands here do not",
            "Add them to SECRET_NAMES.",
        )
    yield _database(target)
    yield from _time_limits(target)
    if "OPENAI_API_KEY" not in target.settings.secret_names and not target.settings.openai_api_key:
        yield ok("model", "none: OPENAI_API_KEY is not among SECRET_NAMES, so templates answer")


def _database(target: Target) -> Check:
    if target.instance_path:
        login = "as themselves (IAM)" if target.iam_login else "with the secret DB_PASSWORD"
        how = f"{target.settings.cloud_sql_instance}, through the connector (TLS), logging in {login}"
        return ok("database", how)
    if not target.settings.db_host:
        return ok("database", "the secret DATABASE_URL; let it end in ?sslmode=verify-full or require")
    if target.settings.db_sslmode not in _SECURE:
        return fail(
            "database",
            f"DB_SSLMODE={target.settings.db_sslmode} lets passwords travel unencrypted",
            "Set DB_SSLMODE=verify-full (or require), or CLOUD_SQL_INSTANCE.",
        )
    return ok("database", f"{target.settings.db_host}, sslmode {target.settings.db_sslmode}")


def _time_limits(target: Target) -> Iterator[Check]:
    function = next(each for each in shape().functions if each.name == "sync")
    limit = target.settings.sync_time_limit_seconds
    if limit > function.timeout_seconds - target.settings.woocommerce_timeout_seconds:
        yield fail(
            "settings",
            f"SYNC_TIME_LIMIT_SECONDS={limit:g} leaves a page no time before the function ends"
            f" after {function.timeout_seconds} s",
            "Set it to 1500 or less.",
        )


def _folder(function: Function, python: Interpreter, *, quick: bool) -> Check:
    name = f"build/{function.source}"
    try:
        folder = build.build(function.source)
        inside = sys.executable if quick else folders.environment(folder, python)
        folders.imports(folder, function.name, inside)
    except (build.BuildError, TenderoError) as error:
        return fail(name, str(error), "Mend it, then run the check again.")
    megabytes = folders.uploaded_bytes(folder) / 1e6
    seen = f"{megabytes:.1f} MB to upload; `{function.name}` imports with Python {python.version}"
    how = "the packages of this virtual environment" if quick else "its locked requirements alone"
    if megabytes > _USUAL_MEGABYTES:
        return warn(name, seen, "Look for files that do not belong there: it makes starts slow.")
    return ok(name, f"{seen} and {how}")
