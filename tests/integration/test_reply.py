"""The function `reply`: each customer message is answered once, whatever comes twice, late or in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tendero.channels.channel import Event, Kind, Media, Undeliverable
from tendero.channels.desk import Times
from tendero.platform.database import Database
from tendero.platform.errors import DatabaseUnavailable
from tests.integration.reply_bench import (
    Bench,
    Engine,
    Meeting,
    Platform,
    WithPersons,
    busy,
    cut,
    said,
    told,
)


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(tmp_path / "sent.jsonl")


@pytest.fixture
def bench(db: Database, platform: Platform) -> Bench:
    return Bench(db, platform)


def start(work: Callable[[], Any]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


# What comes twice, together or out of order.


def test_a_message_is_stored_answered_and_sent(bench: Bench) -> None:
    response = bench.say("hi")
    assert (response.status_code, bench.platform.texts()) == (200, ["re: hi"])
    (kept,), (call,), (logged,) = (bench.rows(each) for each in ("inbox", "outbox", "agent_logs"))
    assert (kept["state"], call["state"], call["provider_id"]) == ("answered", "sent", "id-tendero-1")
    customer, assistant = bench.rows("messages")
    assert (kept["message_id"], call["message_id"]) == (customer["id"], assistant["id"])
    assert (logged["outcome"], logged["prompt_tokens"], logged["milliseconds"]) == ("answered", 10, 7)
    assert bench.is_free
    assert bench.platform.typing == ["m1"]


def test_fifty_deliveries_of_one_event_at_once_give_one_answer(bench: Bench) -> None:
    bench.engine.hook = lambda _: time.sleep(0.2)
    statuses = bench.at_once([said("hi")] * 50)
    assert set(statuses) <= {200, 409}
    assert bench.platform.texts() == ["re: hi"]
    assert bench.engine.asked == ["hi"]
    assert bench.until_done(said("hi")).status_code == 200
    assert len(bench.rows("outbox")) == len(bench.rows("inbox")) == 1


def test_a_delivery_that_comes_again_later_changes_nothing(bench: Bench) -> None:
    bench.say("hi")
    assert bench.say("hi").status_code == 200
    assert bench.platform.texts() == ["re: hi"]
    assert bench.is_free


def test_a_burst_is_one_turn_in_the_order_of_saying(db: Database, platform: Platform) -> None:
    bench = Bench(db, platform, values={"burst_seconds": 0.8})
    events = [said("three", 3), said("one", 1), said("two", 2)]
    assert bench.at_once(events) == [200, 200, 200]
    assert platform.texts() == ["re: one\ntwo\nthree"]
    (logged,) = bench.rows("agent_logs")
    assert (logged["prompt_tokens"], logged["tool_calls"]) == (10, [{"name": "search"}])
    assert bench.rows("messages")[0]["content"] == "one\ntwo\nthree"
    assert len({row["message_id"] for row in bench.rows("inbox")}) == 1


def test_who_never_stops_writing_is_answered_all_the_same(db: Database, platform: Platform) -> None:
    bench = Bench(db, platform, values={"burst_seconds": 0.15})
    first = start(lambda: bench.say("0", 1))
    number = 1
    while not platform.texts() and number < 40:
        time.sleep(0.05)
        number += 1
        assert bench.say(str(number), number).status_code == 200
    first.join()
    assert number < 40
    assert "\n".join(bench.engine.asked).split("\n") == ["0", *map(str, range(2, number + 1))]


def test_a_message_that_comes_while_the_model_thinks_is_the_next_turn(bench: Bench) -> None:
    meeting = bench.engine.hook = Meeting()
    first = start(lambda: bench.say("one", 1))
    assert meeting.there.wait(10)
    assert bench.say("two", 2).status_code == 200
    meeting.on.set()
    first.join()
    assert bench.platform.texts() == ["re: one", "re: two"]
    assert bench.is_free


def test_no_message_is_overlooked_at_the_moment_a_lease_ends(bench: Bench) -> None:
    events = [said(str(number), number) for number in range(1, 41)]
    threads = [start(lambda mine=events[part::4]: [bench.tell(each) for each in mine]) for part in range(4)]
    for each in threads:
        each.join()
    answered = [int(each) for asked in bench.engine.asked for each in asked.split("\n")]
    assert sorted(answered) == list(range(1, 41))
    assert set(bench.states("inbox")) == {"answered"}
    assert bench.is_free


def test_conversations_do_not_wait_for_each_other(bench: Bench) -> None:
    meeting = bench.engine.hook = Meeting()
    first = start(lambda: bench.say("hi"))
    assert meeting.there.wait(10)
    bench.say("hello", 2, conversation="bea")
    assert bench.platform.texts("bea") == ["re: hello"]
    meeting.on.set()
    first.join()


# Workers that die or sleep.


def dead(bench: Bench, event: Event) -> None:
    """A worker took the event and the lease, and was heard of no more."""
    from tendero.channels import news
    from tendero.people.lease import new_holder

    with bench.db.transaction() as transaction:
        news.receive(transaction, event, holder=new_holder(), seconds=60)


def test_the_task_of_a_dead_worker_comes_again_until_its_lease_has_ended(bench: Bench) -> None:
    dead(bench, said("hi"))
    response = bench.say("hi")
    assert response.status_code == 409
    assert int(response.headers["Retry-After"]) >= 1
    # A new message is seen by whoever follows.
    assert bench.say("there", 2).status_code == 200
    assert bench.platform.texts() == []
    bench.run("update conversations set lease_until = now()")
    assert bench.say("hi").status_code == 200
    assert bench.platform.texts() == ["re: hi\nthere"]


def test_an_answer_that_was_stored_by_a_dead_worker_is_still_sent(bench: Bench) -> None:
    bench.platform.refusals = [cut()]
    assert bench.say("hi").status_code == 409
    assert bench.states("inbox") == ["answered"]
    bench.run("update outbox set not_before = now()")
    bench.run("update conversations set lease_holder = gen_random_uuid(), lease_until = now() + '1 minute'")
    assert bench.say("hi").status_code == 409
    bench.run("update conversations set lease_until = now()")
    assert bench.say("hi").status_code == 200
    assert bench.platform.texts() == ["re: hi"]
    assert bench.engine.asked == ["hi"]


def test_a_worker_that_wakes_after_its_lease_stores_nothing(bench: Bench) -> None:
    meeting = bench.engine.hook = Meeting()
    bench.engine.think_seconds = 20.0
    statuses: list[int] = []
    sleeping = start(lambda: statuses.append(bench.say("hi").status_code))
    assert meeting.there.wait(10)
    bench.run("update conversations set lease_until = now()")
    bench.until_done(said("hi"))
    meeting.on.set()
    sleeping.join()
    assert statuses == [409]
    assert bench.platform.texts() == ["re: hi"]
    assert len(bench.rows("agent_logs")) == 1
    assert bench.is_free


def test_a_worker_that_wakes_between_two_pieces_leaves_the_rest_to_its_follower(bench: Bench) -> None:
    bench.engine.pieces = 3
    meeting = bench.platform.after = Meeting()
    statuses: list[int] = []
    sleeping = start(lambda: statuses.append(bench.say("hi").status_code))
    assert meeting.there.wait(10)
    bench.run("update conversations set lease_until = now()")
    bench.until_done(said("hi"))
    meeting.on.set()
    sleeping.join()
    assert statuses == [409]
    assert bench.platform.texts() == ["re: hi", "piece 2", "piece 3"]
    assert bench.platform.asked == ["tendero-1"]
    assert set(bench.states("outbox")) == {"sent"}


def test_a_worker_that_sleeps_just_before_it_sends_does_not_send(db: Database, platform: Platform) -> None:
    times = Times(lease=0.2, call=0.1)
    bench = Bench(db, platform, times=times)
    platform.refusals = [cut()]
    assert bench.say("hi").status_code == 409
    bench.run("update outbox set not_before = now()")
    meeting = platform.when_asked = Meeting()
    statuses: list[int] = []
    sleeping = start(lambda: statuses.append(bench.say("hi").status_code))
    assert meeting.there.wait(10)
    platform.when_asked = lambda: None
    time.sleep(2 * times.call + times.lease)
    bench.until_done(said("hi"))
    # What it found out before it slept is that the message had not arrived.
    platform.sent = lambda *_: []  # type: ignore[method-assign]
    meeting.on.set()
    sleeping.join()
    del platform.sent
    assert statuses == [409]
    assert platform.texts() == ["re: hi"]


# Persons.


def test_who_takes_over_while_the_model_thinks_is_not_interrupted(bench: Bench) -> None:
    meeting = bench.engine.hook = Meeting()
    first = start(lambda: bench.say("hi"))
    assert meeting.there.wait(10)
    assert bench.tell(told(Kind.TAKEN_OVER, at=5)).status_code == 200
    meeting.on.set()
    first.join()
    assert bench.platform.texts() == []
    assert bench.states("inbox") == ["silenced"]
    assert bench.rows("messages") == []
    (logged,) = bench.rows("agent_logs")
    assert (logged["outcome"], logged["completion_tokens"]) == ("taken_over", 5)


def test_who_takes_over_and_gives_back_while_the_model_thinks_has_answered(bench: Bench) -> None:
    meeting = bench.engine.hook = Meeting()
    first = start(lambda: bench.say("hi"))
    assert meeting.there.wait(10)
    bench.tell(told(Kind.TAKEN_OVER, at=5))
    bench.tell(told(Kind.GIVEN_BACK, at=6))
    meeting.on.set()
    first.join()
    assert bench.platform.texts() == []
    bench.say("again", 7)
    assert bench.platform.texts() == ["re: again"]


def test_who_takes_over_between_two_pieces_hears_no_more_of_them(bench: Bench) -> None:
    bench.engine.pieces = 3
    meeting = bench.platform.after = Meeting()
    first = start(lambda: bench.say("hi"))
    assert meeting.there.wait(10)
    bench.tell(told(Kind.TAKEN_OVER, at=5))
    meeting.on.set()
    first.join()
    assert bench.platform.texts() == ["re: hi"]
    assert bench.states("outbox") == ["sent", "cancelled", "cancelled"]


def test_a_person_answers_what_comes_until_they_give_back(bench: Bench) -> None:
    bench.tell(told(Kind.TAKEN_OVER, at=5))
    bench.say("for you", 6)
    bench.tell(told(Kind.GIVEN_BACK, at=7))
    bench.say("for it", 8)
    assert bench.platform.texts() == ["re: for it"]
    assert bench.states("inbox") == ["silenced", "answered"]


@pytest.mark.parametrize(("late", "texts"), [(Kind.TAKEN_OVER, ["re: hi"]), (Kind.GIVEN_BACK, [])])
def test_news_of_who_has_it_that_come_late_count_no_more(bench: Bench, late: Kind, texts: list[str]) -> None:
    other = Kind.GIVEN_BACK if late is Kind.TAKEN_OVER else Kind.TAKEN_OVER
    bench.tell(told(other, at=7))
    bench.tell(told(late, at=6))
    bench.say("hi", 8)
    assert bench.platform.texts() == texts


def test_the_platform_is_asked_who_has_the_conversation_before_it_is_told_anything(bench: Bench) -> None:
    bench.platform.may_speak = False
    assert bench.say("hi").status_code == 200
    assert bench.states("outbox") == ["cancelled"]
    bench.platform.may_speak = True
    bench.say("again", 2)
    assert bench.platform.texts() == ["re: again"]


def test_a_doubtful_message_is_not_sent_again_to_a_person(bench: Bench) -> None:
    bench.platform.refusals = [cut()]
    assert bench.say("hi").status_code == 409
    bench.tell(told(Kind.TAKEN_OVER, at=5))
    bench.run("update outbox set not_before = now()")
    assert bench.until_done(said("hi")).status_code == 200
    assert (bench.platform.texts(), bench.states("outbox")) == ([], ["cancelled"])


# Sending.


def test_a_platform_that_is_busy_is_asked_again(bench: Bench) -> None:
    bench.platform.refusals = [busy(0.1)]
    assert bench.say("hi").status_code == 409
    assert bench.states("outbox") == ["waiting"]
    bench.run("update outbox set not_before = now()")
    bench.until_done(said("hi"))
    assert (bench.platform.texts(), bench.platform.asked) == (["re: hi"], [])


def test_a_cut_connection_is_no_reason_to_say_it_twice(bench: Bench) -> None:
    bench.engine.pieces = 2
    bench.platform.cuts = [cut()]
    response = bench.say("hi")
    assert (response.status_code, bench.states("outbox")) == (409, ["sending", "waiting"])
    bench.run("update outbox set not_before = now()")
    bench.until_done(said("hi"))
    assert bench.platform.texts() == ["re: hi", "piece 2"]
    assert bench.rows("outbox")[0]["provider_id"] == "id-tendero-1"


def test_what_did_not_arrive_is_sent_again(bench: Bench) -> None:
    bench.platform.refusals = [cut()]
    assert bench.say("hi").status_code == 409
    bench.run("update outbox set not_before = now()")
    bench.until_done(said("hi"))
    assert (bench.platform.texts(), bench.platform.asked) == (["re: hi"], ["tendero-1"])


def test_what_is_never_taken_does_not_hold_up_the_rest(bench: Bench) -> None:
    bench.engine.pieces = 2
    bench.platform.refusals = [Undeliverable("no such number", code="21211")]
    assert bench.say("hi").status_code == 200
    assert bench.platform.texts() == ["piece 2"]
    first, _ = bench.rows("outbox")
    assert (first["state"], first["error_code"], first["error"]) == ("failed", "21211", "no such number")


def test_something_else_is_sent_where_the_channel_knows_what(bench: Bench) -> None:
    bench.platform.refusals = [Undeliverable("window closed", code="63016")] * 8
    assert bench.say("hi").status_code == 200
    # The same mishap again and again ends.
    assert bench.states("outbox") == ["failed"] * 5
    bench.platform.refusals = [Undeliverable("window closed", code="63016")]
    bench.say("two", 2)
    assert bench.platform.texts() == ["template: re: two"]


def test_news_of_a_message_that_failed_after_all_bring_another(bench: Bench) -> None:
    bench.say("hi")
    news = told(Kind.STATUS, at=5, provider_id="id-tendero-1", delivery="failed", code="63016")
    assert [bench.tell(news).status_code for _ in range(3)] == [200] * 3
    assert bench.platform.texts() == ["re: hi", "template: re: hi"]
    bench.tell(told(Kind.STATUS, at=6, provider_id="id-tendero-2", delivery="failed", code="30003"))
    assert bench.rows("outbox")[1]["error_code"] == "30003"
    assert len(bench.rows("outbox")) == 2


def test_news_come_in_any_order(bench: Bench) -> None:
    bench.say("hi")
    for delivery in ("read", "delivered", "sent"):
        bench.tell(told(Kind.STATUS, at=5, provider_id="id-tendero-1", delivery=delivery))
    assert bench.rows("outbox")[0]["delivery"] == "read"


def test_news_of_a_failure_wait_for_the_message_they_are_about(bench: Bench) -> None:
    news = told(Kind.STATUS, at=5, provider_id="unknown", delivery="failed", code="63016")
    assert bench.tell(news).status_code == 409
    assert bench.tell(news, attempt=5).status_code == 200
    delivered = told(Kind.STATUS, at=5, provider_id="unknown", delivery="delivered")
    assert bench.tell(delivered).status_code == 200


def test_an_own_message_that_comes_back_is_known_to_have_arrived(bench: Bench) -> None:
    bench.platform.refusals = [cut()]
    bench.say("hi")
    bench.tell(told(Kind.SENT, at=5, outbox="tendero-1", provider_id="77"))
    assert (bench.rows("outbox")[0]["state"], bench.rows("outbox")[0]["provider_id"]) == ("sent", "77")
    assert bench.until_done(said("hi")).status_code == 200
    assert bench.platform.asked == []


def test_a_message_that_outlasts_its_task_is_sent_by_a_sweep(db: Database, platform: Platform) -> None:
    bench = Bench(db, platform, values={"reply_max_attempts": 3})
    platform.refusals = [cut()] * 9
    for attempt in (1, 2, 3):
        assert bench.tell(said("hi"), attempt).status_code == 409
        bench.run("update outbox set not_before = now()")
    assert bench.states("outbox") == ["sending"]
    platform.refusals = []
    bench.run(
        "update outbox set not_before = now() - interval '1 hour', created_at = now() - interval '1 hour'"
    )
    assert bench.post({"sweep": True}).get_json() == {"found": 1, "done": 1}
    assert platform.texts() == ["re: hi"]


# What fails on the way.


def test_an_engine_that_fails_is_apologised_for(bench: Bench) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("a bug")

    bench.engine.hook = fail
    assert bench.say("how much is it?").status_code == 200
    (text,) = bench.platform.texts()
    assert text.startswith("I can't look into the catalogue right now")
    assert bench.rows("agent_logs")[0]["outcome"] == "unavailable"


def test_an_engine_that_hangs_is_left_behind(bench: Bench) -> None:
    meeting = bench.engine.hook = Meeting()
    bench.engine.think_seconds = 0.1
    assert bench.say("how much is it?").status_code == 200
    assert len(bench.platform.texts()) == 1
    meeting.on.set()


def test_a_reply_that_cannot_be_written_is_apologised_for(bench: Bench) -> None:
    assert bench.say("unwritable").status_code == 200
    assert bench.platform.texts()[0].startswith("I can't look into the catalogue right now")


def test_an_event_that_cannot_be_read_blocks_nothing(bench: Bench) -> None:
    assert bench.post({"event": {"kind": "nonsense"}}).status_code == 200
    bench.say("hi", 1)
    bench.run("update inbox set state = 'waiting', event = '{\"kind\": \"from the future\"}'")
    bench.say("two", 2)
    assert bench.platform.texts() == ["re: hi", "re: two"]
    assert bench.states("inbox") == ["silenced", "answered"]


def test_who_is_no_queue_is_told_what_is_wrong(bench: Bench) -> None:
    from tests.integration.reply_bench import _app

    for body in ({}, {"event": {"id": 1}}):
        with _app.test_request_context("/", method="POST", json=body) as context:
            from tendero.platform.incoming import answer

            assert answer(bench.worker)(context.request).status_code == 400


class Flaky:
    """A database that is lost at its n-th transaction, before or after that is committed."""

    def __init__(self, db: Database, at: int, *, after: bool) -> None:
        self._db, self._left, self._after = db, at, after

    def transaction(self, deadline: Any = None) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def watched() -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                raise DatabaseUnavailable("gone")
            with self._db.transaction(deadline) as transaction:
                yield transaction
            if self._left == 0 and self._after:
                raise DatabaseUnavailable("gone")

        return watched()


@pytest.mark.parametrize("after", [False, True])
def test_a_database_that_fails_anywhere_costs_no_answer(bench: Bench, after: bool) -> None:
    bench.engine.pieces = 2
    failed = 0
    for number in range(1, 12):
        event = said(f"hi {number}", number, conversation=f"c{number}")
        flaky: Any = Flaky(bench.db, number, after=after)
        status = bench.tell(event, worker=bench.another(flaky)).status_code
        failed += status == 503
        bench.run("update outbox set not_before = now()")
        bench.run("update conversations set lease_until = now()")
        bench.until_done(event)
        assert bench.platform.texts(f"c{number}") == [f"re: hi {number}", "piece 2"]
    assert failed >= 5
    assert set(bench.states("outbox")) == {"sent"}


def test_a_task_that_always_fails_leaves_a_word_and_the_conversation_free(
    db: Database, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(db, platform, values={"reply_max_attempts": 2})
    bench.run("alter table agent_logs add constraint broken check (outcome <> 'answered')")
    assert [bench.tell(said("hi"), attempt).status_code for attempt in (1, 2)] == [503, 503]
    assert bench.states("inbox") == ["silenced"]
    assert "task given up" in capsys.readouterr().err
    bench.run("alter table agent_logs drop constraint broken")
    bench.say("two", 2)
    assert platform.texts() == ["re: two"]


# What has no words, and no answer.


def test_a_voice_note_alone_is_declined_and_words_beside_a_picture_are_answered(bench: Bench) -> None:
    bench.say("", 1, media=(Media.AUDIO, Media.IMAGE), language="es")
    bench.say("do you have this?", 2, media=(Media.IMAGE,))
    first, second = bench.platform.texts()
    assert first == (
        "Todavía no puedo escuchar audios. Todavía no puedo ver imágenes."
        " Escríbeme qué buscas, por favor, y te ayudo."
    )
    assert second == "re: do you have this?"


def test_a_silent_assistant_sends_nothing(bench: Bench) -> None:
    from dataclasses import replace

    think = bench.engine.think

    def silent(*asked: Any) -> Any:
        thought = think(*asked)
        return replace(thought, reply=replace(thought.reply, texts=()))

    bench.engine.think = silent
    assert bench.say("hi").status_code == 200
    assert (bench.platform.texts(), bench.states("inbox")) == ([], ["silenced"])
    assert bench.is_free


# Sweeps.


def test_a_sweep_works_off_what_was_left_and_nothing_else(bench: Bench) -> None:
    from tendero.channels import news

    with bench.db.transaction() as transaction:
        news.receive(transaction, said("left"))
        news.receive(transaction, said("fresh", 2, conversation="bea"))
    bench.run("update inbox set arrived_at = now() - interval '2 minutes' where provider_id = 'm1'")
    response = bench.post({"sweep": True}, attempt=0)
    assert response.get_json() == {"found": 1, "done": 1}
    assert [each["to"] for each in bench.platform.sent()] == ["ana"]
    assert bench.post({"sweep": True}).get_json() == {"found": 0, "done": 0}


def test_a_sweep_leaves_a_conversation_to_its_living_worker(bench: Bench) -> None:
    dead(bench, said("hi"))
    bench.run("update inbox set arrived_at = now() - interval '2 minutes'")
    assert bench.post({"sweep": True}).get_json() == {"found": 0, "done": 0}


def test_a_sweep_gives_up_what_has_failed_for_a_day(bench: Bench) -> None:
    bench.platform.refusals = [cut()] * 3
    assert bench.say("hi").status_code == 409
    bench.run(
        "update outbox set not_before = now() - interval '2 days', created_at = now() - interval '2 days'"
    )
    assert bench.post({"sweep": True}).get_json() == {"found": 1, "done": 0}
    assert bench.states("outbox") == ["failed"]


# Handing over.


def handing(bench: Bench, why: str) -> None:
    from dataclasses import replace

    think = bench.engine.think

    def asking(*asked: Any) -> Any:
        thought = think(*asked)
        return replace(thought, reply=replace(thought.reply, handoff=why))

    bench.engine.think = asking


def test_a_handoff_is_announced_carried_out_and_then_silent(db: Database, platform: Platform) -> None:
    bench = Bench(db, platform, kind=WithPersons)
    bench.say("do you sell tea?", 1)
    handing(bench, "asked")
    bench.say("a person please", 2)
    _, announced, note, opened = platform.sent()
    assert announced["text"].startswith("Of course, I'm passing the conversation")
    assert note["text"].splitlines() == [
        "El asistente pasa esta conversación a una persona.",
        "Cliente: Ana",
        "Motivo: pide hablar con una persona",
        "Lo que ha escrito:",
        "- do you sell tea?",
        "- a person please",
    ]
    assert opened["text"] == "open"
    bench.say("hello?", 3)
    assert len(platform.sent()) == 4
    bench.tell(told(Kind.GIVEN_BACK, at=200_000_000))
    bench.engine.think = Engine().think
    bench.say("thanks", 4)
    assert platform.texts()[-1] == "re: thanks"


def test_a_handoff_goes_on_when_its_first_step_comes_back_as_news(db: Database, platform: Platform) -> None:
    bench = Bench(db, platform, kind=WithPersons)
    handing(bench, "outside")
    meeting = platform.after = Meeting()
    first = start(lambda: bench.say("where is my order?"))
    assert meeting.there.wait(10)
    bench.tell(told(Kind.TAKEN_OVER, at=5))
    meeting.on.set()
    first.join()
    assert bench.states("outbox") == ["sent"] * 3


def test_a_handoff_that_fails_leaves_the_conversation_to_the_assistant(
    db: Database, platform: Platform
) -> None:
    bench = Bench(db, platform, kind=WithPersons)
    handing(bench, "asked")

    def fail_private() -> None:
        if len(platform.sent()) >= 1:
            platform.refusals = [Undeliverable("no permission", code="401")]

    platform.before = fail_private
    bench.say("a person please")
    assert bench.states("outbox") == ["sent", "failed", "failed"]
    platform.before = lambda: None
    bench.engine.think = Engine().think
    bench.say("anybody?", 2)
    assert platform.texts()[-1] == "re: anybody?"


def test_without_persons_there_is_no_handoff(bench: Bench) -> None:
    handing(bench, "asked")
    bench.say("a person please")
    assert bench.platform.texts() == ["re: a person please"]
    assert bench.rows("conversations")[0]["handed_over_at"] is None
