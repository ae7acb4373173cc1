"""JSON whose escapes name half of an emoji."""

from __future__ import annotations

import json

from tendero.platform.incoming import parsed


def test_half_an_emoji_becomes_a_question_mark() -> None:
    assert parsed(b'{"name": "Ana \\ud83d", "\\uDE00": [1]}') == {"name": "Ana ?", "?": [1]}


def test_both_halves_stay_an_emoji() -> None:
    body = json.dumps({"name": "Ana 😀"}).encode()
    assert b"\\ud83d\\ude00" in body
    assert parsed(body) == {"name": "Ana 😀"}
