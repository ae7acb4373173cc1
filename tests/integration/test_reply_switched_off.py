"""The worker in a place where the assistant is switched off."""

from __future__ import annotations

from pathlib import Path

from tendero.channels.channel import Media
from tendero.platform.database import Database
from tests.integration.reply_bench import Bench, Engine, Platform


def test_nothing_is_said_written_or_typed_there(db: Database, tmp_path: Path) -> None:
    bench = Bench(db, Platform(tmp_path / "sent"), Engine(think_seconds=0))
    for number, media in enumerate([(), (Media.AUDIO,)]):
        text = "" if media else "hola"
        assert bench.say(text, number, media=media).status_code == 200
    assert bench.states("inbox") == ["silenced", "silenced"]
    assert (bench.platform.sent(), bench.platform.typing, bench.engine.asked) == ([], [], [])
