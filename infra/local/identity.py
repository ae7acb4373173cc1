"""Which process a number means: its id together with the moment it began, since ids are used again."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Identity:
    """One process of this machine. `created` is in seconds since 1970."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> Identity:
        """Raises psutil.NoSuchProcess."""
        return cls(pid, psutil.Process(pid).create_time())

    @classmethod
    def own(cls) -> Identity:
        return cls.of(os.getpid())

    @property
    def alive(self) -> bool:
        return self._process() is not None

    def send(self, number: signal.Signals) -> None:
        """Signals it, and nobody who has taken over its id."""
        process = self._process()
        if process is not None:
            try:
                process.send_signal(number)
            except psutil.NoSuchProcess:
                return

    def wait(self, seconds: float) -> bool:
        """Whether it ended within this time."""
        process = self._process()
        if process is None:
            return True
        _, alive = psutil.wait_procs([process], timeout=seconds)
        return not alive or not self.alive

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            # The moment is reckoned from the boot time, which moves a little when the clock is set.
            same = abs(process.create_time() - self.created) < 2
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None
