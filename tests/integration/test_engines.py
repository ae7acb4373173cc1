"""Who answers a conversation, as the database says for its shop, channel and inbox."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tendero.assistant.asked import Asked
from tendero.assistant.engines import Engines
from tendero.assistant.keep import answer
from tendero.assistant.reply import EngineName, Reply
from tendero.assistant.thought import Thought
from tendero.people.agent_config import AgentConfig
from tendero.people.agent_configs import AgentConfigs, Scope, read, set_values, unset
from tendero.people.conversations import ConversationRef, recent
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseUnavailable, SettingsError
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration.assistant_shop import Counter, fill

INBOX = ConversationRef("chatwoot", "7", inbox="3")


@dataclass
class Recorder:
    """An engine that says who it is, and keeps what it was told."""

    engine: EngineName
    told: list[Asked] = field(default_factory=list)

    def think(self, asked: Asked, deadline: Deadline, patience: Deadline | None = None) -> Thought:
        self.told.append(asked)
        reply = Reply(texts=(self.engine,), language="es", engine=self.engine, outcome="x", handoff="asked")
        return Thought(message=asked.message, reply=reply)


ASSISTANT, AYD = EngineName.OPENAI, EngineName.ASKYOURDATABASE


class Place:
    """Engines over the test's database; each question reads what is set anew."""

    def __init__(self, db: Database, **settings: str) -> None:
        self.db = db
        self.settings = Settings.load(settings)
        self.assistant, self.ayd = Recorder(ASSISTANT), Recorder(AYD)

    def engines(self, *, ayd: bool = True) -> Engines:
        return Engines(self.db, self.settings, self.assistant, self.ayd if ayd else None)

    def ask(self, message: str = "¿tienen tazas?", conversation: ConversationRef = INBOX) -> Reply:
        return self.think(message, conversation).reply

    def think(self, message: str, conversation: ConversationRef = INBOX) -> Thought:
        return self.engines().think(Asked(message, conversation), Deadline(20))


@pytest.fixture
def place(db: Database) -> Place:
    return Place(db)


def test_the_assistant_answers_where_nothing_is_set(place: Place) -> None:
    assert place.ask().engine is ASSISTANT
    (told,) = place.assistant.told
    assert told.config == AgentConfig.merged(place.settings)


def test_a_channel_of_the_settings_is_answered_by_askyourdatabase(db: Database) -> None:
    place = Place(db, ASKYOURDATABASE_CHANNELS="twilio,dialogflow")
    assert place.ask(conversation=ConversationRef("twilio", "1")).engine is AYD
    assert place.ask(conversation=INBOX).engine is ASSISTANT


def test_an_inbox_has_an_engine_of_its_own(db: Database) -> None:
    place = Place(db, ASKYOURDATABASE_CHANNELS="chatwoot")
    for engine in ("model", "templates", "askyourdatabase"):
        set_values(db, Scope("chatwoot", "3"), {"engine": engine})
        assert place.ask().engine is (AYD if engine == "askyourdatabase" else ASSISTANT)
        assert place.ask(conversation=replace(INBOX, inbox="4")).engine is AYD


def test_askyourdatabase_that_is_not_set_up_leaves_the_assistant_and_a_note(place: Place) -> None:
    set_values(place.db, Scope(), {"engine": "askyourdatabase"})
    reply = place.engines(ayd=False).think(Asked("¿tienen tazas?", INBOX), Deadline(20)).reply
    assert reply.engine is ASSISTANT
    assert "ASKYOURDATABASE_API_KEY" in reply.notes[0]


def test_a_person_is_asked_for_at_the_assistant_whoever_answers_questions(place: Place) -> None:
    set_values(place.db, Scope(), {"engine": "askyourdatabase"})
    for message in ("quiero hablar con una persona", "", "  "):
        assert place.ask(message).engine is ASSISTANT


def test_an_inbox_that_is_switched_off_is_silent_and_keeps_nothing(place: Place) -> None:
    set_values(place.db, Scope("chatwoot", "3"), {"enabled": False})
    reply = answer(place.engines(), place.db, Asked("hola", INBOX), Deadline(20))
    assert (reply.texts, reply.outcome) == ((), "silent")
    assert place.assistant.told == []
    with place.db.transaction() as transaction:
        assert recent(transaction, INBOX, 5).messages == ()
    assert place.ask(conversation=replace(INBOX, inbox="4")).texts


def test_the_shops_own_greeting_is_for_who_only_greets(place: Place) -> None:
    set_values(place.db, Scope(), {"greeting": "¡Buenas! Soy Verde.", "engine": "askyourdatabase"})
    assert place.ask("hola").texts == ("¡Buenas! Soy Verde.",)
    assert place.ask("hola, ¿tienen tazas?").engine is AYD


def test_where_there_is_no_handoff_none_is_asked_for(place: Place) -> None:
    assert place.ask().handoff == "asked"
    set_values(place.db, Scope("chatwoot"), {"handoff": "no"})
    assert place.ask().handoff == ""


