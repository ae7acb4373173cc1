"""The text in AskYourDatabase's server-sent events, however the network cuts them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.assistant.askyourdatabase.stream import text_of

MOST = 100_000


def said(content: Any, **more: Any) -> dict[str, Any]:
    return {"isText": True, "content": content, **more}


def read(body: str | bytes, most: int = MOST) -> str:
    return text_of([body.encode() if isinstance(body, str) else body], most)


def cut(body: bytes, places: Sequence[int]) -> list[bytes]:
    """The body cut at these places (as shares of 1000 of its length), empty pieces included."""
    ends = sorted(len(body) * place // 1000 for place in places)
    return [body[start:end] for start, end in zip([0, *ends], [*ends, len(body)], strict=True)]


@given(
    st.lists(st.text(), max_size=8),
    st.lists(st.integers(0, 1000), max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.sampled_from(["", " "]),
    st.sampled_from(["", "\ufeff"]),
)
def test_the_parts_are_joined_wherever_the_stream_is_cut(
    parts: list[str], places: list[int], ending: str, ascii_only: bool, space: str, mark: str
) -> None:
    events = [json.dumps(said(each), ensure_ascii=ascii_only) for each in parts]
    body = mark + "".join(f"data:{space}{each}{ending}{ending}" for each in events)
    whole = "".join(parts)
    assert text_of(cut(body.encode("utf-8", "surrogatepass"), places), max(1, len(whole) + 1)) == whole


@given(st.binary(max_size=400), st.lists(st.integers(0, 1000), max_size=5))
def test_any_bytes_are_read_to_the_end(body: bytes, places: list[int]) -> None:
    assert isinstance(text_of(cut(b"data: {" + body, places), MOST), str)


@given(st.lists(st.text(alphabet="ab\r\n:data {}", max_size=30), max_size=6))
def test_what_is_no_part_of_the_text_adds_nothing(others: list[str]) -> None:
    other = "".join(f": {each.replace(chr(10), '').replace(chr(13), '')}\n\n" for each in others)
    assert read(f"{other}data: {json.dumps(said('a'))}\n\n{other}") == "a"


@pytest.mark.parametrize(
    "other",
    [
        "data: [DONE]",
        "data:",
        "data",
        "data: no JSON",
        "data: 5",
        "data: null",
        "event: message",
        "id: 7",
        "retry: 10",
        ": a comment",
        'data: {"id":"executeSQL_1","isSQL":true,"sql":"SELECT 1","content":"SELECT 1"}',
        'data: {"isText":"true","content":"no"}',
        'data: {"isText":false,"content":"no"}',
        'data: {"isText":true}',
        'data: {"isText":true,"content":{"no":1}}',
        'data: {"error":"Rate limit"}',
        "data: " + "[" * 100_000,
    ],
)
def test_unknown_events_are_skipped(other: str) -> None:
    assert read(f"{other}\n\ndata: {json.dumps(said('sí'))}\n\n{other}\n\n") == "sí"
    assert read(f"{other}\n\n") == ""


def test_events_count_without_an_empty_line_between_or_behind_them() -> None:
    lines = [f"data: {json.dumps(said(each))}" for each in "abc"]
    assert read("\n".join(lines)) == "abc"


def test_one_event_may_stand_on_several_lines() -> None:
    assert read('data: {"isText": true,\ndata: "content": "sí"}\n\n') == "sí"


def test_line_ends_of_unicode_do_not_end_a_line() -> None:
    text = "a\u2028b\x85c"
    assert read(f"data: {json.dumps(said(text), ensure_ascii=False)}\n\n") == text


def test_broken_utf_8_spoils_nothing_else() -> None:
    assert read(b'data: {"isText":true,"content":"a\xffb"}\n\n') == "a\ufffdb"


def test_no_more_is_read_than_is_wanted() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b'data: {"isText":true,"content":"abcde"}\n\n'

    assert text_of(endless(), 12) == "abcde" * 3
