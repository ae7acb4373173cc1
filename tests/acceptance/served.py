"""A function under functions-framework, in a process of its own as in the cloud."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.build import SOURCES
from infra.local import ports
from infra.local.process import Process

ROOT = Path(__file__).resolve().parents[2]
# Whatever the tester's own environment holds must not reach the function.
_CLEAN = {"ENVIRONMENT": "local_machine", "OPENAI_API_KEY": "", "GCP_PROJECT_ID": "", "DEBUG": "false"}


@dataclass
class Served:
    """The running function: its address, its process and what it has logged so far."""

    url: str
    process: Process

    @property
    def log(self) -> str:
        return self.process.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def served(function: str, folder: Path, **environment: str) -> Iterator[Served]:
    """Starts a function from its source with these variables; `folder` takes its log. In the value of
    a variable `{url}` stands for the function's own address."""
    listening = ports.listen(None)
    port = int(listening.getsockname()[1])
    url = f"http://{ports.HOST}:{port}"
    environment = {name: value.replace("{url}", url) for name, value in environment.items()}
    process = Process(
        f"function {function}",
        _command(function),
        {**_CLEAN, **environment},
        folder / f"{function}.log",
        ROOT,
        listening,
    )
    process.start(group=0)
    # From now on only the function holds the socket: when it has gone, nobody takes connections.
    listening.close()
    try:
        yield Served(url, process)
    finally:
        process.stop(seconds=20)


def _command(function: str) -> list[str]:
    source = ROOT / "functions" / SOURCES[function] / "main.py"
    return [sys.executable, "-m", "functions_framework", f"--target={function}", f"--source={source}"]


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind((ports.HOST, 0))
        listening.listen(512)
        yield int(listening.getsockname()[1])
