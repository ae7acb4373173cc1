"""Locks the dependencies: `python -m infra.lock`, or `make lock` (`ARGS=--upgrade` takes newer versions).

Writes requirements-dev.txt from pyproject.toml, then each function's requirements.txt with the same versions:
what the tests ran with is what is deployed. What the search is compared with in a benchmark has a lock of its
own. Hashes, but no index address: any mirror will do.
"""

from __future__ import annotations

import subprocess
import sys

from infra.build import FUNCTIONS, ROOT

_BENCHMARKS = "tests/benchmarks"
_OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--quiet",
)


def main(arguments: list[str]) -> int:
    """Locks everything; the exit status of the first command that failed, else 0."""
    status = _lock(["pyproject.toml", "--extra=dev"], "requirements-dev.txt", arguments)
    for function in FUNCTIONS:
        if status:
            break
        output = f"functions/{function}/requirements.txt"
        options = ["--constraint=requirements-dev.txt", "--no-annotate", *arguments]
        status = _lock(["pyproject.toml", f"--extra={function}"], output, options)
    return status or _lock([f"{_BENCHMARKS}/requirements.in"], f"{_BENCHMARKS}/requirements.txt", arguments)


def _lock(source: list[str], output: str, options: list[str]) -> int:
    command = ["uv", "pip", "compile", *source, f"--output-file={output}"]
    done = subprocess.run([sys.executable, "-m", *command, *_OPTIONS, *options], cwd=ROOT, check=False)
    if done.returncode == 0:
        print(output)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
