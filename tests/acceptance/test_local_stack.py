"""`tendero local`: up, used, down, and nothing left, however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from infra.local import ports
from infra.local.guard import postmaster
from infra.local.identity import Identity
from tests.loopback import loopback, says


def tendero(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = ("DATABASE", "DB_", "WOOCOMMERCE", "OPENAI", "EMBED", "TENDERO", "TWILIO", "CHATWOOT", "WHATSAPP")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(clean)}
    return subprocess.run(
        [sys.executable, "-m", "infra.cli", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def up(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    where = ("--port", "0", "--data", str(folder / "d"))
    return tendero(folder, "local", "up", "--detach", "--json", *where, *options)


def use(folder: Path, stack: dict[str, Any]) -> None:
    """From now on the commands in this folder are about this stack."""
    (folder / ".env").write_text("".join(f"{k}='{v}'\n" for k, v in stack["environment"].items()))


def family(stack: dict[str, Any]) -> list[Identity]:
    """Every process of a stack, the database's among them."""
    supervisor = psutil.Process(stack["pid"])
    pids = [supervisor.pid, *(child.pid for child in supervisor.children(recursive=True))]
    server = postmaster(Path(stack["data"]) / "pg")
    assert server is not None
    return [Identity.of(pid) for pid in [*pids, server.pid]]


def test_a_killed_stack_that_was_used_leaves_nothing(short_folder: Path) -> None:
    (short_folder / ".env").write_text("DATABASE_URL=postgresql://u@db.example/shop\n")
    done = up(short_folder)
    assert done.returncode == 0, done.stdout + done.stderr
    stack = json.loads(done.stdout)
    members = family(stack)
    try:
        assert done.stderr.count("\n") == 1
        assert "The stack has its own database" in done.stderr
        assert "use yours (DATABASE_URL)" in done.stderr

        health = requests.get(f"{stack['urls']['webhook']}/health", timeout=30).json()
        assert (health["status"], health["checks"]["catalogue"]["products"]) == ("degraded", 0)
        use(short_folder, stack)
        synced = tendero(short_folder, "sync", "--json")
        assert json.loads(synced.stdout)["inserted"] >= 200, synced.stderr
        assert "Pantalón chino Ribera" in answer_of(stack, "ROP-CHI")
    finally:
        members[0].send(signal.SIGKILL)
    for member in members:
        assert member.wait(60), psutil.Process(member.pid)


