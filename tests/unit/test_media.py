"""What is said to those who send no words."""

from __future__ import annotations

import pytest

from tendero.assistant.templates import IntentKind, read
from tendero.channels.channel import Media
from tendero.channels.media import declined


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("kind", list(Media))
def test_each_kind_is_declined_politely_in_each_language(kind: Media, language: str) -> None:
    thought = declined([kind], language)
    (text,) = thought.reply.texts
    assert len(text) > 40
    assert (thought.reply.outcome, thought.reply.language) == ("media", language)


def test_a_kind_is_mentioned_once() -> None:
    thought = declined([Media.IMAGE, Media.IMAGE, Media.AUDIO], "en")
    assert thought.reply.texts[0].startswith(
        "I can't look at pictures yet. I can't listen to voice messages yet. Please"
    )


def test_what_history_keeps_of_it_is_nothing_to_search_for() -> None:
    kept = declined(list(Media), "es").message
    assert read(kept).kind is IntentKind.EMPTY
