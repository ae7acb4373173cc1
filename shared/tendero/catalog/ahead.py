"""Fetches what comes next while what came is being worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")


def in_order(
    pool: Executor, work: Callable[[A], R], arguments: Iterable[A], ahead: int
) -> Iterator[tuple[A, R]]:
    """Each argument with its result, in order, at most `ahead` of them under way or waiting."""
    waiting: deque[tuple[A, Future[R]]] = deque()
    for argument in arguments:
        waiting.append((argument, pool.submit(work, argument)))
        if len(waiting) >= ahead:
            done, future = waiting.popleft()
            yield done, future.result()
    for done, future in waiting:
        yield done, future.result()
