"""What a worker gets from the local tasks server, driven through Google's unchanged client."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from google.api_core.exceptions import AlreadyExists, NotFound
from google.cloud import tasks_v2

from infra.local.tasks_server.delivery import deliver, open_session
from infra.local.tasks_server.messages import plain, set_time
from infra.local.tasks_server.outcome import Outcome
from infra.local.tasks_server.task import QueuedTask
from tests.integration.tasks_stack import TasksStack, claims, wait_until


@pytest.fixture
def stack() -> Iterator[TasksStack]:
    with TasksStack() as running:
        yield running


def test_a_task_arrives_as_it_was_given_with_the_headers_of_cloud_tasks(stack: TasksStack) -> None:
    queue = stack.queue()
    request = {
        "url": f"{stack.worker.url}/embed?x=1%2F2&y=a b",
        "body": b"\x00{}",
        "headers": {"X-Shop": "ñ"},
    }
    task = stack.add(queue, "t-1", request)
    (got,) = stack.worker.wait_for(1)
    assert (got.method, got.path, got.body) == ("POST", "/embed?x=1%2F2&y=a%20b", b"\x00{}")
    assert got.headers["x-cloudtasks-queuename"] == "q"
    assert got.headers["x-cloudtasks-taskname"] == "t-1"
    assert got.headers["x-cloudtasks-taskretrycount"] == "0"
    assert got.headers["x-cloudtasks-taskexecutioncount"] == "0"
    assert float(got.headers["x-cloudtasks-tasketa"]) == pytest.approx(
        task.schedule_time.timestamp(), abs=1e-5
    )
    assert got.headers["user-agent"] == "Google-Cloud-Tasks"
    assert got.headers["x-shop"].encode("latin-1").decode() == "ñ"
    assert not {"content-type", "authorization", "x-cloudtasks-taskpreviousresponse"} & got.headers.keys()
    assert "x-cloudtasks-taskretryreason" not in got.headers
    stack.wait_idle(queue)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_the_method_of_a_task_is_used(stack: TasksStack, method: str) -> None:
    stack.add(stack.queue(), request={"http_method": method})
    (got,) = stack.worker.wait_for(1)
    assert got.method == method


def test_a_task_keeps_its_content_type_and_cannot_forge_the_headers_of_cloud_tasks(stack: TasksStack) -> None:
    headers = {
        "content-type": "application/json",
        "host": "evil.example",
        "user-agent": "mine",
        "X-CloudTasks-TaskRetryCount": "9",
        "X-AppEngine-QueueName": "x",
        "X-Google-Anything": "x",
    }
    stack.add(stack.queue(), request={"headers": headers, "body": b"{}"})
    (got,) = stack.worker.wait_for(1)
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == stack.worker.url.removeprefix("http://")
    assert got.headers["user-agent"] == "Google-Cloud-Tasks"
    assert got.headers["x-cloudtasks-taskretrycount"] == "0"
    assert not {"x-appengine-queuename", "x-google-anything"} & got.headers.keys()


@pytest.mark.parametrize(
    ("audience", "expected"), [("https://svc.example", "https://svc.example"), ("", "/work")]
)
def test_an_oidc_token_names_the_account_and_the_audience(
    stack: TasksStack, audience: str, expected: str
) -> None:
    oidc = {"service_account_email": "tasks@demo.iam.gserviceaccount.com", "audience": audience}
    stack.add(stack.queue(), request={"oidc_token": oidc})
    (got,) = stack.worker.wait_for(1)
    scheme, token = got.headers["authorization"].split()
    assert scheme == "Bearer"
    assert token.endswith(".")
    assert claims(token)["email"] == oidc["service_account_email"]
    assert str(claims(token)["aud"]).endswith(expected)


def test_retries_count_all_attempts_and_executions_leave_5xx_out(stack: TasksStack) -> None:
    stack.worker.replies = [(500, {}), (404, {}), (302, {"Location": "/elsewhere"}), (201, {})]
    queue = stack.queue()
    stack.add(queue)
    got = stack.worker.wait_for(4)
    stack.wait_idle(queue)
    assert [r.headers["x-cloudtasks-taskretrycount"] for r in got] == ["0", "1", "2", "3"]
    assert [r.headers["x-cloudtasks-taskexecutioncount"] for r in got] == ["0", "0", "1", "2"]
    previous = [r.headers.get("x-cloudtasks-taskpreviousresponse") for r in got]
    assert previous == [None, "500", "404", "302"]
    assert [bool(r.headers.get("x-cloudtasks-taskretryreason")) for r in got] == [False, True, True, True]
    assert {r.path for r in got} == {"/work"}
    assert len(stack.worker.received) == 4


def test_a_retry_never_comes_before_its_backoff(stack: TasksStack) -> None:
    stack.worker.replies = [(500, {})] * 3
    retry = {"min_backoff": {"nanos": 20_000_000}, "max_backoff": {"seconds": 1}, "max_doublings": 5}
    stack.add(stack.queue(retry_config=retry))
    at = [request.at for request in stack.worker.wait_for(4)]
    gaps = [later - earlier for earlier, later in pairwise(at)]
    assert all(gap >= wait for gap, wait in zip(gaps, [0.02, 0.04, 0.08], strict=True))


def test_a_task_that_used_up_its_attempts_is_deleted_with_one_line_in_the_log(
    stack: TasksStack, caplog: pytest.LogCaptureFixture
) -> None:
    stack.worker.replies = [(418, {})] * 9
    queue = stack.queue(retry_config={"max_attempts": 3})
    task = stack.add(queue, "poison")
    stack.wait_idle(queue)
    assert len(stack.worker.received) == 3
    assert [r.getMessage() for r in caplog.records if r.name.startswith("infra.local")] == [
        f"given up after 3 attempts: {task.name} (HTTP status code 418)"
    ]
    with pytest.raises(AlreadyExists):
        stack.add(queue, "poison")


def test_a_worker_that_is_not_there_is_tried_again(stack: TasksStack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    queue = stack.queue(retry_config={"max_attempts": -1})
    task = stack.add(queue, request={"url": f"http://127.0.0.1:{port}/"})
    wait_until(lambda: stack.client.get_task(name=task.name).dispatch_count >= 3)
    seen = stack.client.get_task(name=task.name)
    assert seen.response_count == 0
    assert seen.first_attempt.dispatch_time < seen.last_attempt.dispatch_time


def test_an_overloaded_worker_is_spared_for_its_retry_after(stack: TasksStack) -> None:
    stack.worker.replies = [(429, {"Retry-After": "1"})]
    queue = stack.queue(rate_limits={"max_concurrent_dispatches": 1})
    stack.add(queue)
    (first,) = stack.worker.wait_for(1)
    stack.add(queue)
    assert min(later.at for later in stack.worker.wait_for(3)[1:]) - first.at >= 1.0


def test_a_task_waits_for_its_schedule_time(stack: TasksStack) -> None:
    queue = stack.queue()
    when = datetime.now(UTC) + timedelta(seconds=0.3)
    stack.add(queue, "soon", schedule_time=when)
    (got,) = stack.worker.wait_for(1)
    assert got.at >= when.timestamp() - 1e-3
    assert float(got.headers["x-cloudtasks-tasketa"]) == pytest.approx(when.timestamp(), abs=1e-5)


def test_a_task_for_later_lets_others_pass(stack: TasksStack) -> None:
    queue = stack.queue()
    later = stack.add(queue, "later", schedule_time=datetime.now(UTC) + timedelta(hours=1))
    stack.add(queue, "now")
    (got,) = stack.worker.wait_for(1)
    assert got.headers["x-cloudtasks-taskname"] == "now"
    assert stack.client.get_task(name=later.name).dispatch_count == 0


def test_a_paused_queue_keeps_its_tasks_until_it_is_resumed(stack: TasksStack) -> None:
    queue, other = stack.queue(), stack.queue("other")
    assert stack.client.pause_queue(name=queue).state == tasks_v2.Queue.State.PAUSED
    waiting = stack.add(queue, "waiting")
    stack.add(other, "passing")
    (got,) = stack.worker.wait_for(1)
    assert got.headers["x-cloudtasks-taskname"] == "passing"
    assert stack.client.get_task(name=waiting.name).dispatch_count == 0
    assert stack.client.resume_queue(name=queue).state == tasks_v2.Queue.State.RUNNING
    assert stack.worker.wait_for(2)[1].headers["x-cloudtasks-taskname"] == "waiting"


def test_a_purge_deletes_all_tasks(stack: TasksStack) -> None:
    queue = stack.queue()
    stack.client.pause_queue(name=queue)
    for task_id in "abc":
        stack.add(queue, task_id)
    purged = stack.client.purge_queue(name=queue)
    assert purged.purge_time is not None
    assert not list(stack.client.list_tasks(parent=queue))
    stack.client.resume_queue(name=queue)
    stack.add(queue, "d")
    stack.wait_idle(queue)
    assert [r.headers["x-cloudtasks-taskname"] for r in stack.worker.received] == ["d"]


def test_a_deleted_task_is_never_sent_and_its_name_stays_blocked(stack: TasksStack) -> None:
    queue = stack.queue()
    stack.client.pause_queue(name=queue)
    task = stack.add(queue, "a")
    stack.client.delete_task(name=task.name)
    with pytest.raises(NotFound):
        stack.client.get_task(name=task.name)
    with pytest.raises(AlreadyExists, match="too recently"):
        stack.add(queue, "a")
    stack.client.resume_queue(name=queue)
    stack.add(queue, "b")
    stack.wait_idle(queue)
    assert [r.headers["x-cloudtasks-taskname"] for r in stack.worker.received] == ["b"]


def test_a_task_run_by_hand_ignores_pause_and_schedule(stack: TasksStack) -> None:
    queue = stack.queue()
    stack.client.pause_queue(name=queue)
    task = stack.add(queue, "a", schedule_time=datetime.now(UTC) + timedelta(hours=1))
    assert stack.client.run_task(name=task.name).dispatch_count == 1
    stack.worker.wait_for(1)
    stack.wait_idle(queue)
    with pytest.raises(NotFound):
        stack.client.run_task(name=task.name)


def test_no_more_requests_are_open_than_the_queue_allows(stack: TasksStack) -> None:
    stack.worker.gate.clear()
    queue = stack.queue(rate_limits={"max_concurrent_dispatches": 2})
    for _ in range(6):
        stack.add(queue)
    stack.worker.wait_for(2)
    assert len(list(stack.client.list_tasks(parent=queue))) == 6
    stack.worker.gate.set()
    stack.wait_idle(queue)
    assert len(stack.worker.received) == 6
    assert stack.worker.open_most == 2


def test_hundreds_of_tasks_from_many_threads_arrive_once_each(stack: TasksStack) -> None:
    queue = stack.queue(rate_limits={"max_concurrent_dispatches": 20})
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda n: stack.add(queue, request={"body": str(n).encode()}), range(300)))
    stack.wait_idle(queue)
    assert len({task.name for task in created}) == 300
    assert sorted(int(r.body) for r in stack.worker.received) == list(range(300))


def test_a_name_is_free_again_after_the_tombstone_time() -> None:
    now = [time.time()]
    with TasksStack(clock=lambda: now[0], tombstone_seconds=60.0) as stack:
        queue = stack.queue()
        stack.add(queue, "a")
        stack.wait_idle(queue)
        with pytest.raises(AlreadyExists):
            stack.add(queue, "a")
        now[0] += 60
        stack.add(queue, "a")
        stack.wait_idle(queue)
        assert len(stack.worker.received) == 2


def delivered(url: str, deadline: float) -> Outcome:
    message = plain("Task")(name="projects/p/locations/l/queues/q/tasks/t")
    message.http_request.url = url
    message.http_request.http_method = 1
    set_time(message.dispatch_deadline, deadline)

    async def once() -> Outcome:
        async with open_session() as session:
            return await deliver(session, QueuedTask(message, number=1, named=False))

    return asyncio.run(once())


def test_a_worker_that_does_not_answer_in_time_has_failed(stack: TasksStack) -> None:
    stack.worker.gate.clear()
    outcome = delivered(stack.worker.url, deadline=0.05)
    assert (outcome.status, outcome.done, outcome.executed) == (None, False, False)
    assert outcome.reason.startswith("DEADLINE_EXCEEDED")
    assert len(stack.worker.received) == 1


def test_an_answer_that_drips_past_the_deadline_has_failed() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not writer.is_closing():
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.01)

    async def once() -> Outcome:
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.to_thread(delivered, f"http://127.0.0.1:{port}/", 0.1)

    assert asyncio.run(once()).reason.startswith("DEADLINE_EXCEEDED")


def test_an_answer_that_is_not_http_is_a_failed_attempt() -> None:
    async def nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\r\n\r\n")
        writer.close()

    async def once() -> Outcome:
        server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.to_thread(delivered, f"http://127.0.0.1:{port}/", 10.0)

    outcome = asyncio.run(once())
    assert outcome.status is None
    assert outcome.reason.startswith("UNAVAILABLE")
