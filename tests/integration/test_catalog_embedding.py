"""Vectors: asked for once per text, made once, refused ones recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.local.demo_shop.shop import Shop
from tendero.catalog import claims, embedding, models
from tendero.catalog.embedding import Embeddings
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import EmbeddingError, ServiceUnavailable, SpendLimitReached
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration.shop_sync import CountingEmbedder, Stage, stage


@dataclass
class RefusingEmbedder(CountingEmbedder):
    """Raises `error` for every batch with a text that holds the word `refused`."""

    refused: str = "veneno"
    error: Exception = field(default_factory=lambda: EmbeddingError("This text cannot be embedded."))
    calls: int = 0

    def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[list[float]]:
        self.calls += 1
        if any(self.refused in text for text in texts):
            raise self.error
        return super().embed(texts, deadline)


@dataclass
class RecordingQueue:
    """Keeps the tasks; a name is taken once. Stands in for Cloud Tasks."""

    tasks: dict[str | None, dict[str, Any]] = field(default_factory=dict)
    paused: bool = False

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def enqueue(
        self, url: str, payload: dict[str, Any], *, name: str | None = None, delay_seconds: float = 0
    ) -> bool:
        return self.enqueue_all(url, [(name, payload)]) == 1

    def enqueue_all(self, url: str, tasks: Sequence[tuple[str | None, dict[str, Any]]]) -> int:
        before = len(self.tasks)
        for name, payload in tasks:
            self.tasks.setdefault(name, payload)
        return len(self.tasks) - before


@pytest.fixture
def made(db: Database) -> Iterator[Stage]:
    """A shop with 30 synced products and no vectors yet."""
    with stage(db, Shop.generated(30, variations=0), EMBEDDING_BATCH_SIZE="8") as built:
        built.sync()
        db.execute(Query.parse("empty", "delete from product_embeddings"))
        built.embedder.texts.clear()
        yield built


def query(made: Stage, sql: str) -> list[dict[str, Any]]:
    return made.db.fetch(Query.parse("test", sql))


def ids(made: Stage) -> list[int]:
    return [row["id"] for row in made.rows()]


def test_tasks_carry_batches_of_ids_under_names_of_their_content(made: Stage) -> None:
    queue = RecordingQueue()
    settings = Settings.load({"EMBED_URL": "http://embed.example", "EMBEDDING_BATCH_SIZE": "8"})
    embeddings = Embeddings(made.db, made.embedder, settings, lambda: queue)
    assert embeddings.fan_out(1).count == 30
    assert [len(task["product_ids"]) for task in queue.tasks.values()] == [8, 8, 8, 6]
    assert {task["model"] for task in queue.tasks.values()} == {"test-16"}
    # The same run again adds nothing; another run may.
    embeddings.fan_out(1)
    assert len(queue.tasks) == 4
    embeddings.fan_out(2)
    assert len(queue.tasks) == 8


def test_the_same_task_twice_makes_vectors_once(made: Stage) -> None:
    embeddings = Embeddings(made.db, made.embedder, made.settings)
    assert embeddings.embed(ids(made)).embedded == 30
    again = embeddings.embed(ids(made))
    assert (again.embedded, again.skipped) == (0, 30)
    assert len(made.embedder.texts) == 30
    assert query(made, "select count(*) as n from product_embeddings") == [{"n": 30}]


def test_vectors_come_back_as_they_were_made(made: Stage) -> None:
    Embeddings(made.db, made.embedder, made.settings).embed(ids(made)[:1])
    (row,) = query(made, "select embedding::text as v from product_embeddings")
    (vector,) = CountingEmbedder().embed(made.embedder.texts[:1])
    assert [float(each) for each in row["v"][1:-1].split(",")] == pytest.approx(vector, abs=1e-3)


def test_products_that_are_gone_or_hidden_are_skipped(made: Stage) -> None:
    query(made, "update products set is_active = false where id % 2 = 0")
    done = Embeddings(made.db, made.embedder, made.settings).embed([*ids(made), 999_999])
    assert (done.embedded, done.skipped) == (15, 16)


def test_a_text_that_changed_meanwhile_keeps_no_old_vector(made: Stage) -> None:
    class Editing(CountingEmbedder):
        def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[list[float]]:
            query(made, "update products set text_hash = 'newer' where id = (select min(id) from products)")
            return super().embed(texts, deadline)

    assert Embeddings(made.db, Editing(), made.settings).embed(ids(made)).embedded == 29


def test_one_refused_text_holds_up_no_other(made: Stage) -> None:
    query(made, "update products set text_for_embedding = 'veneno' where id = (select min(id) from products)")
    embedder = RefusingEmbedder()
    embeddings = Embeddings(made.db, embedder, made.settings)
    done = embeddings.embed(ids(made))
    assert (done.embedded, done.failed) == (29, 1)
    (failure,) = query(made, "select * from embedding_failures")
    assert failure["reason"] == "This text cannot be embedded."
    # The same text is not tried at every run; another text is.
    assert embeddings.fan_out(2).count == 0
    query(
        made,
        "update products set text_for_embedding = 'miel', text_hash = 'miel'"
        " where text_for_embedding = 'veneno'",
    )
    assert embeddings.fan_out(3).count == 1
    assert query(made, "select * from embedding_failures") == []


def test_a_spent_budget_is_recorded_and_made_up_for_later(made: Stage) -> None:
    broke = RefusingEmbedder(refused="", error=SpendLimitReached("The quota is used up."))
    done = Embeddings(made.db, broke, made.settings).embed(ids(made))
    assert (done.embedded, done.failed, broke.calls) == (0, 30, 1)
    assert len(query(made, "select * from embedding_failures")) == 30
    assert Embeddings(made.db, made.embedder, made.settings).fan_out(2).count == 30
    assert query(made, "select * from embedding_failures") == []


def test_an_embedder_that_is_down_fails_no_sync(made: Stage) -> None:
    down = RefusingEmbedder(refused="", error=ServiceUnavailable("No answer."))
    outcome = Embeddings(made.db, down, made.settings).fan_out(2)
    assert outcome.count == 0
    assert "No answer." in outcome.problems[0]


def test_another_model_fills_its_vectors_beside_the_old_ones(made: Stage) -> None:
    Embeddings(made.db, made.embedder, made.settings).fan_out(2)
    Embeddings(made.db, CountingEmbedder("other-16"), made.settings).fan_out(3)
    assert query(
        made, "select model, count(*) as n from product_embeddings group by model order by model"
    ) == [
        {"model": "other-16", "n": 30},
        {"model": "test-16", "n": 30},
    ]


def test_a_refused_text_is_not_sent_again_by_another_delivery(made: Stage) -> None:
    query(made, "update products set text_for_embedding = 'veneno' where id = (select min(id) from products)")
    embedder = RefusingEmbedder()
    embeddings = Embeddings(made.db, embedder, made.settings)
    embeddings.embed(ids(made))
    asked = embedder.calls
    assert embeddings.embed(ids(made)).skipped == 30
    assert embedder.calls == asked


def test_batches_are_the_same_however_the_products_are_read(
    made: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "_PAGE", 7)
    monkeypatch.setattr(embedding, "_MOST_TASKS", 2)
    queue = RecordingQueue()
    settings = Settings.load({"EMBED_URL": "http://embed.example", "EMBEDDING_BATCH_SIZE": "8"})
    assert Embeddings(made.db, made.embedder, settings, lambda: queue).fan_out(1).count == 30
    assert [len(task["product_ids"]) for task in queue.tasks.values()] == [8, 8, 8, 6]
    assert Embeddings(made.db, made.embedder, made.settings).fan_out(1).count == 30
    assert len(made.embedder.texts) == 30


def test_a_cut_fan_out_says_how_many_are_lacking(made: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_PAGE", 5)
    last = "(select max(id) from products)"
    query(made, f"update products set text_for_embedding = 'veneno' where id = {last}")
    for error in (ServiceUnavailable("No answer."), SpendLimitReached("The quota is used up.")):
        query(made, "delete from product_embeddings")
        outcome = Embeddings(made.db, RefusingEmbedder(error=error), made.settings).fan_out(2)
        assert (outcome.count, outcome.lacking) == (24, 6)


CLAIMED = (
    "insert into embedding_claims (product_id, model, claimed_until)"
    " select id, 'test-16', now() + interval '{}' from products order by id limit 10"
)


def test_what_another_has_claimed_is_left_to_it(made: Stage) -> None:
    query(made, CLAIMED.format("1 minute"))
    done = Embeddings(made.db, made.embedder, made.settings).embed(ids(made))
    assert (done.embedded, done.busy, len(made.embedder.texts)) == (20, 10, 20)
    # Claims on one model's texts hold up no other's; one that costs nothing needs none.
    other = Embeddings(made.db, CountingEmbedder("other-16"), made.settings)
    assert other.embed(ids(made)).embedded == 30
    made.embedder.paid = False
    assert Embeddings(made.db, made.embedder, made.settings).embed(ids(made)).embedded == 10


def test_a_sync_waits_for_what_a_process_that_died_had_claimed(made: Stage) -> None:
    query(made, CLAIMED.format("0.3 seconds"))
    outcome = Embeddings(made.db, made.embedder, made.settings).fan_out(1)
    assert (outcome.count, outcome.busy, outcome.lacking) == (30, 0, 0)
    assert len(made.embedder.texts) == 30


def test_a_claim_outlives_the_work_and_ends_with_it(made: Stage) -> None:
    class Looking(CountingEmbedder):
        def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[list[float]]:
            assert deadline is not None
            (claim,) = query(
                made,
                "select count(*) as n, extract(epoch from min(claimed_until) - now())::float as left"
                " from embedding_claims",
            )
            assert (claim["n"], claim["left"] > deadline.remaining()) == (30, True)
            raise ServiceUnavailable("No answer.")

    assert claims.CLAIM_SECONDS > claims.WORK_SECONDS
    with pytest.raises(ServiceUnavailable):
        Embeddings(made.db, Looking(), made.settings).embed(ids(made))
    assert query(made, "select * from embedding_claims") == []


def test_what_the_queue_gave_up_is_told_and_tried_by_the_next_sync(made: Stage) -> None:
    embeddings = Embeddings(made.db, made.embedder, made.settings)
    embeddings.embed(ids(made)[:10])
    embeddings.give_up(ids(made), "The queue gave up.")
    assert models.reasons(made.db, "test-16") == [{"reason": "The queue gave up.", "products": 20}]
    assert embeddings.fan_out(2).count == 20
    assert query(made, "select * from embedding_failures") == []
