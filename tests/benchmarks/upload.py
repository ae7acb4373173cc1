"""Functions as they are deployed: the upload folder, served with nothing but its locked requirements."""

from __future__ import annotations

import compileall
import hashlib
import os
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from infra.build import ROOT, build

KEPT = ROOT / ".tendero" / "benchmarks"
HELLO = "import functions_framework\n\n@functions_framework.http\ndef hello(request):\n    return 'hello'\n"


def upload(function: str) -> tuple[Path, Path]:
    """The Python and the folder of a function."""
    folder = build(function, KEPT / "build")
    # The cloud's build compiles the tree too.
    compileall.compile_dir(folder, quiet=1)
    return python(function), folder


def python(function: str) -> Path:
    """A Python with the function's locked requirements, kept for the next time."""
    locked = ROOT / "functions" / function / "requirements.txt"
    mark = hashlib.sha256(locked.read_bytes()).hexdigest()[:12]
    home = KEPT / f"{function}-{sys.version_info.major}.{sys.version_info.minor}-{mark}"
    inside = home / "bin" / "python"
    if not (home / "ready").exists():
        venv.create(home, with_pip=True)
        subprocess.run([inside, "-m", "pip", "install", "-q", "--require-hashes", "-r", locked], check=True)
        (home / "ready").touch()
    return inside


@contextmanager
def serving(target: str, python: Path, folder: Path, environment: Mapping[str, str]) -> Iterator[int]:
    """The function's port, from the moment its process has begun."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [str(python), "-m", "functions_framework", f"--target={target}"]
    command += [f"--source={folder / 'main.py'}", "--host=127.0.0.1", f"--port={port}"]
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**inherited, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def until_it_listens(port: int) -> None:
    """Waits for a server at this port. Raises SystemExit after a minute."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens at {port}")
