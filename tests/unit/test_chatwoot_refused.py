"""What is sent in the place of a message that Chatwoot finds invalid."""

from __future__ import annotations

from typing import Any

import pytest

from tendero.channels.chatwoot.channel import Chatwoot
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

CHOICES = {"content_type": "input_select", "content_attributes": {"items": [{"title": "1", "value": "1"}]}}


def instead(message: dict[str, Any], code: str) -> dict[str, Any] | None:
    settings = Settings(chatwoot_base_url="https://chat.example")
    content = {"message": message, "after": 7}
    return Chatwoot(settings, Secrets(settings, environment={})).instead(content, code)


def test_words_with_refused_choices_are_said_without_them() -> None:
    assert instead({"content": "Two.", **CHOICES}, "422") == {"message": {"content": "Two."}, "after": 7}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"content": "Two.", **CHOICES}, "404"),
        ({"content": "Two."}, "422"),
        ({"content": "Mug", "content_type": "cards"}, "422"),
        ({"content": "Note", "private": True}, "422"),
    ],
)
def test_anything_else_is_not_said_again(message: dict[str, Any], code: str) -> None:
    assert instead(message, code) is None
