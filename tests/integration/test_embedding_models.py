"""Another embedding model: filled beside the one in use, searched by when complete; money stops all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.local.demo_shop.shop import Shop
from infra.local.tasks_server.server import Server as TasksServer
from tendero.catalog import models
from tendero.catalog.embedders.choose import named
from tendero.catalog.embedding import STOPPED, Embeddings
from tendero.catalog.models import Models
from tendero.catalog.search import ProductSearch
from tendero.catalog.vectors import Vectors
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import EmbeddingError, ServiceUnavailable, SettingsError, SpendLimitReached
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tendero.platform.tasks import CloudTasksQueue
from tests.integration.shop_sync import CountingEmbedder, Stage, stage
from tests.integration.test_catalog_embedding import RecordingQueue

QUEUED = Settings.load({"EMBED_URL": "http://embed.example", "EMBEDDING_BATCH_SIZE": "8"})


@dataclass
class Poor(CountingEmbedder):
    """Makes `credit` texts; then its provider wants money."""

    credit: int = 0

    def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[list[float]]:
        if len(texts) > self.credit:
            raise SpendLimitReached("The quota is used up.")
        self.credit -= len(texts)
        return super().embed(texts, deadline)


@dataclass
class Two:
    """A synced shop with a model in use, `old`, and another one, `new`."""

    stage: Stage
    old: CountingEmbedder
    new: CountingEmbedder
    queue: RecordingQueue = field(default_factory=RecordingQueue)

    def find(self, model: str, dimensions: int) -> CountingEmbedder:
        return {"new-16": self.new, self.old.model: self.old}[model]

    @property
    def models(self) -> Models:
        return Models(self.old, self.find)

    def vectors(self, settings: Settings | None = None) -> Vectors:
        return Vectors(self.stage.db, self.models, settings or self.stage.settings, lambda: self.queue)

    def work_off(self) -> None:
        """Does what the queue would: each task once."""
        tasks, self.queue.tasks = self.queue.tasks, {}
        for task in tasks.values():
            self.vectors(QUEUED).embed(task["product_ids"], task["model"], queued=True)

    def searched_by(self) -> str:
        """The model that embeds a customer's words; the search must find something by its vectors."""
        before = len(self.old.texts), len(self.new.texts)
        search = ProductSearch(self.stage.db, self.old, self.stage.settings, self.find)
        found = search.search("algo que nadie vende con esas palabras")
        assert found.vector_used
        used = [len(self.old.texts) - before[0], len(self.new.texts) - before[1]]
        assert sorted(used) == [0, 1]
        return "old" if used[0] else "new"


@pytest.fixture
def two(db: Database) -> Iterator[Two]:
    with stage(db, Shop.generated(30, variations=0), EMBEDDING_BATCH_SIZE="8") as built:
        built.sync()
        yield Two(built, built.embedder, CountingEmbedder("new-16"))


def query(db: Database, sql: str) -> list[dict[str, Any]]:
    return db.fetch(Query.parse("test", sql))


def test_a_new_model_is_searched_by_only_once_it_is_complete(two: Two) -> None:
    assert two.vectors(QUEUED).switch(two.new).count == 30
    assert [task["model"] for task in two.queue.tasks.values()] == ["new-16"] * 4
    assert two.searched_by() == "old"
    first, *_ = two.queue.tasks.values()
    two.vectors(QUEUED).embed(first["product_ids"], "new-16", queued=True)
    assert two.vectors(QUEUED).fan_out(7).count == 22
    assert two.searched_by() == "old"
    two.work_off()
    assert models.finish_switch(two.stage.db, two.new)
    assert two.searched_by() == "new"
    # No product's text was sent to the old model again: only the two customers' words.
    assert len(two.old.texts) == 32


def test_a_sync_completes_a_switch_that_nobody_waits_for(two: Two) -> None:
    two.vectors(QUEUED).switch(two.new)
    two.work_off()
    two.vectors(QUEUED).fan_out(8)
    assert two.models.chosen(two.stage.db).active is two.new


def test_while_a_switch_is_under_way_both_models_follow_the_texts(two: Two) -> None:
    two.vectors(QUEUED).switch(two.new)
    two.work_off()
    query(two.stage.db, "update products set text_hash = 'n' where id = (select min(id) from products)")
    assert two.vectors(QUEUED).fan_out(9).count == 2
    assert two.models.chosen(two.stage.db).active is two.old


def test_without_a_queue_a_switch_is_made_at_once(two: Two) -> None:
    assert two.vectors().switch(two.new).count == 30
    assert two.searched_by() == "new"


def test_going_back_sends_no_text_that_did_not_change(two: Two) -> None:
    two.vectors().switch(two.new)
    two.vectors().switch(two.old)
    two.vectors().switch(two.new)
    assert (len(two.old.texts), len(two.new.texts)) == (30, 30)
    assert two.models.chosen(two.stage.db).active is two.new


