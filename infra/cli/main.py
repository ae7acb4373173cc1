"""`tendero`: the operator's command. Every error is one clear line on stderr and a non-zero exit status."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from infra.cli import (
    agent,
    ask,
    deploy,
    doctor,
    drop,
    embeddings,
    env,
    eval,
    local,
    memory,
    migrate,
    replay,
    search,
    sync,
    trigger,
)
from infra.cli.console import sentence
from infra.cli.environment import ENV_FILE_VARIABLE, EnvFile
from infra.cli.failure import failure
from infra.cli.interrupted import INTERRUPTED
from tendero.platform import logs

app = typer.Typer(
    name="tendero",
    help="Runs and looks after the assistant behind a shop's chat.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("migrate")(migrate.migrate)
app.command("sync")(sync.sync)
app.command("drop")(drop.drop)
app.command("search")(search.search)
app.command("ask")(ask.ask)
app.command("doctor")(doctor.doctor)
app.command("deploy")(deploy.deploy)
app.command("env")(env.env)
app.command("trigger")(trigger.trigger)
app.command("replay")(replay.replay)
app.add_typer(agent.app, name="agent")
app.add_typer(embeddings.app, name="embeddings")
app.add_typer(eval.app, name="eval")
app.add_typer(local.app, name="local")
app.add_typer(memory.app, name="memory")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"tendero {version('tendero')}")
        raise typer.Exit


@app.callback()
def options(
    env_file: EnvFile = None,
    show_version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit."),
    ] = False,
) -> None:
    if env_file is not None:
        os.environ[ENV_FILE_VARIABLE] = str(env_file)


def run(arguments: Sequence[str]) -> int:
    """Runs one command; its exit status: 1 when it failed, 2 when it was called wrongly."""
    as_json = "--json" in arguments
    logs.silence()
    try:
        status = app(args=list(arguments), prog_name="tendero", standalone_mode=False)
        # Typer gives it, too.
        if status == INTERRUPTED:
            return _tell("Stopped.", status, as_json)
        return status if isinstance(status, int) else 0
    except typer.TyperException as error:
        message = error.format_message()
        if message.startswith("Usage:"):
            # A group of commands called alone: its help, not an error.
            print(message)
            return 0
        return _tell(f"{sentence(message)} See `{_command(arguments)} --help`.", 2, as_json)
    except (KeyboardInterrupt, typer.Abort):
        return _tell("Stopped.", INTERRUPTED, as_json)
    except Exception as error:
        return _tell(failure(error), 1, as_json)


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def _tell(message: str, status: int, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"error": message}, ensure_ascii=False))
    else:
        print(f"tendero: {message}", file=sys.stderr)
    return status


def _command(arguments: Sequence[str]) -> str:
    words = [each for each in arguments[:2] if not each.startswith("-")]
    known = words[:2] if words and words[0] in _GROUPS else words[:1]
    return " ".join(["tendero", *known]) if known and known[0] in _NAMES else "tendero"


_GROUPS = ("agent", "embeddings", "eval", "local", "memory")
_NAMES = (
    *("migrate", "sync", "search", "ask", "doctor", "deploy", "env", "drop", "trigger", "replay"),
    *_GROUPS,
)
