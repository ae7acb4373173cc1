"""Resource names: what a location, a queue and a task may be called (queue.proto, task.proto)."""

from __future__ import annotations

import re

from infra.local.tasks_server.refusal import invalid

_LOCATION = r"projects/[A-Za-z0-9:.\-]+/locations/[A-Za-z0-9\-]+"
_QUEUE = rf"(?P<location>{_LOCATION})/queues/[A-Za-z0-9\-]{{1,100}}"
_TASK = rf"(?P<queue>{_QUEUE})/tasks/(?P<id>[A-Za-z0-9_\-]{{1,500}})"


def check_location(name: str) -> str:
    """`name` itself when it is projects/P/locations/L; raises Refusal(INVALID_ARGUMENT) otherwise."""
    if not re.fullmatch(_LOCATION, name):
        raise invalid(f"Invalid location name {name!r}: expected projects/P/locations/L.")
    return name


def queue_location(name: str) -> str:
    """The location part of a queue name; raises Refusal(INVALID_ARGUMENT) when `name` is not a queue name."""
    found = re.fullmatch(_QUEUE, name)
    if not found:
        raise invalid(
            f"Invalid queue name {name!r}: expected projects/P/locations/L/queues/Q, "
            "Q being 1 to 100 letters, digits or hyphens."
        )
    return found["location"]


def split_task(name: str) -> tuple[str, str]:
    """The queue name and the short id of a task name; raises Refusal(INVALID_ARGUMENT) when it is none."""
    found = re.fullmatch(_TASK, name)
    if not found:
        raise invalid(
            f"Invalid task name {name!r}: expected projects/P/locations/L/queues/Q/tasks/ID, "
            "ID being 1 to 500 letters, digits, hyphens or underscores."
        )
    return found["queue"], found["id"]
