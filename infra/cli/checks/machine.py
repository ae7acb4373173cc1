"""This machine: its Python and the file with the settings."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import fields
from difflib import get_close_matches

from infra.cli.checks.check import Check, fail, ok, warn
from infra.cli.environment import Environment, file_variables
from tendero.platform.settings import Settings

# OPENAI_KEY counts as a slip for OPENAI_API_KEY; the variables of other programs do not.
_ALIKE = 0.75
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


def misspelt(found: Environment) -> Iterator[Check]:
    """A warning for each name in the file that nothing reads and that looks like a setting's."""
    known = [name for each in fields(Settings) for name in (each.name.upper(), *each.metadata["also"])]
    for name in file_variables(found.file) if found.file else ():
        alike = get_close_matches(name.upper(), known, n=2, cutoff=_ALIKE)
        if name not in known and alike:
            yield warn(
                "settings", f"{found.file}: nothing reads {name}", f"Did you mean {' or '.join(alike)}?"
            )
