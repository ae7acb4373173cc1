"""Works off one conversation while its lease is held: sends and answers until nothing waits."""

from __future__ import annotations

import time
from contextlib import suppress

from tendero.channels.delivery import Delivery
from tendero.channels.desk import Desk, TryAgain
from tendero.channels.turns import Turn
from tendero.people import inbox
from tendero.people.lease import Held, Lease, LeaseLost
from tendero.platform.errors import DatabaseError

# A customer who goes on writing is answered after so many times the burst.
_MOST_BURSTS = 4


class Answering:
    """The work of one lease. Another turn is begun only while `least_seconds` are left for it."""

    def __init__(self, desk: Desk, lease: Lease, least_seconds: float = 45.0) -> None:
        self._desk = desk
        self._lease = lease
        self._least_seconds = least_seconds
        self._turns = 0

    def run(self) -> None:
        """Returns when nothing waits any more, the lease given back in the same moment.

        Raises TryAgain for what has to wait, with the lease given back; DatabaseError.
        """
        try:
            while self._step():
                pass
        except LeaseLost as error:
            raise TryAgain(str(error), 1.0) from error
        except BaseException:
            self._release()
            raise

    def _step(self) -> bool:
        """Does what comes next; False when nothing was left and the lease is given back."""
        burst = self._desk.parts.settings.burst_seconds
        with self._desk.database.transaction(self._desk.soon()) as transaction:
            held = self._lease.hold(transaction, burst + self._desk.times.lease)
            waiting = inbox.waiting(transaction, self._lease.conversation_id, burst, _MOST_BURSTS * burst)
            if not (held.unsent or waiting.messages):
                return not self._lease.finish(transaction)
        if held.unsent:
            Delivery(self._desk, self._lease, held).run()
        elif waiting.quiet_in > 0:
            time.sleep(waiting.quiet_in)
        else:
            self._turn(held, waiting)
        return True

    def _turn(self, held: Held, waiting: inbox.Waiting) -> None:
        if self._turns and self._desk.deadline.remaining() < self._least_seconds:
            raise TryAgain("The customer goes on writing: another request goes on answering.", 0.0)
        self._turns += 1
        if Turn(self._desk, self._lease, held, waiting.messages).run():
            Delivery(self._desk, self._lease, held).run()

    def _release(self) -> None:
        """A lease that cannot be given back ends by itself."""
        with suppress(DatabaseError), self._desk.database.transaction(self._desk.soon()) as transaction:
            self._lease.release(transaction)
