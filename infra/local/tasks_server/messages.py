"""The protobuf classes of `google.cloud.tasks.v2`, and their times as plain seconds.

The client library wraps each message in a proto-plus class; the classes below are the plain protobuf ones
inside, which know field masks, sizes and presence. This is the one module of the server that loads them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from google.cloud import tasks_v2
from google.cloud.tasks_v2.types import cloudtasks
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

__all__ = ["Duration", "Empty", "FieldMask", "HttpMethod", "Message", "QueueState", "Timestamp", "View"]

SERVICE = "google.cloud.tasks.v2.CloudTasks"

HttpMethod = tasks_v2.HttpMethod
QueueState = tasks_v2.Queue.State
View = tasks_v2.Task.View


@cache
def plain(name: str) -> Any:
    """The protobuf class of a message of `google.cloud.tasks.v2`, such as "CreateTaskRequest" or "Task"."""
    wrapper = getattr(cloudtasks, name, None) or getattr(tasks_v2, name)
    return wrapper.pb()


def seconds(time: Message) -> float:
    """A Duration as seconds, or a Timestamp as seconds since 1970 UTC."""
    return float(time.seconds + time.nanos / 1e9)


def set_time(target: Message, value: float) -> None:
    """Write `value` into a Timestamp (seconds since 1970 UTC) or a Duration (seconds).

    Cut, not rounded, to the microsecond, as task.proto says: what is due now must not be due later.
    """
    target.FromMicroseconds(int(value * 1_000_000))
