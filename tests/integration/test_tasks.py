"""The real Cloud Tasks client against the local queue server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

import grpc
import pytest
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from infra.local.tasks_server.server import Server
from tendero.platform import logs
from tendero.platform.errors import ServiceUnavailable, TaskError
from tendero.platform.settings import Settings
from tendero.platform.tasks import CloudTasksQueue
from tests.loopback import Loopback, loopback, says

PATH = "projects/demo/locations/here/queues/embed"


@contextmanager
def arranged(
    queue: str = "embed", *, patience_seconds: float = 60.0, **more: Any
) -> Iterator[tuple[CloudTasksQueue, Loopback, Server]]:
    with Server(queues=[PATH]) as server, loopback(says("{}")) as function:
        settings = Settings(
            gcp_project_id="demo",
            tasks_location="here",
            cloud_tasks_emulator_host=f"127.0.0.1:{server.port}",
            **more,
        )
        made = CloudTasksQueue(
            settings, queue, dispatch_deadline_seconds=45, patience_seconds=patience_seconds
        )
        yield made, function, server


def arrive(function: Loopback, count: int) -> None:
    until = monotonic() + 20
    while len(function.seen) < count and monotonic() < until:
        sleep(0.01)
    assert len(function.seen) == count


def queued(server: Server) -> list[Any]:
    channel = grpc.insecure_channel(f"127.0.0.1:{server.port}")
    client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
    return list(client.list_tasks(request={"parent": PATH, "response_view": tasks_v2.Task.View.FULL}))


def test_a_task_arrives_as_a_json_post() -> None:
    with arranged() as (queue, function, _):
        assert queue.enqueue(f"{function.url}/batch", {"ids": [1, 2], "word": "ñ"})
        arrive(function, 1)
    seen = function.seen[0]
    assert (seen.method, seen.path, seen.headers["Content-Type"]) == ("POST", "/batch", "application/json")
    assert json.loads(seen.body) == {"ids": [1, 2], "word": "ñ"}


def test_a_task_goes_on_under_the_id_of_the_request_that_queued_it() -> None:
    logs.bind(correlation_id="request-4711")
    try:
        with arranged() as (queue, function, _):
            queue.enqueue(function.url, {})
            arrive(function, 1)
    finally:
        logs.clear()
    assert function.seen[0].headers["X-Correlation-Id"] == "request-4711"


def test_a_name_is_taken_once_whatever_characters_it_has() -> None:
    with arranged() as (queue, function, _):
        assert queue.enqueue(function.url, {}, name="whatsapp:+34 600/1")
        assert not queue.enqueue(function.url, {}, name="whatsapp:+34 600/1")
        assert queue.enqueue(function.url, {}, name="whatsapp:+34 600 1")
        arrive(function, 2)


def test_many_tasks_are_queued_at_once_and_repeats_are_not_counted() -> None:
    with arranged() as (queue, function, _):
        tasks = [(f"batch-{number}", {"n": number}) for number in range(60)]
        assert queue.enqueue_all(function.url, tasks) == 60
        assert queue.enqueue_all(function.url, [*tasks[:10], ("batch-new", {"n": 60})]) == 1
        arrive(function, 61)
    assert {json.loads(seen.body)["n"] for seen in function.seen} == set(range(61))


def test_a_delayed_task_waits_and_carries_deadline_and_identity() -> None:
    with arranged(tasks_service_account="t@demo.iam.gserviceaccount.com") as (queue, function, server):
        queue.enqueue("https://embed-x.run.app/deep/path?a=1", {}, delay_seconds=600)
        (task,) = queued(server)
        assert function.seen == []
    assert task.dispatch_deadline.total_seconds() == 45
    assert (task.schedule_time - task.create_time).total_seconds() == pytest.approx(600, abs=5)
    assert task.http_request.oidc_token.audience == "https://embed-x.run.app"
    assert task.http_request.oidc_token.service_account_email == "t@demo.iam.gserviceaccount.com"


def test_a_queue_that_does_not_exist_is_named() -> None:
    with (
        arranged(queue="absent") as (queue, function, _),
        pytest.raises(TaskError, match="no queue projects/demo/locations/here/queues/absent"),
    ):
        queue.enqueue(function.url, {})


def test_a_refused_task_says_why() -> None:
    with arranged() as (queue, _, _), pytest.raises(TaskError, match="refuses a task"):
        queue.enqueue("not-a-url", {})


def test_a_queue_server_that_is_away_is_unavailable() -> None:
    with arranged(patience_seconds=0.5) as (queue, function, server):
        server._grpc.stop(grace=None).wait()
        with pytest.raises(ServiceUnavailable, match="Cloud Tasks does not take a task"):
            queue.enqueue(function.url, {})
