"""What Twilio's deliveries tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.channels.channel import Event, Kind, Media
from tendero.channels.twilio.event import events
from tests.twilio_events import NAMES, deliveries, form

ANA, SHOP = "whatsapp:+34600111222", "whatsapp:+14155238886"
NO_ANSWER = {"stop"}


def event(case: str, number: int = 0, **fields: str) -> Event:
    (found,) = events(form(case, number, **fields))
    return found


@pytest.mark.parametrize("case", NAMES)
def test_every_sample_is_one_event_that_a_task_can_carry(case: str) -> None:
    for delivery in deliveries(case):
        found = list(events(delivery["form"]))
        assert len(found) == (0 if case in NO_ANSWER else 1)
        for each in found:
            assert Event.from_json(each.to_json()) == each


def test_a_whatsapp_message_is_read() -> None:
    found = event("text")
    assert (found.channel, found.kind, found.id) == ("twilio", Kind.MESSAGE, "SM" + "0" * 30 + "01")
    assert (found.text, found.media, found.name) == ("¿Tenéis cafeteras italianas?", (), "Ana")
    assert (found.contact, found.inbox, found.language) == (ANA, SHOP, None)
    assert found.address == {"to": ANA, "from": SHOP}


def test_two_numbers_of_the_shop_are_two_conversations() -> None:
    assert event("text").conversation != event("text", To="whatsapp:+34900000000").conversation
    assert event("text").conversation != event("sms").conversation


def test_a_delivery_repeated_at_the_fallback_address_is_the_same_event() -> None:
    first, again = (event("duplicate", number) for number in (0, 1))
    assert (first.id, first.kind, first.text) == (again.id, again.kind, again.text)


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


@pytest.mark.parametrize(
    ("type_", "kind", "media"),
    [
        ("image/webp", "sticker", Media.STICKER),
        ("video/mp4", "video", Media.VIDEO),
        ("text/vcard", "contacts", Media.CONTACT),
        ("application/pdf", "document", Media.FILE),
        ("strange", "", Media.OTHER),
    ],
)
def test_each_type_of_media_is_known(type_: str, kind: str, media: Media) -> None:
    assert event("image", MediaContentType0=type_, MessageType=kind).media == (media,)


def test_several_media_are_all_named() -> None:
    assert event("image", NumMedia="2", MediaContentType1="video/mp4").media == (Media.IMAGE, Media.VIDEO)


def test_a_message_without_anything_readable_is_still_one() -> None:
    assert event("text", Body="", MessageType="order").media == (Media.OTHER,)


def test_a_tapped_button_or_row_says_its_visible_text() -> None:
    assert (event("button").text, event("button").details["payload"]) == ("Ver más", "more")
    assert (event("list").text, event("list").details["payload"]) == ("Cafeteras", "row-2")


def test_a_customer_without_a_number_is_known_by_the_user_id() -> None:
    found = event("no_number")
    assert found.contact == found.address["to"] == "whatsapp:US.1349000000000000001"


def test_an_advertisement_is_told_beside_the_words() -> None:
    found = event("advertisement")
    assert found.text == "¡Hola! Quiero más información."
    assert found.details["headline"] == "Cafetera italiana Lucca"
    assert event("advertisement", Body="").text == "Cafetera italiana Lucca"


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "QUIT"])
def test_what_twilio_answers_itself_is_left_to_it(word: str) -> None:
    assert not list(events(form("sms", Body=word)))
    assert list(events(form("sms", Body=f"{word} please")))


def test_stop_on_whatsapp_is_a_message_unless_twilio_took_it() -> None:
    assert event("text", Body="STOP").text == "STOP"
    assert not list(events(form("text", Body="BAJA", OptOutType="STOP")))


def test_the_fate_of_a_message_names_it_and_the_reason() -> None:
    found = event("window_closed")
    assert found.kind is Kind.STATUS
    assert found.details == {"provider_id": "SM" + "0" * 30 + "99", "delivery": "failed", "code": "63016"}
    assert found.conversation == event("text").conversation
    assert found.address == event("text").address


def test_each_fate_of_a_message_is_an_event_of_its_own() -> None:
    delivered, read = (event("status", number) for number in (0, 1))
    assert delivered.id != read.id
    assert (delivered.details["delivery"], read.details["delivery"]) == ("delivered", "read")
    assert delivered.details["code"] == ""


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "accepted", "new one"])
def test_steps_on_the_way_are_no_events(state: str) -> None:
    assert not list(events(form("status", MessageStatus=state)))


@given(
    st.dictionaries(
        st.sampled_from(
            ["MessageSid", "From", "To", "Body", "NumMedia", "MediaContentType0", "MessageStatus", "Latitude"]
        ),
        st.text(max_size=8),
    )
)
def test_whatever_is_delivered_is_read_or_left(fields: dict[str, str]) -> None:
    for found in events(fields):
        assert Event.from_json(found.to_json()) == found
