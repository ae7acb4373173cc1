"""The formulas of the local tasks server: backoff, giving up, token bucket, blocked names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.tasks_server.backoff import is_exhausted, retry_delay
from infra.local.tasks_server.bucket import TokenBucket
from infra.local.tasks_server.messages import Message, plain, set_time
from infra.local.tasks_server.tombstones import Tombstones


def retry_config(
    shortest: float = 0.1, longest: float = 3600.0, duration: float = 0.0, **values: Any
) -> Message:
    config = plain("RetryConfig")(**values)
    set_time(config.min_backoff, shortest)
    set_time(config.max_backoff, longest)
    set_time(config.max_retry_duration, duration)
    return config


def test_waits_follow_the_documented_example() -> None:
    config = retry_config(10, 300, max_doublings=3)
    assert [retry_delay(config, n) for n in range(1, 9)] == [10, 20, 40, 80, 160, 240, 300, 300]


backoffs = st.tuples(
    st.floats(0, 100), st.floats(0, 5000), st.integers(0, 2**31 - 1), st.integers(1, 2**31 - 2)
)


@given(backoffs)
def test_a_wait_is_never_outside_its_bounds_nor_shorter_than_the_one_before(
    case: tuple[float, float, int, int],
) -> None:
    shortest, extra, doublings, failures = case
    config = retry_config(shortest, shortest + extra, max_doublings=doublings)
    wait, next_wait = retry_delay(config, failures), retry_delay(config, failures + 1)
    assert retry_delay(config, 1) <= wait <= next_wait <= shortest + extra + 1e-5


@given(st.floats(0.01, 10), st.integers(0, 20), st.integers(1, 20))
def test_a_wait_doubles_and_then_grows_by_its_last_step(
    shortest: float, doublings: int, failures: int
) -> None:
    config = retry_config(shortest, 1e9, max_doublings=doublings)
    wait, next_wait = retry_delay(config, failures), retry_delay(config, failures + 1)
    step = wait if failures <= doublings else retry_delay(config, doublings + 1)
    assert next_wait == pytest.approx(wait + step)


@pytest.mark.parametrize(
    ("attempts", "duration", "tried", "age", "exhausted"),
    [
        (3, 0, 2, 1e6, False),
        (3, 0, 3, 0, True),
        (3, 60, 3, 59, False),
        (3, 60, 2, 61, False),
        (3, 60, 3, 60, True),
        (-1, 60, 10**6, 59, False),
        (-1, 60, 1, 60, True),
        (-1, 0, 10**6, 1e6, False),
    ],
)
def test_a_task_is_given_up_when_every_limit_that_is_set_is_passed(
    attempts: int, duration: float, tried: int, age: float, exhausted: bool
) -> None:
    config = retry_config(duration=duration, max_attempts=attempts)
    assert is_exhausted(config, tried, age) is exhausted


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate() -> None:
    bucket, now = TokenBucket(rate=4.0, burst=3, now=100.0), 100.0
    taken_at = []
    for _ in range(6):
        now += bucket.wait(now)
        bucket.take(now)
        taken_at.append(now)
    assert taken_at == pytest.approx([100, 100, 100, 100.25, 100.5, 100.75])


def test_an_idle_bucket_never_holds_more_than_its_burst() -> None:
    bucket = TokenBucket(rate=10.0, burst=2, now=0.0)
    bucket.take(1000.0)
    bucket.take(1000.0)
    assert bucket.wait(1000.0) == pytest.approx(0.1)


def test_a_clock_set_back_takes_no_token_away() -> None:
    bucket = TokenBucket(rate=1.0, burst=1, now=1000.0)
    assert bucket.wait(0.0) == 0.0


@given(st.floats(0.1, 500), st.integers(1, 100), st.lists(st.floats(0, 2), max_size=100))
def test_no_stretch_of_time_sees_more_than_burst_plus_rate(
    rate: float, burst: int, steps: list[float]
) -> None:
    bucket, now, taken = TokenBucket(rate, burst, 0.0), 0.0, 0
    for step in steps:
        now += step
        while bucket.wait(now) == 0.0:
            bucket.take(now)
            taken += 1
    assert taken <= burst + rate * now + 1e-3


def test_a_name_is_free_again_when_its_time_is_over() -> None:
    names = Tombstones(3600.0)
    names.bury("a", 0.0)
    names.bury("b", 10.0)
    assert names.holds("a", 3599.0)
    assert not names.holds("a", 3600.0)
    assert names.holds("b", 3600.0)
    assert not names.holds("never", 0.0)


def test_a_name_buried_twice_counts_from_the_second_time() -> None:
    names = Tombstones(10.0)
    names.bury("a", 0.0)
    names.bury("b", 1.0)
    names.bury("a", 5.0)
    names.bury("c", 12.0)
    assert names.holds("a", 14.0)
    assert not names.holds("b", 14.0)