def test_switching_to_the_model_in_use_calls_a_switch_off(two: Two) -> None:
    two.vectors(QUEUED).switch(two.new)
    two.vectors(QUEUED).switch(two.old)
    chosen = two.models.chosen(two.stage.db)
    assert (chosen.active, chosen.next) == (two.old, None)
    # Tasks for a model that nobody wants any more cost nothing.
    two.work_off()
    assert two.new.texts == []


def test_a_model_that_refuses_most_texts_takes_no_place(two: Two) -> None:
    class Refusing(CountingEmbedder):
        def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[list[float]]:
            raise EmbeddingError("Wrong length.")

    two.new = Refusing("new-16")
    two.vectors().switch(two.new)
    assert models.counts(two.stage.db, "new-16") == models.Counts(30, 0, 30)
    assert models.reasons(two.stage.db, "new-16") == [{"reason": "Wrong length.", "products": 30}]
    assert two.searched_by() == "old"


def test_a_single_refused_text_does_not_hold_up_a_switch(two: Two) -> None:
    class Picky(CountingEmbedder):
        def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[list[float]]:
            if any(text.startswith(first) for text in texts):
                raise EmbeddingError("Not this one.")
            return super().embed(texts, deadline)

    first = two.old.texts[0][:20]
    two.new = Picky("new-16")
    two.vectors().switch(two.new)
    assert models.counts(two.stage.db, "new-16") == models.Counts(30, 29, 1)
    assert two.searched_by() == "new"


def test_pruning_keeps_the_models_in_use(two: Two) -> None:
    two.vectors().switch(two.new)
    assert models.stored(two.stage.db) == {"new-16": 16, "test-16": 16}
    kept = [each.model for each in two.models.chosen(two.stage.db).wanted]
    assert models.prune(two.stage.db, kept) == {"test-16": 30}
    assert models.stored(two.stage.db) == {"new-16": 16}
    assert two.searched_by() == "new"


def test_an_active_model_that_cannot_be_had_costs_only_the_vectors(two: Two) -> None:
    query(two.stage.db, "insert into active_models (model, dimensions) values ('gone', 3)")

    def none(model: str, dimensions: int) -> CountingEmbedder:
        raise SettingsError(f"{model}?")

    search = ProductSearch(two.stage.db, two.old, two.stage.settings, none)
    name = two.stage.rows()[0]["name"]
    assert search.search(name).hits
    outcome = Vectors(two.stage.db, Models(two.old, none), two.stage.settings).fan_out(3)
    assert "gone?" in outcome.problems[0]


def test_batches_are_bounded_by_their_characters_too(two: Two) -> None:
    lengths = [len(text) for text in two.old.texts]
    most = max(lengths) + min(lengths)
    settings = Settings.load({"EMBED_URL": "http://embed.example", "EMBEDDING_BATCH_CHARACTERS": str(most)})
    Embeddings(two.stage.db, two.new, settings, lambda: two.queue).fan_out(1)
    by_id = {row["id"]: len(row["text_for_embedding"]) for row in two.stage.rows()}
    sizes = [sum(by_id[each] for each in task["product_ids"]) for task in two.queue.tasks.values()]
    assert len(sizes) > 5
    assert max(sizes) <= most
    assert sum(sizes) == sum(lengths)


def test_what_was_paid_for_is_kept_when_the_money_runs_out(two: Two) -> None:
    ids = [row["id"] for row in two.stage.rows()]
    two.new = Poor("new-16", credit=20)
    outcome = Vectors(two.stage.db, Models(two.new), two.stage.settings).fan_out(1)
    assert outcome.count == 16
    assert len(outcome.problems) == 1
    two.new.credit = 100
    done = Embeddings(two.stage.db, two.new, two.stage.settings).embed(ids)
    assert (done.embedded, done.skipped) == (14, 16)
    assert len(two.new.texts) == 30


def test_money_pauses_the_real_queue_and_alerts_once(two: Two, capfd: pytest.CaptureFixture[str]) -> None:
    with TasksServer(queues=["projects/demo/locations/here/queues/embed"]) as tasks:
        settings = Settings.load(
            {
                "EMBED_URL": "http://127.0.0.1:9",
                "EMBED_QUEUE": "embed",
                "GCP_PROJECT_ID": "demo",
                "TASKS_LOCATION": "here",
                "CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{tasks.port}",
                "EMBEDDING_BATCH_SIZE": "8",
            }
        )
        queue = CloudTasksQueue(settings, "embed")
        poor = Poor("new-16")
        vectors = Vectors(two.stage.db, Models(poor), settings, lambda: queue)
        ids = [row["id"] for row in two.stage.rows()]

        def state() -> str:
            return str(queue.client().get_queue(name=queue.path).state.name)

        assert vectors.embed(ids[:8], queued=True).stopped
        assert state() == "PAUSED"
        for _ in range(3):
            assert vectors.embed(ids[8:], queued=True).skipped == 22
        (line,) = [
            json.loads(each) for each in capfd.readouterr().err.splitlines() if "embeddings stopped" in each
        ]
        assert (line["severity"], line["message"], line["queue"]) == ("ERROR", STOPPED, "paused")
        assert "tendero embeddings retry" in line["message"]

        # A sync tries one batch, and queues nothing while the provider still refuses.
        assert vectors.fan_out(2).count == 0
        assert (state(), list(queue.client().list_tasks(parent=queue.path))) == ("PAUSED", [])
        assert "embeddings stopped" not in capfd.readouterr().err
        poor.credit = 100
        assert vectors.fan_out(3).count == 30
        assert state() == "RUNNING"
        assert len(poor.texts) == 8

        poor.credit = 0
        assert vectors.embed(ids[8:], queued=True).stopped
        assert state() == "PAUSED"
        assert vectors.retry().count == 22
        assert state() == "RUNNING"


