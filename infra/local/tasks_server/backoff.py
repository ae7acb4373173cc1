"""The wait between two attempts of a task, and the moment to give it up."""

from __future__ import annotations

from infra.local.tasks_server.messages import Message, seconds


def retry_delay(retry: Message, failures: int) -> float:
    """Seconds to wait after the `failures`-th failed attempt (1 = the first) under a RetryConfig.

    Starts at min_backoff, doubles max_doublings times, then grows by the last doubled step, never above
    max_backoff. With 10 s, 300 s and 3 doublings: 10, 20, 40, 80, 160, 240, 300, 300… (queue.proto).
    """
    longest = seconds(retry.max_backoff)
    # A step of 2**64 × the shortest possible wait is beyond any max_backoff; more would overflow a float.
    doublings = min(failures - 1, int(retry.max_doublings), 64)
    linear = max(1, failures - int(retry.max_doublings))
    return min(seconds(retry.min_backoff) * 2.0**doublings * linear, longest)


def is_exhausted(retry: Message, attempts: int, age: float) -> bool:
    """True when a task that failed `attempts` times, first tried `age` seconds ago, gets no further attempt.

    Each limit that is set must have been passed: max_attempts (-1 = no limit), max_retry_duration
    (0 = no limit). With no limit at all a task is retried for ever.
    """
    limits = []
    if retry.max_attempts != -1:
        limits.append(attempts >= retry.max_attempts)
    if longest := seconds(retry.max_retry_duration):
        limits.append(age >= longest)
    return bool(limits) and all(limits)
