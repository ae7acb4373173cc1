"""Names of the files of memories."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.people.memory_file import file_name

_ANY = st.text(st.characters(), min_size=1) | st.text("aA./\\%+=0", min_size=1, max_size=400)


@given(_ANY)
def test_a_file_name_is_safe_for_any_user_id(user_id: str) -> None:
    assert re.fullmatch(r"[a-z0-9%=+@_-]{1,120}\.json", file_name(user_id))


@given(_ANY, _ANY)
def test_no_two_users_share_a_file(one: str, other: str) -> None:
    assert (file_name(one) == file_name(other)) is (one == other)


@pytest.mark.parametrize(
    ("user_id", "name"),
    [
        ("34600111222", "34600111222.json"),
        ("+34600111222", "+34600111222.json"),
        ("whatsapp:+34600111222", "whatsapp%3a+34600111222.json"),
        ("../../etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd.json"),
        ("Ana", "%41na.json"),
    ],
)
def test_a_phone_number_can_be_recognised_in_its_name(user_id: str, name: str) -> None:
    assert file_name(user_id) == name
