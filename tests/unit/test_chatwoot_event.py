"""What Chatwoot's deliveries tell, and what they must not lead to."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.channels.channel import Event, Kind, Media
from tendero.channels.chatwoot.event import read
from tendero.platform.errors import BadRequest
from tests.chatwoot_events import NAMES, NUMBER, body, deliveries, events

TOLD = {
    **dict.fromkeys(
        ("text", "burst", "duplicate", "late", "voice_note", "image", "location", "button", "form", "list"),
        Kind.MESSAGE,
    ),
    **dict.fromkeys(("email", "bad_signature", "no_signature"), Kind.MESSAGE),
    **dict.fromkeys(("taken_over", "phone_reply", "opened", "assigned"), Kind.TAKEN_OVER),
    **dict.fromkeys(("given_back", "resolved"), Kind.GIVEN_BACK),
    "echo": Kind.SENT,
    "status": Kind.STATUS,
}
IGNORED = set(NAMES) - set(TOLD)


def event(case: str, place: int = 0, **fields: Any) -> Event:
    (found,) = events(case, place, **fields)
    return found


def conversation(**fields: Any) -> dict[str, Any]:
    return {**body("text")["conversation"], **fields}


def meta(**fields: Any) -> dict[str, Any]:
    return conversation(meta={**body("text")["conversation"]["meta"], **fields})


@pytest.mark.parametrize("case", sorted(TOLD))
def test_every_sample_is_one_event_that_a_task_can_carry(case: str) -> None:
    for place in range(len(deliveries(case))):
        found = event(case, place)
        assert (found.channel, found.kind) == ("chatwoot", TOLD[case])
        assert Event.from_json(found.to_json()) == found


@pytest.mark.parametrize("case", sorted(IGNORED))
def test_what_is_not_for_the_assistant_is_ignored(case: str) -> None:
    assert [each for place in range(len(deliveries(case))) for each in events(case, place)] == []


def test_a_customers_message_is_read() -> None:
    found = event("text")
    assert (found.id, found.conversation) == (f"message_created-{NUMBER}01", f"1/{NUMBER}")
    assert (found.text, found.media, found.name) == ("¿Tenéis cafeteras italianas?", (), "Ana")
    assert (found.contact, found.inbox, found.language) == ("61", "1", "es")
    assert found.at == 1_700_000_000
    assert found.address == {
        "account": 1,
        "conversation": NUMBER,
        "channel": "Channel::WebWidget",
        "newest": int(f"{NUMBER}01"),
    }


def test_the_three_ways_of_delivery_tell_one_event() -> None:
    assert len({event("duplicate", place).id for place in range(3)}) == 1


def test_only_the_top_contents_words_are_the_messages() -> None:
    shown = conversation()
    shown["messages"][0] |= {"content": "¡Hola! ¿En qué podemos ayudarte?", "message_type": 3}
    assert event("text", conversation=shown).text == "¿Tenéis cafeteras italianas?"
    assert events("text", conversation=shown, content=None) == []


@pytest.mark.parametrize(
    ("case", "media", "text"),
    [
        ("voice_note", Media.AUDIO, ""),
        ("image", Media.IMAGE, "¿Tenéis algo así?"),
        ("location", Media.LOCATION, ""),
    ],
)
def test_what_came_beside_words_is_named(case: str, media: Media, text: str) -> None:
    found = event(case)
    assert (found.media, found.text) == ((media,), text)


def test_a_message_of_a_kind_that_chatwoot_cannot_show_is_told() -> None:
    assert event("text", content=None, content_attributes={"is_unsupported": True}).media == (Media.OTHER,)


def test_a_choice_is_told_in_the_words_that_were_tapped() -> None:
    found = event("button")
    assert (found.id, found.text) == (f"message_updated-{NUMBER}01", "Ver ofertas")
    assert event("form").text == "Talla: M\nColor: azul"


def test_an_update_that_answers_nothing_is_ignored() -> None:
    assert events("button", content_attributes={"items": [{"title": "a", "value": "b"}]}) == []
    assert events("button", content_type="input_csat") == []
    assert events("text", event="message_updated") == []


@pytest.mark.parametrize(
    "fields",
    [
        {"message_type": "outgoing", "sender": {"id": 3, "type": "agent_bot"}},
        {"message_type": 1, "sender": None},
        {"message_type": "template"},
        {"message_type": 3},
        {"message_type": 2},
        {"message_type": None},
        {"private": True},
        {"private": "true"},
        {"sender": {"id": 3, "type": "agent_bot"}},
        {"sender": {"id": 5, "type": "user"}},
        {"event": "conversation_created"},
        {"event": "webwidget_triggered"},
        {"event": None},
        {"content": "  \n"},
        {"conversation": conversation(status="open")},
        {"conversation": conversation(status="resolved")},
        {"conversation": conversation(status="snoozed")},
        {"conversation": meta(assignee={"id": 5, "name": "Lola"}, assignee_type="User")},
        {"conversation": meta(assignee={"id": 5, "name": "Lola"}, assignee_type=None)},
    ],
)
def test_each_guard_keeps_the_assistant_from_answering(fields: dict[str, Any]) -> None:
    assert events("text", **fields) == []


@pytest.mark.parametrize("kind", ["incoming", 0])
def test_a_type_may_be_a_word_or_a_number(kind: Any) -> None:
    assert event("text", message_type=kind).kind is Kind.MESSAGE


def test_a_bot_as_assignee_is_no_person() -> None:
    bot = {"id": 3, "name": "Tendero", "type": "agent_bot"}
    for shown in (meta(assignee=bot, assignee_type="AgentBot"), meta(assignee=bot, assignee_type=None)):
        assert event("text", conversation=shown).kind is Kind.MESSAGE


def test_only_the_configured_account_is_listened_to() -> None:
    assert len(read(body("text"), "1")) == 1
    assert read(body("text"), "2") == []
    assert read(body("opened"), "2") == []


def test_the_assistants_own_words_are_known_whoever_sent_them() -> None:
    found = event("echo")
    assert found.details == {"outbox": "tendero-0", "provider_id": f"{NUMBER}01"}
    for sender in ({"id": 5, "type": "user"}, None):
        assert event("echo", sender=sender).kind is Kind.SENT
    note = event("echo", private=True, content="Resumen")
    assert note.kind is Kind.SENT


@pytest.mark.parametrize(
    "fields",
    [{"content_attributes": {"automation_rule_id": 4}}, {"additional_attributes": {"campaign_id": 4}}],
)
def test_an_automation_in_a_persons_name_takes_nothing_over(fields: dict[str, Any]) -> None:
    assert events("taken_over", **fields) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("131047: Re-engagement message", "131047"),
        ("(#10) This message is sent outside of allowed window", "10"),
        ("[21610] Attempt to send to unsubscribed recipient", "21610"),
        ("Template not found", "failed"),
    ],
)
def test_a_message_that_failed_tells_the_platforms_code(error: str, code: str) -> None:
    found = event("status", content_attributes={"tendero": "tendero-0", "external_error": error})
    assert found.details == {
        "provider_id": f"{NUMBER}01", "delivery": "failed", "code": code, "error": error,
    }  # fmt: skip


def test_what_others_sent_and_failed_is_not_told() -> None:
    assert events("status", content_attributes={"external_error": "131047: x"}) == []


def test_who_has_the_conversation_is_told_with_its_own_time() -> None:
    assert event("opened", 1).at == 1_700_000_000.25
    assert event("opened", 0).id == event("opened", 1).id
    assert event("opened").id != event("given_back").id


def test_a_conversation_that_a_person_still_has_is_not_given_back_by_its_status() -> None:
    changed = body("given_back")
    changed["meta"] |= {"assignee": {"id": 5, "name": "Lola"}, "assignee_type": "User"}
    (found,) = read(changed, "")
    assert found.kind is Kind.TAKEN_OVER


def test_a_person_who_leaves_a_pending_conversation_gives_it_back() -> None:
    left = body("assigned")
    left["meta"] |= {"assignee": None, "assignee_type": None}
    (found,) = read(left, "")
    assert found.kind is Kind.GIVEN_BACK


@pytest.mark.parametrize(
    "fields",
    [{"id": None}, {"id": "7"}, {"id": True}, {"conversation": None}, {"conversation": conversation(id=0)}],
)
def test_a_message_that_cannot_be_placed_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        events("text", **fields)


def test_the_account_is_found_where_older_servers_say_it() -> None:
    older = body("text")
    del older["account"], older["conversation"]["account"]
    (found,) = read(older, "")
    assert found.conversation == f"1/{NUMBER}"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [so_far, *(path for name, each in inner for path in paths(each, (*so_far, name)))]


SAMPLES = [body(case) for case in NAMES]


@given(st.data())
def test_no_value_in_any_place_breaks_the_reader(data: st.DataObject) -> None:
    delivery = copy.deepcopy(data.draw(st.sampled_from(SAMPLES)))
    path = data.draw(st.sampled_from(paths(delivery)[1:]))
    holder: Any = delivery
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = data.draw(JUNK)
    try:
        found = read(delivery, "")
    except BadRequest:
        return
    assert all(Event.from_json(each.to_json()) == each for each in found)
