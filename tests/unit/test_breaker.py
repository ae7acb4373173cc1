"""The circuit breaker's three states."""

from __future__ import annotations

import threading

import pytest

from tendero.platform.breaker import Breaker
from tendero.platform.errors import HttpError, ServiceUnavailable


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def call(breaker: Breaker, error: Exception | None = None) -> None:
    with breaker.guard():
        if error:
            raise error


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        with pytest.raises(ServiceUnavailable, match="down"):
            call(breaker, ServiceUnavailable("down"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("Shop", failures=3, open_seconds=30, clock=clock)


def test_after_the_last_allowed_failure_calls_are_refused_at_once(breaker: Breaker) -> None:
    fail(breaker, 3)
    with pytest.raises(ServiceUnavailable, match=r"Shop failed 3 times in a row") as refused:
        call(breaker)
    assert refused.value.retry_after == 30


def test_one_success_in_between_starts_the_count_again(breaker: Breaker) -> None:
    fail(breaker, 2)
    call(breaker)
    fail(breaker, 2)
    call(breaker)


def test_an_error_of_the_caller_or_too_many_requests_is_no_failure(breaker: Breaker) -> None:
    for error in (HttpError("no", status=404), ServiceUnavailable("slow down", status=429)):
        for _ in range(5):
            with pytest.raises(HttpError):
                call(breaker, error)
    call(breaker)


def test_after_the_pause_one_trial_decides(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 31
    fail(breaker, 1)
    with pytest.raises(ServiceUnavailable, match="in a row"):
        call(breaker)
    clock.now += 31
    call(breaker)
    call(breaker)


def test_while_a_trial_runs_others_are_refused(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 31
    with breaker.guard(), pytest.raises(ServiceUnavailable, match="in a row"):
        call(breaker)


def test_a_trial_that_ends_without_an_answer_lets_the_next_one_try(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 31
    with pytest.raises(HttpError):
        call(breaker, HttpError("bad request", status=400))
    call(breaker)


def test_many_threads_count_each_failure_once(clock: Clock) -> None:
    breaker = Breaker("Shop", failures=40, clock=clock)
    threads = [threading.Thread(target=fail, args=(breaker, 10)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pytest.raises(ServiceUnavailable, match="failed 40 times"):
        call(breaker)
