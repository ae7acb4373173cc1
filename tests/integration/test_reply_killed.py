"""Workers that are killed between any two steps: nothing is lost and nothing is said twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tendero.platform.database import Database
from tests.integration.reply_bench import Bench, Engine, Platform, said
from tests.integration.reply_killed import NEVER, PIECES, TIMES, conversation, deliver

ROOT = Path(__file__).resolve().parents[2]
DIED = -signal.SIGKILL


def die(database_url: str, file: Path, plan: dict[int, int]) -> list[int]:
    """Delivers in processes that die at the planned step of each conversation; how they ended."""
    command = [sys.executable, "-m", "tests.integration.reply_killed", database_url, str(file)]
    command += [f"{number}:{step}" for number, step in plan.items()]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return [int(each) for each in run.stdout.splitlines()[-1].split()]


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_worker_killed_anywhere_loses_nothing_and_says_nothing_twice(
    db: Database, database_url: str, tmp_path: Path, deaths: int
) -> None:
    file = tmp_path / "sent.jsonl"
    steps = deliver(database_url, file, 0, NEVER)
    assert steps > 20
    plan = {step: step for step in range(1, steps + 1)}
    assert die(database_url, file, plan) == [DIED] * steps
    bench = Bench(db, Platform(file), Engine(pieces=PIECES), times=TIMES)
    if deaths > 1:
        # As time goes by; the next worker dies as well, at any step of what is left.
        chance = random.Random()
        bench.run("update conversations set lease_until = now()")
        die(database_url, file, {number: chance.randint(1, 12) for number in plan})

    def go_on(number: int) -> None:
        ids = {"conversation": conversation(number)}
        # The customer goes on writing before the queue comes again with the first message.
        bench.until_done(said("still there?", 2, id=f"second-{number}", **ids))
        bench.until_done(said("hi", 1, id=f"first-{number}", **ids))

    with ThreadPoolExecutor(len(plan)) as threads:
        list(threads.map(go_on, plan))
    for number in plan:
        sent = bench.platform.sent(conversation(number))
        assert len({each["key"] for each in sent}) == len(sent), f"said twice after step {number}"
        answered = [line for each in sent for line in each["text"].removeprefix("re: ").split("\n")]
        turns = len(sent) // PIECES
        expected = ["hi", "still there?", *["piece 2"] * turns]
        assert sorted(answered) == sorted(expected), f"lost after step {number}"
    assert set(bench.states("inbox")) == {"answered"}
    assert set(bench.states("outbox")) == {"sent"}
    assert bench.is_free
