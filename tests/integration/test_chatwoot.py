"""The channel against Chatwoot's stand-in: what is sent, refused, looked for again, handed over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.chatwoot_server.desk import PERSON, Conversation
from infra.local.chatwoot_server.rest import BOT_TOKEN, PERSON_TOKEN
from infra.local.chatwoot_server.server import Server
from infra.local.chatwoot_server.shapes import webhook_message
from tendero.assistant.reply import EngineName, Reply
from tendero.channels.channel import Event, Place, Sending, Undeliverable
from tendero.channels.chatwoot.channel import Chatwoot
from tendero.channels.chatwoot.conversation import Address
from tendero.channels.chatwoot.event import read
from tendero.platform.deadline import Deadline
from tendero.platform.errors import HttpError, ServiceUnavailable
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tests.unit.test_chatwoot_writing import product

REPLY = Reply(texts=("Sí, tenemos dos.",), language="es", engine=EngineName.TEMPLATES, outcome="answered")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def channel(server: Server, token: str = BOT_TOKEN, **settings: Any) -> Chatwoot:
    chosen = Settings.load({}, chatwoot_base_url=server.base_url, chatwoot_api_token=token, **settings)
    return Chatwoot(chosen, Secrets(chosen))


def soon() -> Deadline:
    return Deadline(20)


def asked(server: Server, content: str = "¿Tenéis cafeteras?", inbox: int = 1) -> tuple[Conversation, Event]:
    """A conversation that a customer began, and the event of their message."""
    conversation = server.happenings.customer_says(content, inbox=inbox)
    (event,) = read(webhook_message("message_created", conversation.messages[-1], conversation), "")
    return conversation, event


def place(event: Event) -> Place:
    return Place(
        conversation=event.conversation, contact=event.contact, inbox=event.inbox, address=event.address
    )


def sending(content: dict[str, Any], number: int = 1, **fields: Any) -> Sending:
    return Sending(key=f"tendero-{number}", content=content, **{"since": time.time(), **fields})


def written(chatwoot: Chatwoot, event: Event, reply: Reply = REPLY) -> list[dict[str, Any]]:
    return chatwoot.write(reply, place(event))


def test_an_answer_reaches_the_conversation_with_its_mark(server: Server) -> None:
    chatwoot = channel(server)
    conversation, event = asked(server)
    (content,) = written(chatwoot, event)
    identifier = chatwoot.send(sending(content), place(event), soon())
    (sent,) = server.recording.sent
    assert (str(sent["id"]), sent["content"]) == (identifier, "Sí, tenemos dos.")
    assert (sent["conversation_id"], sent["message_type"]) == (conversation.id, 1)
    assert sent["content_attributes"] == {"tendero": "tendero-1"}
    assert sent["private"] is False
    # With one, Chatwoot would not send the message on to the platform.
    assert sent["source_id"] is None


def test_cards_and_choices_are_taken_as_they_are_written(server: Server) -> None:
    chatwoot = channel(server)
    _, event = asked(server)
    reply = Reply(
        texts=("Tengo una.",),
        language="es",
        engine=EngineName.TEMPLATES,
        outcome="answered",
        products=(product(1),),
        quick_replies=("Más baratas",),
    )
    for number, content in enumerate(written(chatwoot, event, reply)):
        chatwoot.send(sending(content, number), place(event), soon())
    assert [each["content_type"] for each in server.recording.sent] == ["text", "cards", "input_select"]
    assert [each["content_attributes"]["tendero"] for each in server.recording.sent] == [
        "tendero-0", "tendero-1", "tendero-2",
    ]  # fmt: skip
    server.happenings.customer_chooses(event.address["conversation"], "Más baratas")


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [("404", "404", "not be found"), ("422", "422", "is invalid")],
)
def test_what_chatwoot_refuses_is_undeliverable(server: Server, kind: str, code: str, said: str) -> None:
    chatwoot = channel(server)
    _, event = asked(server)
    server.recording.fail(kind)
    with pytest.raises(Undeliverable, match=said) as raised:
        chatwoot.send(sending(written(chatwoot, event)[0]), place(event), soon())
    assert raised.value.code == code


# A wrong token is mended in the settings: the answer waits for it.
@pytest.mark.parametrize("kind", ["429", "too_many_messages", "401"])
def test_what_chatwoot_puts_off_is_certainly_not_sent(server: Server, kind: str) -> None:
    chatwoot = channel(server)
    _, event = asked(server)
    server.recording.fail(kind)
    with pytest.raises(ServiceUnavailable) as raised:
        chatwoot.send(sending(written(chatwoot, event)[0]), place(event), soon())
    assert raised.value.status == 429
    assert raised.value.retry_after
    assert server.recording.sent == []


@pytest.mark.parametrize("kind", ["500", "cut", "cut_after"])
def test_what_may_have_arrived_is_neither_sent_nor_refused(server: Server, kind: str) -> None:
    chatwoot = channel(server)
    _, event = asked(server)
    server.recording.fail(kind)
    with pytest.raises(ServiceUnavailable) as raised:
        chatwoot.send(sending(written(chatwoot, event)[0]), place(event), soon())
    assert raised.value.status != 429
    # Never by itself: doing it twice would say it twice.
    assert len(server.recording.requests) == 1


def test_no_time_left_is_put_off(server: Server) -> None:
    chatwoot = channel(server)
    _, event = asked(server)
    with pytest.raises(ServiceUnavailable) as raised:
        chatwoot.send(sending(written(chatwoot, event)[0]), place(event), Deadline(0))
    assert raised.value.status == 429


def cut_off(
    chatwoot: Chatwoot, server: Server, event: Event, kind: str, content: Any = None, path: str = ""
) -> Sending:
    """A message whose sending ended without an answer."""
    attempt = sending(content or written(chatwoot, event)[0])
    server.recording.fail(kind, method="POST", path=path)
    with pytest.raises(ServiceUnavailable):
        chatwoot.send(attempt, place(event), soon())
    return attempt


@pytest.mark.parametrize("token", [BOT_TOKEN, PERSON_TOKEN])
@pytest.mark.parametrize("keeps_attributes", [True, False])
def test_a_message_that_arrived_is_found(server: Server, token: str, keeps_attributes: bool) -> None:
    chatwoot = channel(server, token)
    server.rest.keeps_attributes = keeps_attributes
    _, event = asked(server)
    attempt = cut_off(chatwoot, server, event, "cut_after")
    (sent,) = server.recording.sent
    assert chatwoot.find_sent(attempt, place(event), soon()) == str(sent["id"])


@pytest.mark.parametrize("token", [BOT_TOKEN, PERSON_TOKEN])
def test_a_message_that_did_not_arrive_is_not_found(server: Server, token: str) -> None:
    chatwoot = channel(server, token)
    _, event = asked(server)
    attempt = cut_off(chatwoot, server, event, "cut")
    assert chatwoot.find_sent(attempt, place(event), soon()) is None


def test_an_earlier_part_of_the_answer_is_not_taken_for_the_next(server: Server) -> None:
    chatwoot = channel(server)
    server.rest.keeps_attributes = False
    _, event = asked(server)
    (content,) = written(chatwoot, event)
    first = chatwoot.send(sending(content), place(event), soon())
    again = sending(content, 2, known=frozenset({first}))
    assert chatwoot.find_sent(again, place(event), soon()) is None


def test_behind_other_messages_a_person_s_token_finds_it(server: Server) -> None:
    chatwoot = channel(server, PERSON_TOKEN)
    conversation, event = asked(server)
    arrived = cut_off(chatwoot, server, event, "cut_after")
    server.happenings.customer_says("¿hola?", conversation.id)
    assert chatwoot.find_sent(arrived, place(event), soon()) == str(server.recording.sent[0]["id"])
    lost = sending(written(chatwoot, event)[0], 2)
    assert chatwoot.find_sent(lost, place(event), soon()) is None


def test_behind_other_messages_a_bot_waits_for_the_echo(server: Server) -> None:
    chatwoot = channel(server)
    conversation, event = asked(server)
    attempt = cut_off(chatwoot, server, event, "cut_after")
    server.happenings.customer_says("¿hola?", conversation.id)
    with pytest.raises(ServiceUnavailable):
        chatwoot.find_sent(attempt, place(event), soon())
    long_ago = sending(attempt.content, since=time.time() - 120)
    assert chatwoot.find_sent(long_ago, place(event), soon()) is None


@pytest.mark.parametrize("kind", ["500", "429"])
def test_a_server_that_cannot_be_asked_gives_no_answer(server: Server, kind: str) -> None:
    chatwoot = channel(server)
    _, event = asked(server)
    attempt = sending(written(chatwoot, event)[0])
    server.recording.fail(kind, next=None)
    with pytest.raises(ServiceUnavailable):
        chatwoot.find_sent(attempt, place(event), soon())
    with pytest.raises(ServiceUnavailable):
        chatwoot.may_speak(place(event), soon())


def test_the_bot_may_speak_while_the_conversation_is_its_own(server: Server) -> None:
    chatwoot = channel(server)
    conversation, event = asked(server)
    happenings = server.happenings
    assert chatwoot.may_speak(place(event), soon())
    happenings.assign(conversation.id, PERSON)
    assert not chatwoot.may_speak(place(event), soon())
    happenings.assign(conversation.id, None)
    assert chatwoot.may_speak(place(event), soon())
    for status in ("open", "resolved", "snoozed"):
        happenings.set_status(conversation.id, status)
        assert not chatwoot.may_speak(place(event), soon())


def test_a_read_is_tried_again(server: Server) -> None:
    chatwoot = channel(server)
    _, event = asked(server)
    server.recording.fail("cut")
    assert chatwoot.may_speak(place(event), soon())


def handed_over(chatwoot: Chatwoot, event: Event) -> None:
    for number, content in enumerate(chatwoot.write_handoff("Ana pide un reembolso.", place(event))):
        chatwoot.send(sending(content, number), place(event), soon())


def test_a_handoff_calls_a_person_and_tells_why(server: Server) -> None:
    chatwoot = channel(server, chatwoot_handoff_team_id=2)
    conversation, event = asked(server)
    conversation.labels, conversation.custom_attributes = ["vip"], {"order": "77"}
    handed_over(chatwoot, event)
    note = conversation.messages[-1]
    assert (note.content, note.private) == ("Ana pide un reembolso.", True)
    assert conversation.status == "open"
    assert conversation.labels == ["vip", "handoff"]
    assert conversation.custom_attributes["order"] == "77"
    assert conversation.custom_attributes["tendero_handoff_at"]
    assert conversation.team == {"id": 2, "name": "ventas"}
    assert conversation.assignee is None


def test_a_handoff_may_name_the_person(server: Server) -> None:
    chatwoot = channel(server, chatwoot_handoff_assignee_id=PERSON["id"])
    conversation, event = asked(server)
    handed_over(chatwoot, event)
    assert (conversation.status, conversation.assignee) == ("open", PERSON)


def test_an_older_server_that_closes_labels_to_bots_still_calls_a_person(server: Server) -> None:
    server.rest.bot_labels = False
    chatwoot = channel(server, chatwoot_handoff_team_id=99)
    conversation, event = asked(server)
    handed_over(chatwoot, event)
    assert (conversation.status, conversation.labels, conversation.team) == ("open", [], None)


def test_a_handoff_done_again_changes_nothing(server: Server) -> None:
    chatwoot = channel(server)
    conversation, event = asked(server)
    handoff = chatwoot.write_handoff("Resumen", place(event))[-1]
    attempt = cut_off(chatwoot, server, event, "cut", handoff, "toggle_status")
    assert chatwoot.find_sent(attempt, place(event), soon()) is None
    assert chatwoot.send(attempt, place(event), soon()) == ""
    assert chatwoot.find_sent(attempt, place(event), soon()) == ""
    server.happenings.set_status(conversation.id, "resolved")
    chatwoot.send(attempt, place(event), soon())
    assert (conversation.status, conversation.labels) == ("resolved", ["handoff"])


def test_a_note_that_arrived_is_found_where_the_token_may_look(server: Server) -> None:
    chatwoot, of_person = channel(server), channel(server, PERSON_TOKEN)
    _, event = asked(server)
    note = chatwoot.write_handoff("Resumen", place(event))[0]
    attempt = cut_off(chatwoot, server, event, "cut_after", note)
    assert of_person.find_sent(attempt, place(event), soon()) == str(server.recording.sent[0]["id"])
    with pytest.raises(ServiceUnavailable):
        chatwoot.find_sent(attempt, place(event), soon())


def test_each_call_waits_for_its_turn(server: Server) -> None:
    chatwoot = channel(server, chatwoot_requests_per_minute=30)
    turns: list[tuple[str, int]] = []
    chatwoot.pace = lambda service, per_minute, _: turns.append((service, per_minute))
    _, event = asked(server)
    handed_over(chatwoot, event)
    chatwoot.may_speak(place(event), soon())
    assert turns == [("chatwoot", 30)] * len(server.recording.requests)


def test_a_turn_that_is_too_far_away_is_put_off(server: Server) -> None:
    chatwoot = channel(server)

    def full(_: str, __: int, ___: Deadline) -> None:
        raise ServiceUnavailable("The pace is used up.", status=429, retry_after=9)

    chatwoot.pace = full
    _, event = asked(server)
    with pytest.raises(ServiceUnavailable) as raised:
        chatwoot.send(sending(written(chatwoot, event)[0]), place(event), soon())
    assert (raised.value.status, raised.value.retry_after) == (429, 9)
    chatwoot.show_typing(event, soon())
    assert server.recording.requests == []


def test_a_server_that_is_down_is_not_asked_for_a_while(server: Server) -> None:
    chatwoot = channel(server)
    _, event = asked(server)
    server.recording.fail("500", next=None)
    for _ in range(8):
        with pytest.raises(ServiceUnavailable):
            chatwoot.send(sending(written(chatwoot, event)[0]), place(event), soon())
    assert len(server.recording.requests) == 5


def test_typing_is_shown_where_customers_see_it(server: Server) -> None:
    chatwoot = channel(server)
    for inbox in (1, 2, 3, 4):
        chatwoot.show_typing(asked(server, inbox=inbox)[1], soon())
    paths = [each["path"].rsplit("/", 1)[1] for each in server.recording.requests]
    assert paths == ["toggle_typing_status"] * 2
    server.recording.fail("500")
    chatwoot.show_typing(asked(server)[1], soon())


def test_a_customers_card_takes_a_persons_token(server: Server) -> None:
    conversation, event = asked(server)
    contact = int(event.contact)
    found = channel(server, PERSON_TOKEN)._api.contact(1, contact, soon())
    assert found["name"] == conversation.contact["name"]
    with pytest.raises(HttpError) as raised:
        channel(server)._api.contact(1, contact, soon())
    assert raised.value.status == 401


def test_a_page_in_the_place_of_an_answer_says_nothing_about_what_was_done(server: Server) -> None:
    from tests.loopback import loopback, says

    _, event = asked(server)
    with loopback(says("<html>Just a moment…</html>")) as proxy:
        chosen = Settings.load({}, chatwoot_base_url=proxy.url, chatwoot_api_token="t")
        chatwoot = Chatwoot(chosen, Secrets(chosen))
        with pytest.raises(ServiceUnavailable) as raised:
            chatwoot.send(sending(written(chatwoot, event)[0]), place(event), soon())
        assert raised.value.status is None


def test_the_token_goes_in_a_header_that_proxies_let_pass(server: Server) -> None:
    chatwoot = channel(server)
    _, event = asked(server)
    chatwoot.may_speak(place(event), soon())
    headers = {name.lower(): value for name, value in server.recording.requests[0]["headers"].items()}
    assert headers["api-access-token"] == BOT_TOKEN


def test_messages_are_listed_from_one_on(server: Server) -> None:
    api = channel(server, PERSON_TOKEN)._api
    conversation, event = asked(server)
    for number in range(25):
        server.happenings.customer_says(f"{number}", conversation.id)
    at = Address(account=1, conversation=conversation.id)
    assert len(api.messages(at, soon())) == 20
    assert [each["content"] for each in api.messages(at, soon(), after=event.address["newest"])][:2] == [
        "0", "1",
    ]  # fmt: skip
