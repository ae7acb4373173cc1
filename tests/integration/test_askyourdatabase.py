"""AskYourDatabase as an engine, over a real database and its stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from infra.local.askyourdatabase_server import API_KEY, BOT_ID, AskYourDatabaseServer
from tendero.assistant import keep, memory
from tendero.assistant.asked import Asked
from tendero.assistant.askyourdatabase import AskYourDatabase, remove_expired
from tendero.assistant.askyourdatabase.client import Client
from tendero.assistant.askyourdatabase.sessions import Sessions
from tendero.assistant.reply import EngineName, Reply
from tendero.assistant.thought import Thought
from tendero.channels.parts import build
from tendero.people.conversations import ConversationRef, recent
from tendero.platform.database import Database, Row
from tendero.platform.deadline import Deadline
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.sql import Query

NUMBER = ConversationRef("twilio", "whatsapp:+34600111222")
OTHER = ConversationRef("twilio", "whatsapp:+34600111333")
SESSION_PATH = "/api/chatbot/v2/session"
ROWS = Query.parse(
    "rows", "select *, extract(epoch from expires_at - now()) as left from ayd_sessions order by contact"
)
END = Query.parse("end", "update ayd_sessions set expires_at = now() - interval '1 second'")
NEWEST = Query.parse(
    "newest",
    "select extract(epoch from expires_at - now()) as left from ayd_sessions order by created_at desc",
)
WEEK = 7 * 24 * 3600


@pytest.fixture
def service() -> Iterator[AskYourDatabaseServer]:
    with AskYourDatabaseServer() as server:
        yield server


@pytest.fixture
def settings(service: AskYourDatabaseServer) -> Settings:
    return Settings.load(
        {
            "ASKYOURDATABASE_API_KEY": API_KEY,
            "ASKYOURDATABASE_CHAT_ID": BOT_ID,
            "ASKYOURDATABASE_URL": service.base_url,
            "WOOCOMMERCE_URL": "https://shop.example",
        }
    )


@pytest.fixture
def engine(db: Database, settings: Settings) -> AskYourDatabase:
    return AskYourDatabase(db, settings)


def think(engine: AskYourDatabase, message: str = "¿cuántas tazas quedan?", **options: Any) -> Thought:
    conversation = options.pop("conversation", NUMBER)
    deadline = Deadline(options.pop("seconds", 30))
    asked = Asked(message, conversation, options.pop("hint", None), options.pop("config", None))
    return engine.think(asked, deadline, **options)


def ask(engine: AskYourDatabase, message: str = "¿cuántas tazas quedan?", **options: Any) -> Reply:
    return think(engine, message, **options).reply


def sessions_made(service: AskYourDatabaseServer) -> int:
    return sum(each["path"] == SESSION_PATH for each in service.recording.requests)


def rows(db: Database) -> list[Row]:
    return db.fetch(ROWS)


def test_the_stream_is_joined_into_one_answer(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    service.answers = lambda *_: "Quedan 12 tazas de cerámica: niño, 日本, 👩‍🍳.\nAlgo más?"
    thought = think(engine)
    reply = thought.reply
    assert reply.texts == ("Quedan 12 tazas de cerámica: niño, 日本, 👩‍🍳.\nAlgo más?",)
    assert (reply.engine, reply.outcome, reply.language) == (EngineName.ASKYOURDATABASE, "answered", "es")
    assert (reply.notes, reply.usage.calls, reply.products) == ((), 1, ())
    assert thought.message == "¿cuántas tazas quedan?"


def test_a_question_goes_out_as_the_service_wants_it(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    ask(engine)
    (sent,) = service.recording.sent
    body = {"question": "¿cuántas tazas quedan?", "botid": BOT_ID, "debug": False, "fileUrls": []}
    assert sent["body"] == body
    made, _, asked = service.recording.requests
    assert set(made["body"]) == {"chatbotid", "name", "email"}
    assert made["headers"]["Authorization"] == f"Bearer {API_KEY}"
    assert asked["query"] == {"debug": ["false"]}
    assert "Authorization" not in asked["headers"]


def test_neither_the_service_nor_the_table_learns_who_the_customer_is(
    engine: AskYourDatabase, service: AskYourDatabaseServer, db: Database
) -> None:
    ask(engine)
    told = str(service.recording.requests) + str(rows(db))
    assert "600111222" not in told
    token = service.recording.requests[-1]["headers"]["X-Ayd-Access-Token"]
    assert token not in str(rows(db))
    assert rows(db)[0]["bot_id"] == BOT_ID


def test_each_number_has_one_session_of_its_own(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    assert "Pregunta 1" in ask(engine).texts[0]
    assert "Pregunta 2" in ask(engine).texts[0]
    assert "Pregunta 1" in ask(engine, conversation=OTHER).texts[0]
    assert sessions_made(service) == 2


def test_a_contact_keeps_its_session_in_another_conversation(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    for conversation in ("7", "8"):
        ask(engine, conversation=ConversationRef("chatwoot", conversation, contact="55"))
    assert sessions_made(service) == 1


def test_another_instance_goes_on_in_the_session(
    db: Database, settings: Settings, service: AskYourDatabaseServer
) -> None:
    ask(AskYourDatabase(db, settings))
    assert "Pregunta 2" in ask(AskYourDatabase(db, settings)).texts[0]
    assert sessions_made(service) == 1


def test_first_messages_at_once_make_one_session(
    db: Database, settings: Settings, service: AskYourDatabaseServer
) -> None:
    service.recording.fail("slow", path=SESSION_PATH, seconds=0.3)
    engines = [AskYourDatabase(db, settings) for _ in range(3)]
    with ThreadPoolExecutor(6) as threads:
        replies = list(threads.map(lambda number: ask(engines[number % 3]), range(6)))
    assert {each.outcome for each in replies} == {"answered"}
    assert (sessions_made(service), len(service.recording.sent), len(rows(db))) == (1, 6, 1)


def test_a_session_holds_a_week_or_less_where_its_cookie_does(
    engine: AskYourDatabase, service: AskYourDatabaseServer, db: Database
) -> None:
    for max_age, seconds in ((None, WEEK), (30 * 24 * 3600, WEEK), (3600, 3300), (600, 300)):
        service.max_age = max_age
        ask(engine, conversation=ConversationRef("twilio", str(max_age)))
        row = db.fetch(NEWEST)[0]
        assert float(row["left"]) == pytest.approx(seconds, abs=60)


def test_a_session_that_has_ended_is_made_anew_and_old_ones_are_removed(
    engine: AskYourDatabase, service: AskYourDatabaseServer, db: Database
) -> None:
    ask(engine)
    ask(engine, conversation=OTHER)
    db.execute(END)
    assert "Pregunta 2" in ask(engine).texts[0]
    assert sessions_made(service) == 3
    assert len(rows(db)) == 1


def test_ended_sessions_are_removed_a_bounded_number_at_a_time(engine: AskYourDatabase, db: Database) -> None:
    for number in range(3):
        ask(engine, conversation=ConversationRef("twilio", str(number)))
    assert remove_expired(db) == 0
    db.execute(END)
    assert [remove_expired(db, 2), remove_expired(db, 2), remove_expired(db, 2)] == [2, 1, 0]


def test_a_refused_session_is_renewed_once_and_the_thread_goes_on(
    engine: AskYourDatabase, service: AskYourDatabaseServer, db: Database
) -> None:
    ask(engine)
    before = rows(db)[0]["token"]
    service.threads.expire()
    reply = ask(engine)
    assert (reply.outcome, reply.usage.calls) == ("answered", 2)
    assert "Pregunta 2" in reply.texts[0]
    assert sessions_made(service) == 2
    assert rows(db)[0]["token"] != before


def test_a_session_refused_to_many_at_once_is_renewed_once(
    db: Database, settings: Settings, service: AskYourDatabaseServer
) -> None:
    engines = [AskYourDatabase(db, settings) for _ in range(3)]
    ask(engines[0])
    service.threads.expire()
    with ThreadPoolExecutor(3) as threads:
        replies = list(threads.map(ask, engines))
    assert {each.outcome for each in replies} == {"answered"}
    assert sessions_made(service) == 2


def test_a_session_that_another_worker_has_renewed_is_taken_as_it_is(
    db: Database, service: AskYourDatabaseServer
) -> None:
    sessions = Sessions(db, Client(service.base_url, BOT_ID), BOT_ID, API_KEY)
    contact = sessions.contact("twilio", "1")
    refused = sessions.of(contact, Deadline(10))
    renewed = sessions.renewed(contact, refused, Deadline(10))
    assert renewed != refused
    assert sessions.renewed(contact, refused, Deadline(10)) == renewed
    assert sessions_made(service) == 2


def test_an_api_key_that_is_refused_ends_in_a_friendly_sentence(
    db: Database, settings: Settings, service: AskYourDatabaseServer
) -> None:
    reply = ask(AskYourDatabase(db, replace(settings, askyourdatabase_api_key="wrong")))
    assert reply.outcome == "failed"
    assert any("AskYourDatabase answered 401: Unauthorized" in note for note in reply.notes)
    assert rows(db) == []


def test_another_api_key_makes_another_session(
    db: Database, settings: Settings, service: AskYourDatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(AskYourDatabase(db, settings))
    monkeypatch.setattr("infra.local.askyourdatabase_server.server.API_KEY", "rotated")
    assert (
        ask(AskYourDatabase(db, replace(settings, askyourdatabase_api_key="rotated"))).outcome == "answered"
    )
    assert sessions_made(service) == 2


def test_a_token_that_was_tampered_with_is_made_anew(
    engine: AskYourDatabase, service: AskYourDatabaseServer, db: Database
) -> None:
    ask(engine)
    db.execute(Query.parse("spoil", "update ayd_sessions set token = 'gAAAA'"))
    assert ask(engine).outcome == "answered"
    assert sessions_made(service) == 2


FAILURES = [
    ("500", "/api/ask", "answered 500"),
    ("cut", "/api/ask", "the connection was cut"),
    ("half", "/api/ask", "the connection was cut"),
    ("silence", "/api/ask", "without a text"),
    ("500", SESSION_PATH, "answered 500"),
    ("elsewhere", SESSION_PATH, "gave a session at elsewhere.example"),
    ("no_cookie", "/callback", "without the cookie"),
]


def test_a_failure_ends_in_a_friendly_sentence_without_internals(
    engine: AskYourDatabase, service: AskYourDatabaseServer, db: Database
) -> None:
    for number, (fault, path, reason) in enumerate(FAILURES):
        customer = ConversationRef("twilio", str(number))
        service.recording.fail(fault, next=2, path=path)
        reply = ask(engine, conversation=customer)
        assert (reply.outcome, len(reply.texts), reply.language) == ("failed", 1, "es")
        assert reply.texts[0].startswith("Perdona, ahora mismo no puedo responder a eso.")
        assert any(reason in note for note in reply.notes)
        # Nobody has to wait for a claim that led nowhere.
        assert not [row for row in rows(db) if row["token"].startswith("claim:")]
        service.recording.clear_faults()
        assert ask(engine, conversation=customer).outcome == "answered"


def test_no_other_host_is_ever_asked_for_a_session(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    service.recording.fail("elsewhere", path=SESSION_PATH)
    ask(engine)
    assert [each["path"] for each in service.recording.requests] == [SESSION_PATH]


def test_a_sessions_address_is_called_once_only(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    service.recording.fail("cut_after", path="/callback")
    assert ask(engine).outcome == "answered"
    codes = [each["query"]["code"][0] for each in service.recording.requests if "code" in each["query"]]
    assert len(codes) == len(set(codes)) == 2


def test_a_question_is_never_sent_twice_because_its_answer_was_cut(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    service.recording.fail("cut_after", path="/api/ask")
    assert ask(engine).outcome == "failed"
    assert len(service.recording.sent) == 1


@pytest.mark.parametrize(("fault", "seconds"), [("hang", 30.0), ("drip", 0.05)])
def test_the_time_ends_whatever_hangs_or_drips(
    db: Database, settings: Settings, service: AskYourDatabaseServer, fault: str, seconds: float
) -> None:
    engine = AskYourDatabase(db, replace(settings, askyourdatabase_seconds=0.5))
    ask(engine)
    service.recording.fail(fault, path="/api/ask", seconds=seconds)
    deadline = Deadline(8)
    reply = ask(engine, "how many mugs are left?")
    assert not deadline.expired
    assert (reply.outcome, reply.language) == ("late", "en")
    assert reply.texts == ("Sorry, the answer is taking longer than usual. Please try again in a moment.",)


def test_a_channels_deadline_ends_it_too(engine: AskYourDatabase, service: AskYourDatabaseServer) -> None:
    service.recording.fail("hang", path="/api/ask")
    reply = ask(engine, seconds=0.6, hint="pt-BR", message="12")
    assert reply.texts[0].startswith("Desculpe, a resposta demora")


def test_a_late_answer_can_be_waited_for(engine: AskYourDatabase, service: AskYourDatabaseServer) -> None:
    service.recording.fail("slow", path="/api/ask", seconds=0.5)
    thought = think(engine, seconds=0.25, patience=Deadline(20))
    assert thought.reply.outcome == "late"
    assert thought.late is not None
    late = thought.late(Deadline(20))
    assert (late.reply.outcome, late.message) == ("answered", thought.message)
    assert "Pregunta 1" in late.reply.texts[0]
    assert thought.reply.usage.calls + late.reply.usage.calls == 1


def test_a_late_answer_that_fails_says_nothing(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    service.recording.fail("hang", path="/api/ask", seconds=0.5)
    thought = think(engine, seconds=0.25, patience=Deadline(20))
    assert thought.late is not None
    assert thought.late(Deadline(20)).reply.texts == ()


def test_a_short_pause_that_the_service_asks_for_is_kept(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    service.recording.fail("429", path="/api/ask", retry_after=0)
    reply = ask(engine)
    assert (reply.outcome, reply.usage.calls) == ("answered", 2)


@pytest.mark.parametrize(("times", "pause"), [(2, 0), (1, 120)])
def test_a_service_that_goes_on_refusing_is_busy(
    engine: AskYourDatabase, service: AskYourDatabaseServer, times: int, pause: int
) -> None:
    service.recording.fail("429", next=times, path="/api/ask", retry_after=pause)
    reply = ask(engine)
    assert (reply.outcome, reply.usage.calls) == ("busy", times)
    assert reply.texts[0].startswith("Ahora mismo recibo muchas preguntas.")


def test_a_service_that_refuses_sessions_is_busy(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    service.recording.fail("429", path=SESSION_PATH, retry_after=30)
    assert ask(engine).outcome == "busy"


def test_sql_and_links_to_elsewhere_are_taken_out(
    engine: AskYourDatabase, service: AskYourDatabaseServer
) -> None:
    service.answers = lambda *_: (
        "**Quedan 3**:\n```sql\nSELECT 1 FROM t;\n```\n"
        "[Taza](https://shop.example/taza) o [esta](https://evil.example/x)"
    )
    reply = ask(engine)
    assert reply.texts == ("Quedan 3:\n\nTaza: https://shop.example/taza o esta",)
    assert len(reply.notes) == 2


def test_the_conversations_language_holds_for_a_message_that_shows_none(
    engine: AskYourDatabase, db: Database
) -> None:
    with db.transaction() as transaction:
        memory.add(transaction, NUMBER, think(engine, "quanto custa a caneca vermelha?"))
    assert ask(engine, "CAF-300").language == "pt"


def test_a_turn_that_failed_counts_towards_a_handoff(
    engine: AskYourDatabase, service: AskYourDatabaseServer, db: Database
) -> None:
    service.recording.fail("500", next=None)
    first = think(engine)
    with db.transaction() as transaction:
        memory.add(transaction, NUMBER, first)
    assert (first.reply.handoff, ask(engine).handoff) == ("", "failed")


def test_without_a_database_there_is_a_friendly_sentence(
    settings: Settings, service: AskYourDatabaseServer
) -> None:
    from tendero.platform.connect import database

    nowhere = database(Settings.load({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}))
    assert ask(AskYourDatabase(nowhere, settings)).outcome == "failed"
    assert service.recording.requests == []


def test_a_channel_is_answered_and_the_turn_stored_where_the_settings_say_so(
    database_url: str, settings: Settings, db: Database
) -> None:
    chosen = replace(settings, database_url=database_url, askyourdatabase_channels=("dialogflow",))
    parts = build(chosen, Secrets(chosen, environment={}))
    session = ConversationRef("dialogflow", "s-1")
    asked = Asked("¿cuántas tazas quedan?", session, "es")
    reply = keep.answer(parts.assistant, db, asked, Deadline(20))
    assert "Pregunta 1" in reply.texts[0]
    (row,) = db.fetch(Query.parse("log", "select engine, outcome from agent_logs"))
    assert row == {"engine": "askyourdatabase", "outcome": "answered"}
    with db.transaction() as transaction:
        assert [each.content for each in recent(transaction, session, 5).messages] == [
            "¿cuántas tazas quedan?",
            reply.texts[0],
        ]
    parts.database.close()
