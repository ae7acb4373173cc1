"""Ends a stack whose supervisor is gone, however it went: `python -m infra.local.guard POSTGRES_FOLDER`.

The supervisor holds the other end of this process's standard input and starts its children in this process's
group. When the input ends, the supervisor has ended or was killed: the guard ends the whole group, then the
PostgreSQL, which lives in a session of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO, cast

import psutil

_GRACE_SECONDS = 4.0


class Guard:
    """The supervisor's view: start it first, and give `group` to every child's Popen."""

    def __init__(self, postgres: Path, log: BinaryIO) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.guard", str(postgres)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            process_group=0,
        )
        self.group = self._process.pid

    def release(self) -> None:
        """Everything has been stopped in order; the guard ends what is left, then itself."""
        cast(BinaryIO, self._process.stdin).close()
        self._process.wait()


def main(postgres: Path) -> None:
    """Waits for the end of standard input, then ends everything."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while sys.stdin.buffer.read(1):
        pass
    _end_group()
    _end_postgres(postgres)


def _end_group() -> None:
    if not _members():
        return
    os.killpg(os.getpgrp(), signal.SIGTERM)
    limit = time.monotonic() + _GRACE_SECONDS
    while _members() and time.monotonic() < limit:
        time.sleep(0.05)
    for member in _members():
        member.kill()


def _members() -> list[psutil.Process]:
    own, group = os.getpid(), os.getpgrp()
    members = []
    for process in psutil.process_iter():
        try:
            if process.pid == own or os.getpgid(process.pid) != group:
                continue
            if process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
        except (ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            continue
    return members


def _end_postgres(folder: Path) -> None:
    server = postmaster(folder)
    if server is None:
        return
    # SIGINT is PostgreSQL's fast shutdown: sessions end, data are safe.
    server.send_signal(signal.SIGINT)
    _, alive = psutil.wait_procs([server], timeout=10)
    for process in alive:
        process.kill()


def postmaster(folder: Path) -> psutil.Process | None:
    """The PostgreSQL that serves this data folder, checked by its command line."""
    try:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
        return process if str(folder) in process.cmdline() else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
