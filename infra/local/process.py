"""One child process of a stack: its command, its log file, its start and its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.identity import Identity
from tendero.platform.errors import TenderoError

# A server that gets its listening socket from its parent finds it as number 3 (systemd's convention, which
# gunicorn follows), with its own process id in LISTEN_PID: known only after the fork.
_HAND_OVER = (
    "import os, sys; number = int(sys.argv[1]);"
    "number != 3 and (os.dup2(number, 3), os.close(number));"
    "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); os.execv(sys.argv[2], sys.argv[2:])"
)
_LOG_LINES_SHOWN = 15


class ProcessDied(TenderoError):
    """A part of the stack ended by itself. The message holds the end of its log."""


@dataclass
class Process:
    """A part of the stack. `listening`, when given, is the socket that it serves."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    folder: Path
    listening: socket.socket | None = None
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self, group: int) -> None:
        """Starts it in this process group, its output going to the end of its log."""
        command: list[str] = list(self.command)
        passed: tuple[int, ...] = ()
        if self.listening is not None:
            passed = (self.listening.fileno(),)
            command = [sys.executable, "-I", "-S", "-c", _HAND_OVER, str(passed[0]), *command]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=passed,
                process_group=group,
            )

    def stop(self, seconds: float = 5.0) -> None:
        """Asks it to end, and after this time makes it. Does nothing when it has ended."""
        if self._running is None:
            return
        if self._running.poll() is None:
            self._running.send_signal(signal.SIGTERM)
            try:
                self._running.wait(seconds)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()
        self._running = None

    def ask_to_stop(self) -> None:
        """Only asks, so that several can end at the same time."""
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGTERM)

    @property
    def identity(self) -> Identity | None:
        if self._running is None or self._running.poll() is not None:
            return None
        return Identity.of(self._running.pid)

    def check(self) -> None:
        """Raises ProcessDied when it has ended."""
        if self._running is not None and self._running.poll() is not None:
            lines = self.log.read_text(errors="replace").strip().splitlines()[-_LOG_LINES_SHOWN:]
            shown = "\n".join(f"  | {line}" for line in lines) or "  | (its log is empty)"
            status = self._running.returncode
            raise ProcessDied(
                f"The {self.name} ended with status {status}. Last lines of {self.log}:\n{shown}"
            )

    def wait_until(self, ready: Callable[[], bool], seconds: float = 30.0) -> None:
        """Waits for it to serve. Raises ProcessDied, also when it does not serve within this time."""
        limit = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > limit:
                raise ProcessDied(f"The {self.name} does not answer after {seconds:.0f} s: see {self.log}")
            time.sleep(0.05)
