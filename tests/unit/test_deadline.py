"""How the time that is left is handed down."""

from __future__ import annotations

import pytest

from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_is_left_shrinks_and_never_goes_below_zero(clock: Clock) -> None:
    deadline = Deadline(5, clock)
    clock.now += 2
    assert (deadline.remaining(), deadline.expired) == (3, False)
    clock.now += 9
    assert (deadline.remaining(), deadline.expired) == (0, True)


def test_one_wait_gets_what_is_left_but_not_more_than_its_own_limit(clock: Clock) -> None:
    deadline = Deadline(5, clock)
    assert deadline.timeout(at_most=2) == 2
    assert deadline.timeout(at_most=20) == 5
    clock.now += 5
    with pytest.raises(DeadlineExceeded):
        deadline.timeout(at_most=2)


def test_a_deadline_within_another_never_ends_later(clock: Clock) -> None:
    deadline = Deadline(5, clock)
    assert deadline.within(2).remaining() == 2
    assert deadline.within(20).remaining() == 5


def test_a_deadline_before_another_leaves_time_for_what_comes_after(clock: Clock) -> None:
    assert Deadline(5, clock).before(1).remaining() == 4
    assert Deadline(0.5, clock).before(1).expired