def answer_of(stack: dict[str, Any], text: str) -> str:
    """What the stack's webhook answers Dialogflow."""
    question = {
        "session": "projects/p/agent/sessions/s",
        "queryResult": {"queryText": text, "languageCode": "es"},
    }
    answer = requests.post(stack["urls"]["webhook"], json=question, timeout=30)
    return str(answer.json()["fulfillmentText"])


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The folder of a stack that was started with `--sync`, its `.env` pointing at it."""
    with tempfile.TemporaryDirectory(prefix="tendero-") as name:
        folder = Path(name)
        done = up(folder, "--sync")
        assert done.returncode == 0, done.stdout + done.stderr
        stack = json.loads(done.stdout)
        use(folder, stack)
        yield folder, stack
        tendero(folder, "local", "down", "--data", str(folder / "d"))


def test_a_stack_that_is_to_sync_is_ready_when_it_has_synced(synced: tuple[Path, dict[str, Any]]) -> None:
    folder, stack = synced
    assert stack["status"] == "ready"
    functions = {"webhook", "reply", "sync", "embed"}
    stood_in_for = {"shop", "twilio", "chatwoot", "whatsapp", "askyourdatabase"}
    assert set(stack["urls"]) == functions | stood_in_for | {"tasks", "database"}
    found = tendero(folder, "search", "ROP-CHI", "--json")
    assert json.loads(found.stdout)["exact"], found.stderr


def test_a_stack_that_is_up_is_not_started_twice(synced: tuple[Path, dict[str, Any]]) -> None:
    folder, stack = synced
    again = up(folder)
    assert again.returncode == 1
    assert "already up" in again.stdout
    status = tendero(folder, "local", "status", "--json", "--data", str(folder / "d"))
    assert json.loads(status.stdout)["stacks"][0]["urls"] == stack["urls"]


def test_a_triggered_message_is_answered_once_however_often_it_is_replayed(
    synced: tuple[Path, dict[str, Any]],
) -> None:
    folder, stack = synced

    def sent() -> int:
        return len(requests.get(f"{stack['urls']['twilio']}/sent", timeout=30).json())

    told = tendero(folder, "trigger", "twilio", "duplicate", "--text", "ROP-CHI", "--wait", "30")
    assert told.stdout.count("  200  ") == 2, told.stdout + told.stderr
    assert "Pantalón chino Ribera" in told.stdout
    assert sent() == 1

    replayed = tendero(folder, "replay", "1")
    assert "It has been answered; nothing will be sent" in replayed.stdout, replayed.stderr
    anew = tendero(folder, "replay", "1", "--again")
    assert "to be answered anew" in anew.stdout, anew.stderr
    requests.post(f"{stack['urls']['reply']}", json={"sweep": True}, timeout=60)
    end = time.monotonic() + 60
    while sent() < 2 and time.monotonic() < end:
        time.sleep(0.1)
    assert sent() == 2


def test_a_triggered_message_with_a_wrong_signature_is_refused(synced: tuple[Path, dict[str, Any]]) -> None:
    folder, stack = synced
    for channel, status in (("twilio", 403), ("chatwoot", 401), ("whatsapp", 401)):
        url = f"{stack['urls']['webhook']}/{'whatsapp-cloud' if channel == 'whatsapp' else channel}"
        told = tendero(folder, "trigger", channel, "bad_signature", "--url", url)
        assert f"  {status}  " in told.stdout, told.stdout + told.stderr


def test_what_cannot_be_triggered_or_replayed_is_named(synced: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = synced
    for arguments, said in (
        (("trigger", "twilio", "nonsense"), "There is no case 'nonsense' of twilio; there are advertisement"),
        (("trigger", "icq", "text"), "There is no case 'text' of icq; channels are chatwoot, dialogflow"),
        (("replay", "SM0"), "no message 'SM0' is stored"),
    ):
        told = tendero(folder, *arguments)
        assert told.returncode != 0
        assert said in told.stderr


def test_a_stack_whose_first_sync_fails_stays_up_and_stopped_leaves_nothing(short_folder: Path) -> None:
    data = ("--data", str(short_folder / "d"))
    with loopback(says("{}", 401)) as shop:
        (short_folder / ".env").write_text(
            f"WOOCOMMERCE_URL={shop.url}\nWOOCOMMERCE_KEY=ck_x\nWOOCOMMERCE_SECRET=cs_x\n"
        )
        done = up(short_folder, "--sync")
    try:
        assert done.returncode == 1
        assert "The stack is up, but its first sync failed" in done.stdout
        assert "up; its first sync failed" in tendero(short_folder, "local", "status", *data).stdout
        status = tendero(short_folder, "local", "status", "--json", *data)
        members = family(json.loads(status.stdout)["stacks"][0])
    finally:
        down = tendero(short_folder, "local", "down", *data)
    assert down.returncode == 0, down.stderr
    assert [member for member in members if member.alive] == []
    assert tendero(short_folder, "local", "status").returncode == 1


def test_a_port_in_use_is_one_line(short_folder: Path) -> None:
    with ports.listen(0) as taken:
        number = str(taken.getsockname()[1])
        for detach in ([], ["--detach"]):
            done = tendero(short_folder, "local", "up", "--port", number, *detach)
            assert done.returncode == 1
            lines = [line for line in done.stderr.splitlines() if not line.startswith("Starting")]
            assert len(lines) == 1
            assert f"Port {number} cannot be used" in lines[0]


@pytest.mark.parametrize("command", [("local", "down"), ("local", "down", "--name", "none")])
def test_there_may_be_nothing_to_stop(short_folder: Path, command: tuple[str, ...]) -> None:
    done = tendero(short_folder, *command)
    assert (done.returncode, done.stderr) == (0, "")
