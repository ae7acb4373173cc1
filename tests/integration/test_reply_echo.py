"""What comes back of messages that another installation sent at the same platform."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tendero.channels.channel import Kind
from tendero.platform.database import Database
from tests.integration.reply_bench import Bench, Platform, cut, said, told


@pytest.fixture
def bench(db: Database, tmp_path: Path) -> Bench:
    return Bench(db, Platform(tmp_path / "sent.jsonl"))


def test_another_installations_message_of_the_same_key_settles_nothing_here(bench: Bench) -> None:
    bench.platform.refusals = [cut()]
    bench.say("hi")
    elsewhere = replace(told(Kind.SENT, at=5, outbox="tendero-1", provider_id="77"), conversation="another's")
    assert bench.tell(elsewhere).status_code == 200
    assert bench.states("outbox") == ["sending"]
    assert len(bench.rows("conversations")) == 1
    bench.run("update outbox set not_before = now()")
    assert bench.until_done(said("hi")).status_code == 200
    assert bench.platform.texts() == ["re: hi"]


def test_a_channel_that_does_not_say_where_is_believed(bench: Bench) -> None:
    bench.platform.refusals = [cut()]
    bench.say("hi")
    own = replace(told(Kind.SENT, at=5, outbox="tendero-1", provider_id="77"), conversation="")
    assert bench.tell(own).status_code == 200
    assert bench.states("outbox") == ["sent"]
