"""`tendero doctor`: checks everything that an answer depends on, one line each, with the fix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import typer

from infra.cli.checks.check import Check, Level, fail
from infra.cli.console import console, sentence
from infra.cli.environment import EnvFile, Environment, Json, environment
from tendero.platform.errors import TenderoError

_STYLES = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


def doctor(as_json: Json = False, env_file: EnvFile = None) -> None:
    """Check all that an answer depends on, chat platforms included; exit status 1 when something fails."""
    found = environment(env_file)
    seen = []
    for check in _checks(found):
        seen.append(check)
        if not as_json:
            _show(check)
    if as_json:
        print(json.dumps([asdict(check) for check in seen], ensure_ascii=False, indent=2))
    if any(check.level is Level.FAIL for check in seen):
        raise typer.Exit(1)


def _checks(found: Environment) -> Iterator[Check]:
    from infra.cli.checks import catalogues, channels, database, machine, services
    from tendero.catalog import job
    from tendero.platform.secrets import Secrets

    yield machine.python()
    yield machine.settings_file(found)
    yield from machine.misspelt(found)
    try:
        given = found.settings()
        secrets = Secrets(given)
        settings = secrets.resolve(given)
        models = job.models(settings, secrets)
    except TenderoError as error:
        yield fail("settings", str(error), "`tendero env` writes every setting's meaning into .env.example.")
        return
    yield from database.database_checks(settings, models, catalogues.names(settings))
    yield from catalogues.checks(settings)
    yield services.queue(settings)
    yield services.model(settings)
    yield services.callers(settings)
    yield from channels.checks(settings)


def _show(check: Check) -> None:
    from rich.text import Text

    line = Text(f"{check.level:<4}", style=_STYLES[check.level])
    line.append(f"  {check.name:<10}  {sentence(check.seen)}", style="default")
    if check.fix:
        line.append(f" {check.fix}", style="bold")
    console().print(line)