def test_an_answer_is_stored(place: Place) -> None:
    answer(place.engines(), place.db, Asked("¿tienen tazas?", INBOX), Deadline(20))
    with place.db.transaction() as transaction:
        said = recent(transaction, INBOX, 5).messages
    assert [each.content for each in said] == ["¿tienen tazas?", "openai"]


def test_who_waits_for_none_gives_askyourdatabase_all_of_its_time(db: Database) -> None:
    place = Place(db, ASKYOURDATABASE_CHANNELS="twilio", REPLY_SECONDS="25")
    customer = ConversationRef("twilio", "1")
    assert place.engines().seconds(customer, Deadline(60)) > 60
    assert place.engines().seconds(INBOX, Deadline(60)) == 25
    assert place.engines(ayd=False).seconds(customer, Deadline(60)) == 25
    set_values(db, Scope("chatwoot", "3"), {"enabled": False})
    assert place.engines().seconds(INBOX, Deadline(60)) == 0


def test_with_the_database_down_the_settings_hold() -> None:
    nowhere = database(Settings.load({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}))
    assert Place(nowhere).ask().engine is ASSISTANT


def test_a_database_that_hangs_takes_a_share_of_the_time_only() -> None:
    never = threading.Event()

    class Hanging:
        def transaction(self, deadline: Deadline | None = None) -> Any:
            never.wait()

        fetch = transaction

    down: Any = Hanging()
    deadline = Deadline(1.0)
    engines = Engines(down, Settings.load({}), Recorder(ASSISTANT))
    reply = engines.think(Asked("¿tienen tazas?", INBOX), deadline).reply
    assert reply.engine is ASSISTANT
    assert not deadline.expired
    never.set()


def test_what_is_set_is_read_again_after_a_minute(db: Database) -> None:
    now = [100.0]
    configs = AgentConfigs(db, Settings.load({}), clock=lambda: now[0])
    assert configs.of("twilio").engine == "auto"
    set_values(db, Scope("twilio"), {"engine": "templates"})
    now[0] += 59
    assert configs.of("twilio").engine == "auto"
    now[0] += 2
    assert configs.of("twilio").engine == "templates"
    assert configs.of("chatwoot").engine == "auto"


def test_what_was_known_goes_on_to_hold_while_the_database_is_down(db: Database) -> None:
    now = [100.0]
    set_values(db, Scope(), {"enabled": False})
    configs = AgentConfigs(db, Settings.load({}), clock=lambda: now[0])
    assert not configs.of("twilio").enabled
    db.execute(Query.parse("rename", "alter table agent_configs rename to gone"))
    now[0] += 61
    assert not configs.of("twilio").enabled
    assert configs.known
    db.execute(Query.parse("rename", "alter table gone rename to agent_configs"))
    set_values(db, Scope(), {"enabled": True})
    now[0] += 6
    assert configs.of("twilio").enabled


def test_what_was_never_known_is_no_guess() -> None:
    nowhere = database(Settings.load({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}))
    with pytest.raises(DatabaseUnavailable):
        AgentConfigs(nowhere, Settings.load({})).of("twilio")


def test_a_value_that_cannot_be_used_does_not_take_the_others_along(db: Database) -> None:
    bad = """insert into agent_configs (config) values ('{"engine": "gpt", "greeting": "Hola", "old": 1}')"""
    db.execute(Query.parse("bad", bad))
    assert read(db) == {Scope(): {"greeting": "Hola"}}
    config = AgentConfigs(db, Settings.load({})).of("twilio")
    assert (config.engine, config.greeting) == ("auto", "Hola")


def test_values_are_set_beside_others_and_taken_away(db: Database) -> None:
    place = Scope("chatwoot", "3")
    set_values(db, place, {"engine": "model", "languages": "es,en"})
    set_values(db, place, {"engine": "templates", "instructions": 'Tutea: "sí"'})
    languages, instructions = ["es", "en"], 'Tutea: "sí"'
    assert read(db)[place] == {"engine": "templates", "languages": languages, "instructions": instructions}
    assert unset(db, place, ["engine", "languages"])
    assert read(db)[place] == {"instructions": instructions}
    assert unset(db, place, ["instructions"])
    assert read(db) == {}
    assert not unset(db, place)
    set_values(db, place, {"engine": "model"})
    assert unset(db, place)
    assert read(db) == {}


def test_nothing_is_set_of_what_is_wrong_in_part(db: Database) -> None:
    with pytest.raises(SettingsError):
        set_values(db, Scope(), {"engine": "model", "languages": "fr"})
    assert read(db) == {}


def test_the_assistant_keeps_to_what_holds(db: Database) -> None:
    counter = Counter(db, Settings.load({"SHOP_NAME": "Verde"}), rows=fill(db))
    config = AgentConfig(languages=("pt",), shop_name="Azul")
    thought = counter.assistant.think(Asked("hello", INBOX, "en", config), Deadline(10))
    assert thought.reply.language == "pt"
    assert "Azul" in thought.reply.texts[0]
