"""Memories as the older course bot wrote them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.people.memory import InvalidMemory, MemoryFolderError, UserMemory
from tendero.people.memory_document import UNKNOWN_TIME, document_of, memory_of, parsed
from tendero.people.memory_reader import Unreadable, memories_in
from tests.memories import memories

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
_NAMES = st.sampled_from(list(UserMemory.__dataclass_fields__)) | st.text()


@given(memories())
def test_what_is_written_is_read_back_as_it_was(memory: UserMemory) -> None:
    written = json.dumps(document_of(memory), ensure_ascii=False).encode()
    assert memory_of(parsed(written)) == memory


@given(st.dictionaries(_NAMES, _JSON) | _JSON)
def test_any_document_is_a_memory_or_is_refused(document: Any) -> None:
    try:
        memory = memory_of(document, "ana")
    except InvalidMemory:
        return
    assert memory_of(parsed(json.dumps(document_of(memory)).encode())) == memory


@given(st.binary())
def test_any_bytes_are_json_or_are_refused(raw: bytes) -> None:
    try:
        parsed(raw)
    except InvalidMemory:
        return


def test_the_deepest_nesting_is_refused() -> None:
    with pytest.raises(InvalidMemory):
        memory_of(parsed(b'{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "ana")


@pytest.mark.parametrize(
    "written",
    [
        "2024-05-01T10:00:00",
        "2024-05-01 10:00:00.000",
        "2024-05-01T10:00:00Z",
        "2024-05-01T12:00:00+02:00",
        1714557600,
        1714557600.0,
        1714557600000,
        "1714557600",
        "1714557600000",
    ],
)
def test_a_time_is_iso_or_an_epoch(written: str | float) -> None:
    memory = memory_of({"updated_at": written}, "ana")
    assert memory.updated_at == datetime(2024, 5, 1, 10, tzinfo=UTC)


def test_missing_fields_get_their_defaults() -> None:
    memory = memory_of({"user_id": 34600111222, "name": " Ana ", "role": None, "lead_score": "72.6"})
    assert (memory.user_id, memory.name, memory.role, memory.lead_score) == ("34600111222", "Ana", "", 73)
    assert (memory.created_at, memory.updated_at) == (UNKNOWN_TIME, UNKNOWN_TIME)
    memory = memory_of({"last_interaction_at": "2024-05-02", "first_interaction_at": "2024-05-01"}, "ana")
    assert (memory.created_at.day, memory.updated_at.day) == (1, 2)


def test_lists_may_be_texts_and_messages_may_be_too() -> None:
    memory = memory_of(
        {
            "interests": "Excel, IA ,,Excel",
            "pain_points": ["no time", None, 7],
            "message_history": ["hola", {"role": "bot", "content": "¡Hola!"}, None],
        },
        "ana",
    )
    assert memory.interests == ("Excel", "IA")
    assert memory.pain_points == ("no time", "7")
    assert memory.message_history == ({"content": "hola"}, {"role": "bot", "content": "¡Hola!"})


def test_nothing_that_is_not_understood_is_lost() -> None:
    memory = memory_of(
        {
            "name": "Ana",
            "stage": "sales_agent",
            "lead_score": {"value": 3},
            "updated_at": "yesterday",
            "interaction_count": -1,
            "additional_data": {"city": "Lima"},
        },
        "ana",
    )
    assert memory.additional_data == {
        "stage": "sales_agent",
        "lead_score": {"value": 3},
        "updated_at": "yesterday",
        "interaction_count": -1,
        "city": "Lima",
    }
    assert memory_of({"lead_score": 250}, "ana").lead_score == 100


def write(folder: Path, name: str, content: Any) -> None:
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))


def test_users_come_one_to_a_file_or_many_in_one(tmp_path: Path) -> None:
    write(tmp_path, "memory_34600111222.json", {"user_id": "", "name": "Ana"})
    write(tmp_path, "34600333444.json", {"name": "Bea"})
    write(tmp_path, "all.json", [{"user_id": "c", "name": "Cid"}, {"name": "nobody"}, 7])
    write(tmp_path, "by_id.json", {"d": {"name": "Dan"}, "e": {"x": 1}})
    write(tmp_path, "broken.json", '{"name": ')
    write(tmp_path, "none.json", {})
    write(tmp_path, "memory_34600111222.json.backup", "ignored")
    found = list(memories_in(tmp_path))
    read = {each.user_id: each.name for each in found if isinstance(each, UserMemory)}
    assert read == {"34600111222": "Ana", "34600333444": "Bea", "c": "Cid", "d": "Dan"}
    refused = {each.place: each.reason for each in found if isinstance(each, Unreadable)}
    assert list(refused) == [
        "all.json, entry 2",
        "all.json, entry 3",
        "broken.json",
        "by_id.json, e",
        "none.json",
    ]
    assert "no JSON" in refused["broken.json"]
    assert "user_id is missing" in refused["all.json, entry 2"]
    assert [
        each.user_id for each in memories_in(tmp_path / "by_id.json") if isinstance(each, UserMemory)
    ] == ["d"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MemoryFolderError, match="nowhere"):
        list(memories_in(tmp_path / "nowhere"))
