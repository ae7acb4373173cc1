"""What the operator's command works against: `.env`, the environment, or a local stack that is up."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from infra.local.state import State
from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings

# The variable carries the option from before the command's name (`tendero --env-file F sync`) to the command.
ENV_FILE_VARIABLE = "TENDERO_ENV_FILE"
EnvFile = Annotated[
    Path | None,
    typer.Option("--env-file", help="Read this file instead of .env.", envvar=ENV_FILE_VARIABLE),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]

_DATABASE = ("DATABASE_URL", "DB_HOST", "DATABASE_HOST", "CLOUD_SQL_INSTANCE")


@dataclass(frozen=True)
class Environment:
    """The variables in force, where `.env` was read from, and the local stack that fills the gaps."""

    variables: Mapping[str, str]
    file: Path | None
    stack: State | None = None

    def settings(self) -> Settings:
        """Raises SettingsError."""
        return Settings.load(self.variables)


def user_variables(env_file: Path | None) -> tuple[dict[str, str], Path | None]:
    """The variables of `.env` (or of `env_file`) under those of the process, and the file that was read.

    Raises SettingsError when the file cannot be read.
    """
    file = env_file or Path(".env")
    if not file.is_file():
        if file != Path(".env"):
            raise SettingsError(f"There is no file {file}.")
        return dict(os.environ), None
    return {**file_variables(file), **os.environ}, file


def environment(env_file: Path | None = None) -> Environment:
    """What the user set; where that names no database, over the newest local stack of this folder."""
    own, file = user_variables(env_file)
    if database_variable(own):
        return Environment(own, file)
    running = State.running()
    if not running:
        return Environment(own, file)
    stack = running[0]
    # An empty line in .env is a gap to fill, not a wish.
    chosen = {name: value for name, value in own.items() if value.strip() or name not in stack.environment}
    return Environment({**stack.environment, **chosen}, file, stack)


def connected(env_file: Path | None) -> Environment:
    """`environment` for a command that needs a database. Raises SettingsError when none is named."""
    found = environment(env_file)
    if not database_variable(found.variables):
        place = found.file or ".env"
        raise SettingsError(
            f"No database is set: write DATABASE_URL into {place}, or start a local one with"
            " `tendero local up --detach`."
        )
    if found.stack is not None:
        print(f"Using the local stack in {_shown(found.stack.folder)}.", file=sys.stderr)
    return found


def database_variable(variables: Mapping[str, str]) -> str:
    """The variable that says which database is meant; empty where none does."""
    return next((name for name in _DATABASE if variables.get(name, "").strip()), "")


def file_variables(file: Path) -> dict[str, str]:
    """The variables in one file. Raises SettingsError naming the line that is none."""
    from dotenv.parser import parse_stream

    values: dict[str, str] = {}
    try:
        with file.open(encoding="utf-8-sig") as stream:
            for binding in parse_stream(stream):
                if binding.error:
                    line = binding.original.line
                    raise SettingsError(f"{file}, line {line}: write NAME=value; text after # is a comment.")
                if binding.key is not None:
                    values[binding.key] = binding.value or ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}.") from error
    return values


def _shown(folder: Path) -> str:
    return os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)
