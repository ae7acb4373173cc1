"""Looks for conversations whose work was left: by a task's last attempt, or for want of a queue."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial

from tendero.assistant.askyourdatabase.sessions import remove_expired
from tendero.channels.answering import Answering
from tendero.channels.desk import Desk
from tendero.people import lease
from tendero.people.lease import Lease
from tendero.platform.errors import TenderoError
from tendero.platform.logs import logger

_log = logger("sweep")
_LEFT_SECONDS, _MOST, _AT_ONCE = 60.0, 100, 4


def sweep(desk: Desk, left_seconds: float = _LEFT_SECONDS) -> dict[str, int]:
    """Works off what has been left for so long; how many conversations were found and done.

    Sessions with AskYourDatabase that have ended are removed as well.

    Raises DatabaseError where they cannot be looked for.
    """
    with desk.database.transaction(desk.soon()) as transaction:
        found = lease.abandoned(transaction, left_seconds, _MOST)
    remove_expired(desk.database)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sweep") as threads:
        work = partial(_work_off, desk)
        runs = [threads.submit(copy_context().run, work, each) for each in found]
        done = sum(run.result() for run in runs)
    if found:
        _log.warning("conversations had been left", found=len(found), done=done)
    return {"found": len(found), "done": done}


def _work_off(desk: Desk, conversation: int) -> bool:
    """Whether nothing is left of it now."""
    if desk.deadline.remaining() < desk.times.lease:
        return False
    held = Lease(conversation)
    try:
        with desk.database.transaction(desk.soon()) as transaction:
            if not held.take(transaction, desk.times.lease):
                return False
        Answering(desk, held).run()
    except Exception as error:
        foreseen = isinstance(error, TenderoError)
        _log.error(
            "not worked off",
            conversation=conversation,
            reason=str(error),
            exc_info=None if foreseen else error,
        )
        _give_up_old(desk, held)
        return False
    return True


def _give_up_old(desk: Desk, held: Lease) -> None:
    with suppress(TenderoError), desk.database.transaction(desk.soon()) as transaction:
        if held.take(transaction, desk.times.lease):
            lease.give_up_old(transaction, held.conversation_id)
            held.release(transaction)
