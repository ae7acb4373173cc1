"""Watches what triggered messages are answered."""

from __future__ import annotations

import time

from tendero.platform.connect import database
from tendero.platform.database import Row
from tendero.platform.settings import Settings
from tendero.platform.sql import load

_SQL = load(__file__)
_POLL_SECONDS = 0.1


class Watch:
    """Begins with what has been said so far in the conversations of one channel."""

    def __init__(self, settings: Settings, channel: str) -> None:
        self._pool = database(settings, size=1)
        self._channel = channel
        self._before = self._pool.fetch(_SQL["newest"])[0]

    def tell(self, seconds: float) -> None:
        """Prints the answers until all are out, at most for this long."""
        end, told = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            answers = self._answers()
            done = [each for each in answers if each["failed"] or each["sent"] == each["calls"]]
            for answer in done[told:]:
                _print(answer)
            told = len(done)
            if told and told == len(answers) and not self._waiting():
                break
            time.sleep(_POLL_SECONDS)
        else:
            print(f"\nNothing more within {seconds:g} s." if told else f"\nNo answer within {seconds:g} s.")
        self._pool.close()

    def _answers(self) -> list[Row]:
        return self._pool.fetch(
            _SQL["answered"],
            after=self._before["message"],
            inbox_after=self._before["inbox"],
            channel=self._channel,
        )

    def _waiting(self) -> int:
        rows = self._pool.fetch(_SQL["waiting"], inbox_after=self._before["inbox"])
        return int(rows[0]["waiting"])


def _print(answer: Row) -> None:
    print(f"\n{answer['content']}")
    print(f"  {answer['sent']} of {answer['calls']} calls made", end="")
    print(f"; failed: {answer['failed']}" if answer["failed"] else "")
