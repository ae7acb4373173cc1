"""Builds the upload folder of each function: `python -m infra.build [FUNCTION …]`.

An upload folder is what a deploy sends: `main.py`, the locked `requirements.txt`, and a copy of the library.
The same sources give the same bytes. Only files that differ are written, so a build beside a running
function, or beside another build, disturbs neither.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Each function, and the upload folder that it is deployed from.
SOURCES = {"webhook": "webhook", "reply": "webhook", "sync": "sync", "embed": "embed"}
FUNCTIONS = tuple(dict.fromkeys(SOURCES.values()))
LIBRARY = ROOT / "shared" / "tendero"
FOLDER = ROOT / "build"

_LEFT_OUT = frozenset({"__pycache__", "tests"})


class BuildError(Exception):
    """A source file of an upload folder is missing."""


def build(function: str, folder: Path = FOLDER) -> Path:
    """Brings `folder/<function>` in line with the sources and gives its path. Raises BuildError."""
    target = folder / function
    wanted = _sources(function)
    for name, source in wanted.items():
        _write(target / name, source.read_bytes())
    _remove_others(target, set(wanted))
    return target


def _sources(function: str) -> dict[str, Path]:
    source = ROOT / "functions" / function
    files = {name: source / name for name in ("main.py", "requirements.txt")}
    for path in files.values():
        if not path.is_file():
            raise BuildError(f"{path.relative_to(ROOT)} is missing: `make lock` writes the requirements.")
    for path in _files(LIBRARY):
        files[f"tendero/{path.relative_to(LIBRARY).as_posix()}"] = path
    return files


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _LEFT_OUT or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.suffix != ".pyc":
            yield path


def _write(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Renamed into place: a function that starts at this moment never reads half a file.
    number, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(number, "wb") as file:
        file.write(content)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def _remove_others(target: Path, wanted: set[str]) -> None:
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(target).as_posix() not in wanted and not path.name.startswith(".writing-"):
            path.unlink(missing_ok=True)


def main(names: list[str]) -> int:
    """Builds the named functions, or all; the exit status."""
    unknown = sorted(set(names) - set(FUNCTIONS))
    if unknown:
        print(f"No function {', '.join(unknown)}; there are {', '.join(FUNCTIONS)}.", file=sys.stderr)
        return 2
    try:
        for function in names or FUNCTIONS:
            target = build(function)
            size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
            print(f"{target.relative_to(ROOT)}  {size / 1024:.0f} KB")
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
