"""The upload folders, looked at as the cloud's own build will look at them."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from infra.build import ROOT
from tendero.platform.errors import TenderoError

KEPT = ROOT / ".tendero" / "deploy"

# Everything is compiled, as the build does; then the entry point is asked of main.py.
# Source: GoogleCloudPlatform/buildpacks, cmd/python/functions_framework.
_IMPORT = """
import pathlib, sys
folder, entry = sys.argv[1:]
for file in sorted(pathlib.Path(folder).rglob("*.py")):
    compile(file.read_bytes(), str(file), "exec")
sys.path.insert(0, folder)
import main, tendero
if not pathlib.Path(tendero.__file__).is_relative_to(folder):
    sys.exit(f"the library was taken from {tendero.__file__}, not from the upload folder")
if not callable(getattr(main, entry, None)):
    sys.exit(f"main.py has no function {entry}")
"""


class FolderError(TenderoError):
    """An upload folder would not work in the cloud."""


@dataclass(frozen=True)
class Interpreter:
    """A Python, and whether it is the version that the functions will run on."""

    path: str
    version: str
    is_the_target: bool


def interpreter(runtime: str) -> Interpreter:
    """The Python of a runtime such as `python312`, or else the one that runs this."""
    wanted = f"{runtime[6:7]}.{runtime[7:]}"
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [sys.executable] if own == wanted else [shutil.which(f"python{wanted}")]
    for path in filter(None, candidates):
        # A launcher may be on the path without the version that it launches.
        if _succeeds([path, "-c", ""]):
            return Interpreter(path, wanted, True)
    return Interpreter(sys.executable, own, False)


def environment(folder: Path, python: Interpreter, kept: Path = KEPT) -> str:
    """The Python of a virtual environment with nothing but the folder's locked requirements in it, kept for
    the next time. Raises FolderError when they cannot be installed."""
    requirements = folder / "requirements.txt"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    place = kept / f"{folder.name}-{python.version}-{digest}"
    inside = place / "bin" / "python"
    if (place / "complete").is_file():
        return str(inside)
    shutil.rmtree(place, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "--python", str(inside)]
    _do([python.path, "-m", "venv", "--without-pip", str(place)])
    _do([*pip, "install", "--quiet", "--no-compile", "--require-hashes", "-r", str(requirements)])
    # The build fails on what `pip check` finds.
    _do([*pip, "check"])
    (place / "complete").touch()
    return str(inside)


def imports(folder: Path, entry_point: str, python: str) -> None:
    """Compiles the folder and imports its main.py in a process that sees nothing of this repository.

    Raises FolderError.
    """
    # Isolated: neither PYTHONPATH nor the user's own packages help it along.
    _do([python, "-I", "-B", "-c", _IMPORT, str(folder), entry_point], folder)


def uploaded_bytes(folder: Path) -> int:
    """The size of the folder as it is sent, compressed."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(folder, arcname=".")
    return packed.tell()


def _do(command: list[str], folder: Path | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise FolderError(lines[-1] if lines else f"exit status {done.returncode}")


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
