"""The record of runs: who holds one, how it is taken up again, and what it may not do without a word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.demo_shop.shop import Shop
from tendero.catalog import runs
from tendero.catalog.item import CatalogItem
from tendero.catalog.lease import lease
from tendero.catalog.runs import Portion, Run
from tendero.catalog.store import Store
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import RunTakenOver, SourceError, SyncUnderWay
from tendero.platform.sql import Query
from tests.integration.shop_sync import Stage, stage

RUNS = Query.parse("runs", "select * from sync_runs order by id")
AGE = "update sync_runs set started_at = started_at - interval '25 hours'"
ITEM = CatalogItem(source="woocommerce", external_id="1", name="Gorra")
MARK = {"page": 1}


@pytest.fixture
def synced(db: Database) -> Iterator[Stage]:
    with stage(db, Shop.generated(28)) as made:
        made.sync()
        yield made


def begin(db: Database, since: datetime | None = None, **options: Any) -> Run:
    return runs.begin(db, "woocommerce", since, {"a": 1}, **{"alone": True, **options})


def write(db: Database, run: Run, item: CatalogItem = ITEM) -> None:
    portion = Portion((item,), MARK, (item.external_id,), ("a problem",))
    Store(db, "woocommerce").write(
        [item], lambda transaction, written: run.record(transaction, written, mode="full", portions=[portion])
    )


def statuses(db: Database) -> list[str]:
    return [row["status"] for row in db.fetch(RUNS)]


def execute(db: Database, sql: str) -> None:
    db.execute(Query.parse("test", sql))


def end(db: Database, run: Run, *, succeeded: bool) -> None:
    with db.transaction() as transaction:
        run.end(transaction, mode="full", succeeded=succeeded, embeddings=0, errors=["it broke"])


def test_a_run_that_was_cut_off_goes_on_as_the_same_one_with_its_figures(db: Database) -> None:
    first = begin(db)
    write(db, first)
    second = begin(db)
    assert (second.id, second.continuations) == (first.id, 1)
    assert (second.written.inserted, second.processed, second.errors) == (1, 1, ["a problem"])
    assert (second.marks, second.hidden, second.memory) == ([MARK], {"1"}, {"a": 1})
    end(db, second, succeeded=True)
    assert statuses(db) == ["succeeded"]
    assert begin(db).marks == []


def test_who_lost_a_run_writes_nothing_more(db: Database) -> None:
    first = begin(db)
    begin(db)
    with pytest.raises(RunTakenOver):
        write(db, first)
    assert db.fetch(Query.parse("all", "select * from products")) == []
    with pytest.raises(RunTakenOver):
        end(db, first, succeeded=True)
    with pytest.raises(RunTakenOver):
        first.lay_down(db, "full")


def test_a_failed_run_is_gone_on_with_by_a_new_one_unless_all_is_asked_for_anew(db: Database) -> None:
    first = begin(db)
    write(db, first)
    end(db, first, succeeded=False)
    assert begin(db, anew=True).marks == []
    execute(db, "delete from sync_runs where status = 'running'")
    first = begin(db)
    write(db, first, CatalogItem(source="woocommerce", external_id="2", name="Bufanda"))
    end(db, first, succeeded=False)
    second = begin(db)
    assert (second.id > first.id, second.marks, second.processed) == (True, [MARK], 0)


def test_a_run_over_everything_does_not_go_on_with_one_over_changes(db: Database) -> None:
    changes = begin(db, datetime(2026, 1, 1, tzinfo=UTC))
    write(db, changes)
    everything = begin(db)
    assert (everything.id > changes.id, everything.marks) == (True, [])
    assert statuses(db) == ["failed", "running"]
    again = begin(db, datetime(2026, 1, 2, tzinfo=UTC))
    assert (again.id, again.since) == (everything.id, None)


def test_a_run_of_yesterday_is_not_gone_on_with(db: Database) -> None:
    first = begin(db)
    write(db, first)
    execute(db, AGE)
    second = begin(db)
    assert (second.id > first.id, second.marks) == (True, [])
    assert statuses(db) == ["failed", "running"]


def test_a_lease_is_held_by_one_and_ends_with_its_connection(db: Database) -> None:
    with lease(db, "woocommerce") as mine, lease(db, "odoo") as another_source:
        assert (mine, another_source) == (True, True)
        with lease(db, "woocommerce") as second:
            assert not second
    with lease(db, "woocommerce") as later:
        assert later


def test_a_held_source_is_taken_only_from_a_process_not_heard_of_for_an_hour(synced: Stage) -> None:
    begin(synced.db, datetime(2026, 1, 1, tzinfo=UTC))
    with lease(synced.db, "woocommerce"):
        with pytest.raises(SyncUnderWay, match="under way since"):
            synced.sync()
        execute(synced.db, "update sync_runs set renewed_at = now() - interval '2 hours'")
        assert synced.sync().continuations == 1
    assert statuses(synced.db) == ["succeeded", "succeeded"]


def test_a_dry_run_needs_no_lease(synced: Stage) -> None:
    with lease(synced.db, "woocommerce"):
        assert synced.sync(dry_run=True, full=True).unchanged == 56


def test_hiding_many_products_needs_a_word_as_deleting_them_does(synced: Stage) -> None:
    simple = [each.id for each in synced.shop.items.values() if each.type == "simple"][:12]
    for number in simple:
        synced.shop.update(number, {"status": "draft"})
    before = synced.active_ids()
    for full in (True, False):
        with pytest.raises(SourceError, match=r"12 of 56 .* 20% .*tendero sync --yes"):
            synced.sync(full=full)
    assert synced.active_ids() == before
    assert synced.sync(allow_mass_deactivation=True).deactivated == 12
    assert synced.active_ids() == synced.visible_ids()
    assert synced.sync(full=True).updated == 0


def test_the_share_that_may_go_is_a_setting(db: Database) -> None:
    with stage(db, Shop.generated(28), SYNC_MOST_GONE_PERCENT="50") as made:
        made.sync()
        for item in [each for each in made.shop.items.values() if each.type == "simple"][:20]:
            made.shop.delete(item.id)
        assert made.sync().deactivated == 20


def test_a_run_stops_after_the_page_at_which_its_time_is_up(db: Database) -> None:
    with stage(db, Shop.generated(5)) as made:
        report = made.sync(until=Deadline(0))
        assert (report.finished, report.continuations) == (False, 0)
        assert statuses(db) == ["running"]
        assert made.sync().continuations == 1
        assert made.active_ids() == made.visible_ids()
