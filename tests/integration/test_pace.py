"""A pace that all instances keep together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import ServiceUnavailable
from tendero.platform.pace import Pace
from tendero.platform.settings import Settings

PATIENT = 10_000.0


def test_fifty_callers_at_once_get_fifty_turns_of_their_own(database_url: str) -> None:
    instances = [database(Settings.load({"DATABASE_URL": database_url})) for _ in range(5)]
    paces = [Pace(instance, "chat", 6) for instance in instances]
    with ThreadPoolExecutor(50) as threads:
        waits = sorted(threads.map(lambda number: paces[number % 5].book(PATIENT), range(50)))
    # One at once, then one every ten seconds: none lost, none given twice.
    assert waits == pytest.approx([10.0 * number for number in range(50)], abs=5)
    for instance in instances:
        instance.close()


def test_no_minute_holds_more_calls_than_allowed(db: Database) -> None:
    pace = Pace(db, "chat", 60)
    turns = [pace.book(PATIENT) for _ in range(180)]
    assert turns[:10] == [0.0] * 10
    assert all(turns[number + 60] - turns[number] > 59 for number in range(10, 120))
    assert turns[60] > 59
    # What the limit allows is used, too.
    assert turns[179] < 60 * 170 / 51 + 1


def test_a_turn_after_the_deadline_is_not_booked(db: Database) -> None:
    pace = Pace(db, "chat", 1)
    pace.wait(Deadline(1))
    for _ in range(3):
        with pytest.raises(ServiceUnavailable, match="chat for this minute are used up") as caught:
            pace.wait(Deadline(1))
        assert caught.value.status == 429
        assert 50 < (caught.value.retry_after or 0) <= 60
    assert 50 < pace.book(PATIENT) <= 60


def test_services_do_not_wait_for_each_other(db: Database) -> None:
    assert [Pace(db, name, 1).book(0.0) for name in ("chat", "other")] == [0.0, 0.0]
