"""The gRPC methods of the local tasks server: names, validation, paging, settings, start and stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core.exceptions import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    MethodNotImplemented,
    NotFound,
)
from google.cloud import tasks_v2

from infra.local.tasks_server.server import Server, ServerError
from tests.integration.tasks_stack import LOCATION, TasksStack, connect

FULL = tasks_v2.Task.View.FULL


@pytest.fixture
def stack() -> Iterator[TasksStack]:
    with TasksStack() as running:
        yield running


@pytest.fixture
def paused(stack: TasksStack) -> str:
    queue = stack.queue()
    stack.client.pause_queue(name=queue)
    return queue


def test_an_unnamed_task_gets_a_name_and_the_defaults(stack: TasksStack, paused: str) -> None:
    first, second = stack.add(paused), stack.add(paused)
    assert first.name.startswith(f"{paused}/tasks/")
    assert first.name != second.name
    assert first.http_request.http_method == tasks_v2.HttpMethod.POST
    assert first.dispatch_deadline == timedelta(minutes=10)
    assert first.create_time <= first.schedule_time


def test_a_schedule_time_in_the_past_becomes_now(stack: TasksStack, paused: str) -> None:
    task = stack.add(paused, schedule_time=datetime(2020, 1, 1, tzinfo=UTC))
    assert task.schedule_time >= task.create_time


def test_a_name_can_be_used_once(stack: TasksStack, paused: str) -> None:
    stack.add(paused, "once")
    with pytest.raises(AlreadyExists, match="already exists"):
        stack.add(paused, "once")


@pytest.mark.parametrize(
    ("request_fields", "fields", "message"),
    [
        ({"url": "ftp://127.0.0.1/"}, {}, "http://"),
        ({"url": ""}, {}, "http://"),
        ({"url": "http:///path"}, {}, "host"),
        ({"url": "http://127.0.0.1:99999/"}, {}, "port"),
        ({"url": "http://127.0.0.1/" + "a" * 2067}, {}, "too long"),
        ({"url": "http://127.0.0.1/" + "ñ" * 400}, {}, "too long"),
        ({"body": b"x" * 102_400}, {}, "Task size too large"),
        ({"http_method": "GET", "body": b"x"}, {}, "body"),
        ({"http_method": "DELETE", "body": b"x"}, {}, "body"),
        ({"headers": {"X-Two": "a\r\nX-Other: b"}}, {}, "header"),
        ({"headers": {"X Space": "a"}}, {}, "header"),
        ({"headers": {"X-Big": "a" * 81_920}}, {}, "80 KB"),
        ({"oidc_token": {"audience": "a"}}, {}, "service_account_email"),
        ({}, {"schedule_time": datetime.now(UTC) + timedelta(days=31)}, "30 days"),
        ({}, {"dispatch_deadline": timedelta(seconds=14)}, "dispatch_deadline"),
        ({}, {"dispatch_deadline": timedelta(minutes=31)}, "dispatch_deadline"),
    ],
)
def test_a_wrong_task_is_refused(
    stack: TasksStack, paused: str, request_fields: Any, fields: Any, message: str
) -> None:
    with pytest.raises(InvalidArgument, match=message):
        stack.add(paused, request=request_fields, **fields)
    assert not list(stack.client.list_tasks(parent=paused))


def test_values_at_their_limits_are_taken(stack: TasksStack, paused: str) -> None:
    stack.add(paused, "a" * 500, {"url": "http://127.0.0.1/" + "a" * 2066, "body": b"x" * 99_000})
    stack.add(paused, schedule_time=datetime.now(UTC) + timedelta(days=29, hours=23))
    stack.add(paused, dispatch_deadline=timedelta(seconds=15))
    stack.add(paused, dispatch_deadline=timedelta(minutes=30))


@pytest.mark.parametrize("task_id", ["with.dot", "with space", "with/slash", "ñ", "a" * 501])
def test_a_wrong_task_id_is_refused(stack: TasksStack, paused: str, task_id: str) -> None:
    with pytest.raises(InvalidArgument, match="Invalid task name"):
        stack.add(paused, task_id)


def test_a_task_named_for_another_queue_is_refused(stack: TasksStack, paused: str) -> None:
    with pytest.raises(InvalidArgument, match="not in the queue"):
        stack.client.create_task(
            parent=paused,
            task={"name": f"{LOCATION}/queues/x/tasks/t", "http_request": {"url": "http://127.0.0.1/"}},
        )


def test_a_task_without_a_request_is_refused(stack: TasksStack, paused: str) -> None:
    with pytest.raises(InvalidArgument, match="http_request"):
        stack.client.create_task(parent=paused, task=tasks_v2.Task())


def test_what_this_server_cannot_do_is_refused_loudly(stack: TasksStack, paused: str) -> None:
    with pytest.raises(MethodNotImplemented):
        stack.add(paused, request={"oauth_token": {"service_account_email": "a@b"}})
    with pytest.raises(MethodNotImplemented):
        stack.client.create_task(parent=paused, task={"app_engine_http_request": {"relative_uri": "/"}})
    with pytest.raises(MethodNotImplemented):
        stack.client.list_queues(request={"parent": LOCATION, "filter": "state: PAUSED"})
    with pytest.raises(MethodNotImplemented):
        stack.client.get_iam_policy(request={"resource": paused})


def test_a_missing_queue_is_not_found(stack: TasksStack) -> None:
    missing = f"{LOCATION}/queues/missing"
    with pytest.raises(NotFound, match="Queue does not exist"):
        stack.add(missing)
    for call in (
        stack.client.get_queue,
        stack.client.pause_queue,
        stack.client.resume_queue,
        stack.client.purge_queue,
        stack.client.delete_queue,
    ):
        with pytest.raises(NotFound):
            call(name=missing)
    with pytest.raises(NotFound):
        stack.client.list_tasks(parent=missing)


def test_a_missing_task_is_not_found(stack: TasksStack, paused: str) -> None:
    for call in (stack.client.get_task, stack.client.delete_task, stack.client.run_task):
        with pytest.raises(NotFound):
            call(name=f"{paused}/tasks/missing")


@pytest.mark.parametrize(
    "name", ["q", f"{LOCATION}/queues/", f"{LOCATION}/queues/a_b", f"{LOCATION}/queues/{'a' * 101}"]
)
def test_a_wrong_queue_name_is_refused(stack: TasksStack, name: str) -> None:
    with pytest.raises(InvalidArgument):
        stack.client.create_queue(parent=LOCATION, queue={"name": name})
    with pytest.raises(InvalidArgument):
        stack.client.get_queue(name=name)
    with pytest.raises(InvalidArgument):
        stack.client.create_task(parent=name, task={"http_request": {"url": "http://127.0.0.1/"}})


def test_the_body_is_shown_in_the_full_view_only(stack: TasksStack, paused: str) -> None:
    task = stack.add(paused, "t", {"body": b"secret"})
    assert task.http_request.body == b""
    assert task.view == tasks_v2.Task.View.BASIC
    (basic,) = stack.client.list_tasks(parent=paused)
    (full,) = stack.client.list_tasks(request={"parent": paused, "response_view": FULL})
    assert (basic.http_request.body, full.http_request.body) == (b"", b"secret")
    assert stack.client.get_task(name=task.name).http_request.body == b""
    fetched = stack.client.get_task(request={"name": task.name, "response_view": FULL})
    assert (fetched.http_request.body, fetched.view) == (b"secret", FULL)


def test_tasks_are_listed_page_by_page_while_others_go(stack: TasksStack, paused: str) -> None:
    names = [stack.add(paused, task_id).name for task_id in "abcde"]
    first = stack.client.list_tasks(request={"parent": paused, "page_size": 2})
    assert [task.name for task in first.tasks] == names[:2]
    stack.client.delete_task(name=names[1])
    rest = {"parent": paused, "page_size": 2, "page_token": first.next_page_token}
    assert [task.name for task in stack.client.list_tasks(request=rest)] == names[2:]
    whole = stack.client.list_tasks(request={"parent": paused, "page_size": 4})
    assert len(whole.tasks) == 4
    assert whole.next_page_token == ""


@pytest.mark.parametrize("paging", [{"page_size": -1}, {"page_token": "nonsense"}])
def test_wrong_paging_is_refused(stack: TasksStack, paused: str, paging: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        stack.client.list_tasks(request={"parent": paused, **paging})


def test_queues_of_one_location_are_listed_page_by_page(stack: TasksStack) -> None:
    names = [stack.queue(queue_id) for queue_id in ("a", "b", "c")]
    elsewhere = "projects/demo/locations/europe-west1"
    stack.client.create_queue(parent=elsewhere, queue={"name": f"{elsewhere}/queues/d"})
    first = stack.client.list_queues(request={"parent": LOCATION, "page_size": 2})
    assert [queue.name for queue in first.queues] == names[:2]
    paged = stack.client.list_queues(request={"parent": LOCATION, "page_size": 2})
    assert [queue.name for queue in paged] == names
    with pytest.raises(InvalidArgument):
        stack.client.list_queues(parent="nowhere")


def test_a_queue_is_updated_through_a_mask(stack: TasksStack) -> None:
    name = stack.queue(retry_config={"max_attempts": 7})
    stack.client.pause_queue(name=name)
    change = tasks_v2.Queue(name=name, rate_limits={"max_concurrent_dispatches": 3})
    updated = stack.client.update_queue(
        queue=change, update_mask={"paths": ["rate_limits.max_concurrent_dispatches"]}
    )
    assert updated == stack.client.get_queue(name=name)
    assert updated.rate_limits.max_concurrent_dispatches == 3
    assert updated.retry_config.max_attempts == 7
    assert updated.state == tasks_v2.Queue.State.PAUSED
    with pytest.raises(InvalidArgument, match="update_mask"):
        stack.client.update_queue(queue=change, update_mask={"paths": ["no_such_field"]})


def test_an_update_of_a_missing_queue_creates_it(stack: TasksStack) -> None:
    name = f"{LOCATION}/queues/new"
    stack.client.update_queue(queue=tasks_v2.Queue(name=name))
    assert stack.client.get_queue(name=name).state == tasks_v2.Queue.State.RUNNING


def test_a_queue_exists_once_and_its_name_stays_blocked_after_deletion(stack: TasksStack) -> None:
    name = stack.queue()
    with pytest.raises(AlreadyExists):
        stack.queue()
    stack.client.delete_queue(name=name)
    with pytest.raises(NotFound):
        stack.client.get_queue(name=name)
    with pytest.raises(FailedPrecondition):
        stack.queue()


def test_stopping_cuts_off_what_is_under_way_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with TasksStack() as stack:
        stack.worker.gate.clear()
        stack.add(stack.queue())
        stack.worker.wait_for(1)
    left = {thread.name for thread in threading.enumerate() if thread not in before}
    assert not {name for name in left if name.startswith("tasks-")}


def test_a_server_can_be_stopped_twice_and_before_it_started() -> None:
    server = Server()
    server.stop()
    server.start()
    server.stop()
    server.stop()


def test_two_servers_cannot_share_a_port() -> None:
    with Server() as server, pytest.raises(ServerError, match="in use"):
        Server(port=server.port).start()


def test_a_server_starts_with_the_queues_it_is_given() -> None:
    name = f"{LOCATION}/queues/given"
    with ExitStack() as stack:
        client = connect(stack.enter_context(Server(queues=[name])).port, stack)
        assert client.get_queue(name=name).rate_limits.max_dispatches_per_second == 500


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "infra.local.tasks_server", *options]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_a_signal_and_exits_with_0(number: int) -> None:
    name = f"{LOCATION}/queues/q"
    with subprocess.Popen(
        command("--port", "0", "--queue", name), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            assert line.startswith("tasks server on 127.0.0.1:")
            with ExitStack() as stack:
                client = connect(int(line.rpartition(":")[2]), stack)
                assert client.get_queue(name=name).name == name
            os.kill(process.pid, number)
            assert process.wait(20) == 0
        finally:
            process.kill()


@pytest.mark.parametrize("wrong", ["port", "queue"])
def test_the_command_says_in_one_line_why_it_cannot_start(wrong: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        options = ["--port", port] if wrong == "port" else ["--port", "0", "--queue", "nonsense"]
        done = subprocess.run(command(*options), capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert (port if wrong == "port" else "nonsense") in done.stderr
