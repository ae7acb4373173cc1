"""This machine: its Python and the file with the settings."""

from __future__ import annotations

import platform
import sys

from infra.cli.checks.check import Check, fail, ok, warn
from infra.cli.environment import Environment

_OLDEST, _NEWEST = (3, 11), (3, 13)


def python() -> Check:
    version = platform.python_version()
    if _OLDEST <= sys.version_info[:2] <= _NEWEST:
        return ok("python", version)
    return fail(
        "python", f"{version} is not supported", "Use Python 3.11, 3.12 or 3.13: make PYTHON=python3.12"
    )


def settings_file(found: Environment) -> Check:
    if found.stack is not None:
        return ok("settings", f"{found.file or 'no .env'}; the local stack in {found.stack.folder}")
    if found.file is None:
        return warn(
            "settings", "no .env here: the environment's variables only", "Copy .env.example to .env."
        )
    return ok("settings", str(found.file))
