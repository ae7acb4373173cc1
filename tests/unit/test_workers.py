"""Work that may hang."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar

import pytest

from tendero.channels.workers import Workers
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded

_who: ContextVar[str] = ContextVar("who", default="nobody")


def test_the_result_and_the_error_come_through() -> None:
    workers = Workers(2)
    assert workers.run(lambda: 7, Deadline(10)) == 7
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            workers.run(lambda: 1 // 0, Deadline(10))


def test_one_place_serves_one_piece_after_the_other_in_one_thread() -> None:
    workers = Workers(1)
    assert len({workers.run(threading.get_ident, Deadline(10)) for _ in range(200)}) == 1


def test_pieces_at_the_same_time_have_threads_of_their_own() -> None:
    workers, met = Workers(8), threading.Barrier(8)
    with ThreadPoolExecutor(8) as callers:
        work = lambda _: workers.run(lambda: met.wait(20), Deadline(20))  # noqa: E731
        assert sorted(callers.map(work, range(8))) == list(range(8))


def test_an_own_timeout_of_the_work_is_not_mistaken_for_the_deadline() -> None:
    def times_out() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        Workers(1).run(times_out, Deadline(10))


def test_work_sees_the_callers_context() -> None:
    _who.set("caller")
    assert Workers(1).run(_who.get, Deadline(10)) == "caller"


def test_hanging_work_is_left_and_keeps_its_place_until_it_ends() -> None:
    released, workers = threading.Event(), Workers(2)
    for _ in range(2):
        with pytest.raises(DeadlineExceeded, match="not done in time"):
            workers.run(released.wait, Deadline(0.01))
    with pytest.raises(DeadlineExceeded, match="2 pieces of work hang"):
        workers.run(lambda: True, Deadline(10))
    released.set()
    assert _again_until_there_is_a_place(workers)


def _again_until_there_is_a_place(workers: Workers) -> bool:
    patience = Deadline(20)
    while not patience.expired:
        with suppress(DeadlineExceeded):
            return workers.run(lambda: True, patience)
        threading.Event().wait(0.005)
    return False


def test_hanging_work_does_not_keep_the_process() -> None:
    code = """
import threading
from tendero.platform.deadline import Deadline
from tendero.channels.workers import Workers
try:
    Workers(1).run(threading.Event().wait, Deadline(0.05))
except Exception as error:
    print(type(error).__name__)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "DeadlineExceeded\n"
