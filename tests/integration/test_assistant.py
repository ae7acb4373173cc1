"""Turns over a real database; search and shop in memory, so that they can fail at will."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tendero.assistant.asked import cleaned
from tendero.assistant.reply import EngineName
from tendero.people.conversations import ConversationRef, Role, recent
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseUnavailable
from tendero.platform.settings import Settings
from tests.integration.assistant_shop import Counter, changed, fill
from tests.unit.catalogue import MemorySearch, MemoryShop

ROMA = "Cafetera espresso Roma"


@pytest.fixture
def counter(db: Database) -> Counter:
    return Counter(db, Settings.load({"WOOCOMMERCE_URL": "https://shop.example"}), rows=fill(db))


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """What hangs waits for this; set at the end so that no thread outlives the test."""
    event = threading.Event()
    yield event
    event.set()


class Hanging:
    """Stands for a search, a shop or a database that never answers."""

    def __init__(self, event: threading.Event) -> None:
        self._event = event

    def search(self, *_: Any, **__: Any) -> Any:
        self._event.wait()

    def __call__(self, **_: Any) -> Any:
        self._event.wait()


class DatabaseDown:
    """A database that refuses, or with an event never answers."""

    def __init__(self, event: threading.Event | None = None) -> None:
        self._event = event

    def transaction(self, deadline: Deadline | None = None) -> Any:
        if self._event:
            self._event.wait()
        raise DatabaseUnavailable("No connection to PostgreSQL: refused")


def test_follow_ups_are_understood_from_the_stored_conversation(counter: Counter) -> None:
    listed = counter.ask("¿tienen cafeteras?")
    assert len(listed.products) == 3
    second = counter.ask("¿y la segunda?")
    assert "31,50 €" in second.texts[0]
    assert "24,90 €" in counter.ask("¿cuánto cuesta la primera?").texts[0]


def test_more_shows_what_was_not_shown_yet(counter: Counter) -> None:
    first = counter.ask("café")
    more = counter.ask("ver más")
    assert first.products
    assert not {each.id for each in first.products} & {each.id for each in more.products}


def test_a_turn_is_stored_whole(counter: Counter) -> None:
    reply = counter.ask("¿cuánto cuesta la cafetera espresso?")
    with counter.db.transaction() as transaction:
        history = recent(transaction, counter.conversation, 10)
    assert [each.role for each in history.messages] == [Role.CUSTOMER, Role.ASSISTANT]
    assert history.messages[1].content == reply.texts[0]
    assert history.messages[1].product_ids == (counter.named(ROMA).id,)
    (row,) = counter.logged()
    assert (row["engine"], row["outcome"], row["model"]) == ("templates", "answered", None)


def test_turns_that_could_not_help_are_counted_until_a_person_is_called(counter: Counter) -> None:
    replies = [counter.ask(f"¿tienen {thing}?") for thing in ("unicornios", "tractores", "submarinos")]
    assert [(each.outcome, each.handoff) for each in replies] == [
        ("nothing_found", ""),
        ("nothing_found", "failed"),
        ("nothing_found", ""),
    ]
    counter.ask("¿tienen cafeteras?")
    assert counter.ask("¿tienen unicornios?").handoff == ""
    assert counter.ask("quiero hablar con una persona").handoff == "asked"


def test_what_the_shop_says_now_beats_the_record(counter: Counter) -> None:
    from decimal import Decimal

    counter.live.products = changed(counter.rows, ROMA, price=Decimal("175.00"), sale_price=Decimal("175.00"))
    reply = counter.ask("¿cuánto cuesta la cafetera espresso?")
    assert "175,00 €" in reply.texts[0]
    assert "189" not in reply.texts[0]
    assert "último registro" not in reply.texts[0]


def test_with_the_shop_down_the_record_is_given_and_said_to_be_one(counter: Counter) -> None:
    counter.live.down = True
    reply = counter.ask("¿cuánto cuesta la cafetera espresso?")
    assert "189,00 €" in reply.texts[0]
    assert "último registro" in reply.texts[0]
    assert any("no live data" in note for note in reply.notes)


def test_a_shop_that_hangs_costs_no_answer(db: Database, never: threading.Event) -> None:
    rows = fill(db)
    counter = Counter(db, Settings.load({}), rows=rows, live=Hanging(never))
    deadline = Deadline(1.0)
    reply = counter.ask("¿cuánto cuesta la cafetera espresso?", seconds=1.0)
    assert not deadline.expired
    assert "189,00 €" in reply.texts[0]
    assert "último registro" in reply.texts[0]


@pytest.mark.parametrize("hangs", [False, True])
def test_with_the_database_down_the_reply_is_polite_and_in_time(never: threading.Event, hangs: bool) -> None:
    down: Any = DatabaseDown(never if hangs else None)
    search: Any = Hanging(never) if hangs else SearchDown()
    counter = Counter(down, Settings.load({}), search=search, live=MemoryShop())
    deadline = Deadline(1.0)
    reply = counter.ask("how much is the espresso machine?", seconds=1.0)
    assert not deadline.expired
    assert reply.outcome == "unavailable"
    assert reply.texts[0].startswith("I can't look into the catalogue right now")
    assert "PostgreSQL" not in reply.texts[0]
    assert reply.notes


class SearchDown:
    def search(self, *_: Any, **__: Any) -> Any:
        raise DatabaseUnavailable("No connection to PostgreSQL: refused")


def test_a_greeting_needs_no_database() -> None:
    down: Any = DatabaseDown()
    assert Counter(down, Settings.load({}), search=SearchDown()).ask("hola").outcome == "greeting"


def test_a_real_database_that_went_away_is_survived(database_url: str) -> None:
    settings = Settings.load({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    counter = Counter(database(settings), settings, search=SearchDown(), live=MemoryShop())
    assert counter.ask("¿tienen tazas?").outcome == "unavailable"


def test_a_bug_in_a_part_is_no_bug_of_the_answer(db: Database) -> None:
    class Broken:
        def search(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("a bug")

    reply = Counter(db, Settings.load({}), search=Broken(), rows=fill(db)).ask("¿tienen tazas?")
    assert reply.outcome == "unavailable"
    assert "bug" not in reply.texts[0]


def test_a_turn_that_cannot_be_stored_is_still_answered(db: Database) -> None:
    from tendero.platform.sql import Query

    counter = Counter(db, Settings.load({}), rows=fill(db))
    db.execute(Query.parse("drop", "drop table agent_logs"))
    reply = counter.ask("¿tienen cafeteras?")
    assert len(reply.products) == 3
    assert any("not stored" in note for note in reply.notes)
    with db.transaction() as transaction:
        assert recent(transaction, counter.conversation, 5).messages == ()


@pytest.mark.parametrize(
    "message",
    ["", "   ", "\x00", "\ud800", "a" * 20_000, "😀" * 500, "'; drop table products; --", "%s %d {}"],
)
def test_any_message_is_answered_and_stored(counter: Counter, message: str) -> None:
    reply = counter.ask(message)
    assert reply.texts[0]
    assert not [note for note in reply.notes if "stored" in note]


def test_messages_are_cleaned_of_what_postgresql_cannot_hold() -> None:
    assert cleaned("ho\x00la\ud800 cafe\u0301\n") == "ho la  café"
    assert len(cleaned("x" * 9000)) == 2000


def test_the_channels_language_decides_where_the_message_does_not(counter: Counter) -> None:
    assert counter.ask("CAF-300", hint="pt-BR").language == "pt"
    other = Counter(
        counter.db, counter.settings, rows=counter.rows, conversation=ConversationRef("dialogflow", "s2")
    )
    assert other.ask("CAF-300", hint="en").language == "en"


def test_a_search_runs_only_where_the_words_name_something(counter: Counter) -> None:
    search = MemorySearch(counter.rows)
    quiet = Counter(counter.db, counter.settings, rows=counter.rows, search=search)
    for message in ("hola", "gracias", "¿hacen envíos?", "¿cuánto cuesta?"):
        quiet.ask(message)
    assert search.asked == []
    assert quiet.ask("tazas").engine is EngineName.TEMPLATES
    assert search.asked == ["tazas"]
