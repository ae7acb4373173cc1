"""What a deployment consists of: `shape.json`, which the Terraform files read as well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("shape.json")


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function. `source` is the upload folder that it is made from, `addresses` are the functions that it
    sends tasks to, `queue_roles` its role on each queue, `secrets` those that it may read."""

    name: str
    source: str
    public: bool
    memory: str
    cpu: str
    concurrency: int
    max_instances: int
    timeout_seconds: int
    environment: Mapping[str, str]
    addresses: tuple[str, ...]
    queue_roles: Mapping[str, str]
    secrets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One queue's rates. Every value is set: the service's own defaults are not documented."""

    name: str
    max_dispatches_per_second: int
    max_concurrent_dispatches: int
    max_attempts: int
    min_backoff_seconds: int
    max_backoff_seconds: int
    max_doublings: int


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How a function is called regularly, and called again when it fails.

    `minutes` between two calls; 0: as the settings say. `body` is sent as JSON.
    """

    function: str
    minutes: int
    body: Mapping[str, Any]
    attempt_deadline_seconds: int
    max_retry_attempts: int
    min_backoff_seconds: int
    max_backoff_seconds: int
    max_doublings: int


@dataclass(frozen=True, kw_only=True)
class Shape:
    """All of it; the functions in the order in which they are deployed. `build_roles` has the account that
    builds the functions' images."""

    runtime: str
    apis: tuple[str, ...]
    build_roles: tuple[str, ...]
    functions: tuple[Function, ...]
    queues: tuple[Queue, ...]
    schedules: tuple[Schedule, ...]
    database: Mapping[str, Any]


@cache
def shape() -> Shape:
    read = json.loads(FILE.read_text(encoding="utf-8"))
    return Shape(
        runtime=read["runtime"],
        apis=tuple(read["apis"]),
        build_roles=tuple(read["build_roles"]),
        functions=tuple(_function(name, values) for name, values in read["functions"].items()),
        queues=tuple(Queue(name=name, **values) for name, values in read["queues"].items()),
        schedules=tuple(Schedule(function=name, **values) for name, values in read["schedules"].items()),
        database=read["database"],
    )


def _function(name: str, values: dict[str, Any]) -> Function:
    tuples = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    return Function(**{**values, **tuples, "name": name})
