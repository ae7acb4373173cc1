"""What a memory may hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tendero.people.memory import HISTORY_KEPT, InvalidMemory
from tests.memories import NOON, some


def test_only_the_newest_messages_are_kept() -> None:
    kept = some(message_history=tuple({"content": str(n)} for n in range(HISTORY_KEPT + 7))).message_history
    assert (len(kept), kept[0], kept[-1]) == (
        HISTORY_KEPT,
        {"content": "7"},
        {"content": str(HISTORY_KEPT + 6)},
    )


def test_times_become_utc() -> None:
    local = datetime(2025, 3, 1, 9, tzinfo=timezone(timedelta(hours=-5)))
    kept = some(last_interaction_at=local).last_interaction_at
    assert kept == local
    assert kept is not None
    assert kept.tzinfo is UTC


def test_what_a_database_cannot_hold_is_left_out() -> None:
    kept = some(name="Ana\0\ud800", interests=("a\0b",), additional_data={"x\0": [float("inf"), {"y": "\0"}]})
    assert (kept.name, kept.interests, kept.additional_data) == ("Ana", ("ab",), {"x": [None, {"y": ""}]})


def test_words_lose_their_blanks_and_are_kept_once() -> None:
    kept = some(name=" Ana ", interests=("IA", " IA", "", " "), message_history=({"content": " hola"},))
    assert (kept.name, kept.interests, kept.message_history) == ("Ana", ("IA",), ({"content": " hola"},))


@pytest.mark.parametrize(
    "fields",
    [
        {"user_id": ""},
        {"user_id": "a\0"},
        {"user_id": " a"},
        {"user_id": "a" * 201},
        {"lead_score": 101},
        {"lead_score": -1},
        {"interaction_count": -1},
        {"last_interaction_at": datetime(2025, 1, 1)},
    ],
)
def test_what_cannot_be_kept_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(InvalidMemory, match=r"empty|goes from|counts from|without a time zone"):
        some(**fields)  # type: ignore[arg-type]


def test_a_change_is_newer_even_when_the_clock_was_set_back() -> None:
    before = some(minutes=10)
    assert before.changed(NOON, name="Ana").updated_at > before.updated_at
    later = NOON + timedelta(hours=1)
    assert before.changed(later, name="Ana").updated_at == later