def test_a_stop_of_one_model_does_not_hold_the_other(two: Two) -> None:
    poor = Poor("poor-16")
    vectors = Vectors(two.stage.db, Models(poor, two.find), QUEUED, lambda: two.queue)
    vectors.embed([row["id"] for row in two.stage.rows()], queued=True)
    assert two.queue.paused
    two.old = poor
    assert two.vectors(QUEUED).switch(two.new).count == 30
    assert not two.queue.paused
    two.work_off()
    assert len(two.new.texts) == 30


def test_an_embedder_changed_in_the_settings_is_filled_by_the_next_sync(two: Two) -> None:
    poor = Poor("poor-16")
    Vectors(two.stage.db, Models(poor, two.find), QUEUED, lambda: two.queue).embed(
        [row["id"] for row in two.stage.rows()], queued=True
    )
    assert two.queue.paused
    # No switch: the settings just name another one, whose tasks the pause of the former would hold up.
    changed = Vectors(two.stage.db, Models(two.new, two.find), QUEUED, lambda: two.queue)
    assert changed.fan_out(5).count == 30
    assert not two.queue.paused
    assert models.stopped(two.stage.db) == set()


def test_retry_tries_refused_texts_at_once(two: Two) -> None:
    db = two.stage.db
    query(db, "delete from product_embeddings")
    query(
        db,
        "insert into embedding_failures (product_id, model, text_hash, reason)"
        " select id, 'test-16', text_hash, 'No.' from products",
    )
    assert two.vectors().fan_out(4).count == 0
    assert two.vectors().retry().count == 30
    assert query(db, "select * from embedding_failures") == []


def test_a_retry_keeps_batching(two: Two) -> None:
    """After a failure, a batch is asked for in one request again, and `retry` queues whole batches."""

    class Failing(CountingEmbedder):
        sizes: list[int]

        def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[list[float]]:
            self.sizes.append(len(texts))
            if len(self.sizes) == 1:
                raise ServiceUnavailable("No answer.")
            return super().embed(texts, deadline)

    two.new = Failing("new-16")
    two.new.sizes = []
    vectors = Vectors(two.stage.db, Models(two.new), QUEUED, lambda: two.queue)
    ids = [row["id"] for row in two.stage.rows()]
    with pytest.raises(ServiceUnavailable):
        vectors.embed(ids[:8], queued=True)
    assert vectors.embed(ids[:8], queued=True).embedded == 8
    assert two.new.sizes == [8, 8]
    assert vectors.retry().count == 22
    assert [len(task["product_ids"]) for task in two.queue.tasks.values()] == [8, 8, 6]


@pytest.mark.parametrize(
    ("model", "dimensions", "name", "length"),
    [
        ("wordllama-256", None, "wordllama-256", 256),
        ("text-embedding-3-large", None, "text-embedding-3-large", 3072),
        ("text-embedding-3-small", 512, "text-embedding-3-small@512", 512),
        ("text-embedding-3-small@512", None, "text-embedding-3-small@512", 512),
        ("text-embedding-3-small@512", 512, "text-embedding-3-small@512", 512),
        ("text-embedding-3-small@1536", None, "text-embedding-3-small", 1536),
        ("bge-m3", 1024, "bge-m3@1024", 1024),
    ],
)
def test_a_models_name_carries_a_length_of_its_own(
    model: str, dimensions: int | None, name: str, length: int
) -> None:
    settings = Settings()
    found = named(settings, Secrets(settings), model, dimensions)
    assert (found.model, found.dimensions) == (name, length)
    again = named(settings, Secrets(settings), found.model, found.dimensions)
    assert again.model == found.model


@pytest.mark.parametrize(
    ("model", "dimensions"),
    [
        ("wordllama-256", 128),
        ("text-embedding-ada-002", 512),
        ("text-embedding-3-small", 4000),
        ("text-embedding-3-small@512", 256),
        ("text-embedding-3-small@many", None),
        ("bge-m3", None),
    ],
)
def test_a_length_that_the_model_does_not_have_is_refused(model: str, dimensions: int | None) -> None:
    settings = Settings()
    with pytest.raises(SettingsError):
        named(settings, Secrets(settings), model, dimensions)
