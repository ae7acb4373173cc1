"""A queue's settings: the defaults that the server fills in, the limits, and partial updates.

Waits are kept to the microsecond where Cloud Tasks keeps whole seconds, so that a test need not wait for one.
"""

from __future__ import annotations

import math

from infra.local.tasks_server.messages import FieldMask, Message, QueueState, plain, seconds, set_time
from infra.local.tasks_server.names import queue_location
from infra.local.tasks_server.refusal import invalid, unsupported

_DISPATCHES_PER_SECOND = 500.0
_CONCURRENT_DISPATCHES = 1000
_MOST_CONCURRENT_DISPATCHES = 5000
_ATTEMPTS = 100
_DOUBLINGS = 16
_MIN_BACKOFF = 0.1
_MAX_BACKOFF = 3600.0

_OUTPUT_ONLY = ("name", "state", "purge_time")


def new_config(asked: Message) -> Message:
    """The full settings of a new, running queue; unset values get the defaults. Refusal when one is wrong."""
    config = plain("Queue")()
    config.CopyFrom(asked)
    config.state = QueueState.RUNNING
    config.ClearField("purge_time")
    return _completed(config)


def updated_config(config: Message, asked: Message, mask: Message) -> Message:
    """`config` with the fields of `mask` taken from `asked`; an empty mask takes all that can be set.

    Output-only fields keep their value. Raises Refusal for an unknown field or a wrong value.
    """
    queue = plain("Queue")
    if not mask.IsValidForDescriptor(queue.DESCRIPTOR):
        raise invalid(f"update_mask names a field that a queue does not have: {', '.join(mask.paths)}.")
    paths = list(mask.paths) or [field.name for field in queue.DESCRIPTOR.fields]
    result = queue()
    result.CopyFrom(config)
    settable = FieldMask(paths=[path for path in paths if path.split(".")[0] not in _OUTPUT_ONLY])
    settable.MergeMessage(asked, result, replace_message_field=True)
    completed = _completed(result)
    if "retry_config.max_doublings" in paths:
        # In a message 0 cannot be told from "not set"; named in the mask, it is meant.
        completed.retry_config.max_doublings = asked.retry_config.max_doublings
    return completed


def _completed(config: Message) -> Message:
    queue_location(config.name)
    for field in ("http_target", "app_engine_routing_override"):
        if config.HasField(field):
            raise unsupported(f"{field} on a queue")
    _complete_rate_limits(config.rate_limits)
    _complete_retry(config.retry_config)
    return config


def _complete_rate_limits(limits: Message) -> None:
    limits.max_dispatches_per_second = limits.max_dispatches_per_second or _DISPATCHES_PER_SECOND
    limits.max_concurrent_dispatches = limits.max_concurrent_dispatches or _CONCURRENT_DISPATCHES
    if not 0 < limits.max_dispatches_per_second <= _DISPATCHES_PER_SECOND:
        raise invalid("max_dispatches_per_second must be above 0 and at most 500.")
    if not 0 < limits.max_concurrent_dispatches <= _MOST_CONCURRENT_DISPATCHES:
        raise invalid("max_concurrent_dispatches must be from 1 to 5000.")
    # queue.proto: chosen by the service, "generally at least equal to max_dispatches_per_second".
    limits.max_burst_size = math.ceil(limits.max_dispatches_per_second)


def _complete_retry(retry: Message) -> None:
    retry.max_attempts = retry.max_attempts or _ATTEMPTS
    retry.max_doublings = retry.max_doublings or _DOUBLINGS
    if not retry.HasField("min_backoff"):
        set_time(retry.min_backoff, _MIN_BACKOFF)
    if not retry.HasField("max_backoff"):
        set_time(retry.max_backoff, _MAX_BACKOFF)
    if retry.max_attempts < -1 or retry.max_doublings < 0:
        raise invalid("max_attempts must be at least -1 (no limit) and max_doublings at least 0.")
    if not 0 <= seconds(retry.min_backoff) <= seconds(retry.max_backoff):
        raise invalid("min_backoff must not be negative nor above max_backoff.")
    if seconds(retry.max_retry_duration) < 0:
        raise invalid("max_retry_duration must not be negative.")
