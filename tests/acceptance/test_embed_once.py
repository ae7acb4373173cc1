"""The embed function under deliveries at the same moment, and at the end of the queue's patience."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.model_server import ModelServer
from tendero.catalog import models
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.acceptance.served import ROOT, served
from tests.acceptance.test_sync_and_embed import until

MODEL = "text-embedding-3-small@64"
PRODUCTS = Query.parse(
    "products",
    "insert into products (source, external_id, kind, name, text_for_embedding, text_hash)"
    " select 'test', n::text, 'product', 'P' || n, 'Text ' || n, 'hash ' || n from generate_series(1, 20) n"
    " returning id",
)


@dataclass
class Embed:
    """20 products without vectors, the settings of a function that embeds them, and its model's provider."""

    db: Database
    provider: ModelServer
    settings: dict[str, str]
    ids: list[int] = field(default_factory=list)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.db.fetch(Query.parse("test", sql))

    @property
    def order(self) -> dict[str, Any]:
        return {"product_ids": self.ids, "model": MODEL}

    @property
    def sent(self) -> Counter[str]:
        """How often each text has reached the provider."""
        return Counter(text for request in self.provider.requests for text in request["body"]["input"])

    @property
    def vectors(self) -> int:
        return int(self.rows("select count(*) as n from product_embeddings")[0]["n"])


@pytest.fixture
def embed(db: Database, database_url: str) -> Iterator[Embed]:
    with ModelServer(api_key="sk-test") as provider:
        settings = {
            "DATABASE_URL": database_url,
            "EMBEDDER": "openai",
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": provider.base_url,
            "OPENAI_EMBEDDING_DIMENSIONS": "64",
            "EMBED_MAX_ATTEMPTS": "3",
        }
        yield Embed(db, provider, settings, [row["id"] for row in db.fetch(PRODUCTS)])


def test_a_task_delivered_fifty_times_at_once_sends_each_text_once(embed: Embed, tmp_path: Path) -> None:
    embed.provider.control({"mode": {"hang": 0.5}})
    with served("embed", tmp_path, **embed.settings) as function, ThreadPoolExecutor(50) as threads:

        def deliver(_: int) -> requests.Response:
            return requests.post(function.url, json=embed.order, timeout=60)

        answers = list(threads.map(deliver, range(50)))
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert sum(answer.json().get("embedded", 0) for answer in answers) == 20
        # Those that found the texts claimed ask to be delivered again; by then there is nothing to do.
        claimed = [answer for answer in answers if answer.status_code == 409]
        assert claimed
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in claimed)
        assert deliver(51).json()["skipped"] == 20
    assert set(embed.sent.values()) == {1}
    assert (embed.vectors, embed.rows("select * from embedding_claims")) == (20, [])


WORKER = """
import json, os, sys
from tendero.catalog import job
from tendero.platform.connect import database
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

settings = Settings.load()
job.vectors(settings, Secrets(settings), database(settings)).embed(json.loads(sys.argv[1]))
"""


def test_a_process_killed_between_claim_and_write_loses_and_doubles_nothing(
    embed: Embed, tmp_path: Path
) -> None:
    embed.provider.control([{"hang": 60}])
    environment = embed.settings | {"ENVIRONMENT": "local_machine"}
    killed = subprocess.Popen(
        [sys.executable, "-c", WORKER, json.dumps(embed.ids)], cwd=ROOT, env=environment
    )
    until(lambda: len(embed.provider.requests) == 1)
    killed.kill()
    killed.wait()
    with served("embed", tmp_path, **embed.settings) as function:
        # Nobody can tell yet that the other is dead.
        assert requests.post(function.url, json=embed.order, timeout=60).status_code == 409
        assert (embed.vectors, len(embed.provider.requests)) == (0, 1)
        embed.rows("update embedding_claims set claimed_until = now() - interval '1 second'")
        again = [requests.post(function.url, json=embed.order, timeout=60).json() for _ in range(2)]
    assert [answer["embedded"] for answer in again] == [20, 0]
    assert (embed.vectors, len(embed.provider.requests)) == (20, 2)
    assert embed.rows("select * from embedding_claims") == []


def test_what_the_queue_gives_up_is_recorded_and_made_up_for(embed: Embed, tmp_path: Path) -> None:
    embed.settings["OPENAI_API_KEY"] = "sk-wrong"
    with served("embed", tmp_path, **embed.settings) as function:

        def attempt(number: int) -> int:
            headers = {"X-CloudTasks-QueueName": "embed", "X-CloudTasks-TaskRetryCount": str(number - 1)}
            return requests.post(function.url, json=embed.order, headers=headers, timeout=60).status_code

        assert [attempt(1), attempt(2)] == [503, 503]
        assert models.reasons(embed.db, MODEL) == []
        assert attempt(3) == 503
        (reason,) = models.reasons(embed.db, MODEL)
        assert reason["products"] == 20
        assert reason["reason"].startswith("The queue gave up after 3 attempts: The embedding service")
        # They are still to come, not refused: the next fan-out finds them.
        assert models.counts(embed.db, MODEL) == models.Counts(20, 0, 0)
        embed.provider.api_key = "sk-wrong"
        assert attempt(3) == 200
    assert (embed.vectors, models.reasons(embed.db, MODEL)) == (20, [])
