"""The command `gcloud`, with which everything in the cloud is read and changed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

from infra.build import ROOT
from tendero.platform.errors import TenderoError

_MOST_LINES = 3


class GcloudError(TenderoError):
    """`gcloud` is not there, or failed; the message holds what it said."""


def installed() -> str | None:
    """Where `gcloud` is; None when it is not on the path."""
    return shutil.which("gcloud")


def read(*arguments: str) -> Any:
    """What a command that changes nothing answers, from its JSON. Raises GcloudError."""
    done = _run([*arguments, "--format=json", "--quiet"], subprocess.PIPE)
    try:
        return json.loads(done.stdout or "null")
    except ValueError as error:
        raise GcloudError(f"gcloud {' '.join(arguments)} answered no JSON: {done.stdout[:200]}") from error


def run(arguments: tuple[str, ...]) -> str:
    """Runs a command and gives what it printed; its progress goes to stderr. Raises GcloudError."""
    return _run([*arguments], None).stdout.strip()


def _run(arguments: list[str], stderr: int | None) -> subprocess.CompletedProcess[str]:
    executable = installed()
    if executable is None:
        raise GcloudError("gcloud is not on the path: install it from https://cloud.google.com/sdk.")
    # The commands name the upload folders from the repository's root.
    done = subprocess.run(
        [executable, *arguments], stdout=subprocess.PIPE, stderr=stderr, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        said = _reason(done.stderr) if stderr else f"exit status {done.returncode}"
        raise GcloudError(f"gcloud {' '.join(arguments[:3])} failed: {said}")
    return done


def _reason(text: str) -> str:
    """What gcloud said, without its own prefix and in one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = next((number for number, line in enumerate(lines) if line.startswith("ERROR:")), 0)
    said = " ".join(lines[first : first + _MOST_LINES])
    return re.sub(r"^ERROR: (\(gcloud[^)]*\) )?", "", said) or "without a word"
