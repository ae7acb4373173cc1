"""What a task carries, before it is sent."""

from __future__ import annotations

import pytest

from tendero.platform.errors import SettingsError, TaskError
from tendero.platform.settings import Settings
from tendero.platform.tasks import CloudTasksQueue


def test_a_queue_needs_a_project() -> None:
    with pytest.raises(SettingsError, match="GCP_PROJECT_ID"):
        CloudTasksQueue(Settings(), "embed")


def test_a_payload_near_the_limit_of_the_api_is_refused_before_it_is_sent() -> None:
    queue = CloudTasksQueue(Settings(gcp_project_id="p"), "embed")
    with pytest.raises(TaskError, match="100000 bytes, this one has 100008: send ids"):
        queue.enqueue("https://embed.example/", {"x": "ñ" * 50_000})
