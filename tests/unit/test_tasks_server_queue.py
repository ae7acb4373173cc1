"""A queue of the local tasks server, driven by hand with a clock that is only a number."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.tasks_server.messages import FieldMask, Message, plain, set_time
from infra.local.tasks_server.outcome import Outcome
from infra.local.tasks_server.queue import TaskQueue
from infra.local.tasks_server.queue_config import new_config, updated_config
from infra.local.tasks_server.refusal import Refusal
from infra.local.tasks_server.task import QueuedTask

NAME = "projects/p/locations/l/queues/q"
START = 1_000_000.0


def queue(**settings: Any) -> TaskQueue:
    return TaskQueue(new_config(plain("Queue")(name=NAME, **settings)), 3600.0, START)


def asked(task_id: str = "", at: float = START) -> Message:
    task = plain("Task")(http_request={"url": "http://127.0.0.1/"})
    if task_id:
        task.name = f"{NAME}/tasks/{task_id}"
    set_time(task.schedule_time, at)
    return task


def sent(tasks: TaskQueue, now: float) -> list[str]:
    """Take all that is due at `now`."""
    return [task.id for task in taken(tasks, now)]


def taken(tasks: TaskQueue, now: float) -> list[QueuedTask]:
    found = []
    while tasks.wait(now) == 0.0:
        found.append(tasks.take(now))
    return found


def test_tasks_are_sent_in_order_of_their_schedule_time() -> None:
    tasks = queue()
    tasks.add(asked("late", START + 20), START)
    tasks.add(asked("early", START + 10), START)
    tasks.add(asked("now"), START)
    assert sent(tasks, START) == ["now"]
    assert tasks.wait(START) == 10.0
    assert sent(tasks, START + 15) == ["early"]
    assert sent(tasks, START + 20) == ["late"]


def test_tasks_due_together_are_sent_in_order_of_creation() -> None:
    tasks = queue()
    for task_id in "cab":
        tasks.add(asked(task_id), START)
    assert sent(tasks, START) == ["c", "a", "b"]


def test_an_empty_queue_waits_for_a_change() -> None:
    assert queue().wait(START) is None


def test_no_more_than_the_allowed_number_are_under_way() -> None:
    tasks = queue(rate_limits={"max_concurrent_dispatches": 2})
    for task_id in "abc":
        tasks.add(asked(task_id), START)
    first, _ = taken(tasks, START)
    assert tasks.wait(START) is None
    tasks.finish(first, Outcome(200), START)
    assert sent(tasks, START) == ["c"]


def test_the_rate_limit_spreads_a_burst() -> None:
    tasks = queue(rate_limits={"max_dispatches_per_second": 2})
    for task_id in "abcd":
        tasks.add(asked(task_id), START)
    assert sent(tasks, START) == ["a", "b"]
    assert tasks.wait(START) == pytest.approx(0.5)
    assert sent(tasks, START + 0.5) == ["c"]
    assert sent(tasks, START + 1.0) == ["d"]


def failing_times(tasks: TaskQueue, outcome: Outcome) -> list[float]:
    """Seconds after the first attempt at which a task that always fails is tried, until it is given up."""
    tasks.add(asked("a"), START)
    now, times = START, []
    while (wait := tasks.wait(now)) is not None:
        now += wait
        for task in taken(tasks, now):
            times.append(round(now - START, 3))
            tasks.finish(task, outcome, now)
    return times


def test_a_failing_task_is_retried_with_growing_waits_and_then_deleted() -> None:
    retry = {
        "max_attempts": 6,
        "min_backoff": {"seconds": 1},
        "max_backoff": {"seconds": 10},
        "max_doublings": 2,
    }
    tasks = queue(retry_config=retry)
    assert failing_times(tasks, Outcome(500)) == [0, 1, 3, 7, 15, 25]
    assert tasks.page(0, 10) == []


def test_retry_after_lengthens_a_wait_but_never_shortens_it() -> None:
    retry = {"max_attempts": 4, "min_backoff": {"seconds": 2}}
    assert failing_times(queue(retry_config=retry), Outcome(500, retry_after=5)) == [0, 5, 10, 18]


@pytest.mark.parametrize(("status", "held"), [(429, True), (503, True), (500, False), (404, False)])
def test_an_overloaded_worker_holds_the_whole_queue(status: int, held: bool) -> None:
    tasks = queue(retry_config={"min_backoff": {"seconds": 3}})
    tasks.add(asked("a"), START)
    (first,) = taken(tasks, START)
    tasks.finish(first, Outcome(status), START)
    tasks.add(asked("b"), START)
    assert tasks.wait(START) == (3.0 if held else 0.0)


def test_retry_after_of_an_overloaded_worker_holds_the_whole_queue() -> None:
    tasks = queue()
    tasks.add(asked("a"), START)
    (first,) = taken(tasks, START)
    tasks.finish(first, Outcome(429, retry_after=30), START)
    tasks.add(asked("b"), START)
    assert tasks.wait(START) == 30.0


def test_a_name_stays_blocked_for_an_hour_after_completion_and_after_deletion() -> None:
    tasks = queue()
    tasks.add(asked("done"), START)
    tasks.add(asked("deleted", START + 60), START)
    (done,) = taken(tasks, START)
    tasks.finish(done, Outcome(204), START)
    tasks.delete("deleted", START)
    for task_id in ("done", "deleted"):
        with pytest.raises(Refusal, match="existed too recently"):
            tasks.add(asked(task_id), START + 3599)
        tasks.add(asked(task_id), START + 3600)


def test_a_task_deleted_while_under_way_is_not_retried() -> None:
    tasks = queue()
    tasks.add(asked("a"), START)
    (task,) = taken(tasks, START)
    tasks.delete("a", START)
    assert tasks.finish(task, Outcome(500), START) is False
    assert tasks.wait(START + 3600) is None


def test_a_purge_deletes_what_is_waiting_and_keeps_the_count_of_what_is_under_way() -> None:
    tasks = queue(rate_limits={"max_concurrent_dispatches": 1})
    tasks.add(asked("under-way"), START)
    (task,) = taken(tasks, START)
    tasks.add(asked("waiting"), START)
    tasks.purge(START)
    tasks.add(asked("next"), START)
    assert tasks.wait(START) is None
    tasks.finish(task, Outcome(200), START)
    assert sent(tasks, START) == ["next"]


def test_a_forced_run_replaces_the_scheduled_one() -> None:
    tasks = queue()
    tasks.pause()
    tasks.add(asked("a", START + 10), START)
    forced = tasks.force("a", START)
    tasks.resume()
    assert tasks.wait(START + 10) is None
    tasks.finish(forced, Outcome(500), START + 11)
    assert tasks.wait(START + 11) == pytest.approx(0.1, abs=1e-5)


def test_unset_settings_get_the_defaults() -> None:
    config = queue().config
    limits, retry = config.rate_limits, config.retry_config
    assert (limits.max_dispatches_per_second, limits.max_concurrent_dispatches) == (500, 1000)
    assert limits.max_burst_size >= 1
    assert (retry.max_attempts, retry.max_doublings) == (100, 16)
    assert (retry.min_backoff.ToMilliseconds(), retry.max_backoff.ToSeconds()) == (100, 3600)


def test_an_update_changes_only_what_its_mask_names() -> None:
    config = queue(retry_config={"max_attempts": 7}, rate_limits={"max_dispatches_per_second": 9}).config
    other = plain("Queue")(name=NAME, retry_config={"max_attempts": 3}, state=2)
    result = updated_config(config, other, FieldMask(paths=["retry_config.max_doublings", "state", "name"]))
    assert (result.retry_config.max_attempts, result.retry_config.max_doublings) == (7, 0)
    assert result.rate_limits.max_dispatches_per_second == 9
    assert result.state == config.state


def test_an_update_without_a_mask_takes_everything() -> None:
    config = queue(retry_config={"max_attempts": 7}, rate_limits={"max_dispatches_per_second": 9}).config
    result = updated_config(config, plain("Queue")(name=NAME, retry_config={"max_attempts": 3}), FieldMask())
    assert result.retry_config.max_attempts == 3
    assert result.rate_limits.max_dispatches_per_second == 500


@pytest.mark.parametrize(
    "settings",
    [
        {"rate_limits": {"max_dispatches_per_second": 501}},
        {"rate_limits": {"max_dispatches_per_second": -1}},
        {"rate_limits": {"max_concurrent_dispatches": 5001}},
        {"retry_config": {"max_attempts": -2}},
        {"retry_config": {"max_doublings": -1}},
        {"retry_config": {"min_backoff": {"seconds": 5}, "max_backoff": {"seconds": 4}}},
        {"retry_config": {"max_retry_duration": {"seconds": -1}}},
        {"http_target": {"http_method": 1}},
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        queue(**settings)
