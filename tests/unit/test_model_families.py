"""What each family of models is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tendero.assistant.model.families import parameters


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        ("gpt-4o-mini", {"max_tokens": 500, "temperature": 0.2}),
        ("gpt-4.1-mini", {"max_tokens": 500, "temperature": 0.2}),
        ("llama3.1:8b", {"max_tokens": 500, "temperature": 0.2}),
        ("google/gemini-2.5-flash", {"max_tokens": 500, "temperature": 0.2}),
        ("gpt-5.6-luna", {"max_completion_tokens": 500, "reasoning_effort": "none"}),
        ("gpt-5.5", {"max_completion_tokens": 500, "reasoning_effort": "none"}),
        ("openai/gpt-5.6-terra", {"max_completion_tokens": 500, "reasoning_effort": "none"}),
        ("gpt-5.4-mini", {"max_completion_tokens": 500}),
        ("gpt-5-nano", {"max_completion_tokens": 2000, "reasoning_effort": "minimal"}),
        ("o4-mini", {"max_completion_tokens": 2000, "reasoning_effort": "low"}),
    ],
)
def test_each_family_gets_its_own_parameters(model: str, sent: dict[str, Any]) -> None:
    assert parameters(model, 500) == sent


def test_a_configured_effort_wins_and_leaves_room_for_reasoning() -> None:
    assert parameters("gpt-5.6-luna", 500, "low") == {
        "max_completion_tokens": 2000,
        "reasoning_effort": "low",
    }
    assert parameters("gpt-5-mini", 500, "none")["max_completion_tokens"] == 500
