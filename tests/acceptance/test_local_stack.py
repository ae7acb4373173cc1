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


def up(folder: Path, *options: str) -> dict[str, Any]:
    done = tendero(
        folder, "local", "up", "--detach", "--json", "--port", "0", "--data", str(folder / "d"), *options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def family(stack: dict[str, Any]) -> list[Identity]:
    """Every process of a stack, the database's among them."""
    supervisor = psutil.Process(stack["pid"])
    pids = [supervisor.pid, *(child.pid for child in supervisor.children(recursive=True))]
    server = postmaster(Path(stack["data"]) / "pg")
    assert server is not None
    return [Identity.of(pid) for pid in [*pids, server.pid]]


def test_a_stack_comes_up_answers_and_leaves_nothing(short_folder: Path) -> None:
    stack = up(short_folder)
    members = family(stack)
    functions = {"webhook", "reply", "sync", "embed"}
    stood_in_for = {"shop", "twilio", "chatwoot", "whatsapp", "askyourdatabase"}
    assert set(stack["urls"]) == functions | stood_in_for | {"tasks", "database"}

    assert requests.get(f"{stack['urls']['webhook']}/health", timeout=30).json()["status"] == "degraded"
    (short_folder / ".env").write_text("".join(f"{k}='{v}'\n" for k, v in stack["environment"].items()))
    synced = tendero(short_folder, "sync", "--json")
    assert json.loads(synced.stdout)["inserted"] >= 200, synced.stderr
    question = {
        "session": "projects/p/agent/sessions/s",
        "queryResult": {"queryText": "ROP-CHI", "languageCode": "es"},
    }
    answer = requests.post(stack["urls"]["webhook"], json=question, timeout=30)
    assert "Pantalón chino Ribera" in answer.json()["fulfillmentText"]

    again = tendero(short_folder, "local", "up", "--detach", "--data", str(short_folder / "d"))
    assert again.returncode == 1
    assert "already up" in again.stderr
    status = tendero(short_folder, "local", "status", "--json", "--data", str(short_folder / "d"))
    assert json.loads(status.stdout)["stacks"][0]["urls"] == stack["urls"]

    down = tendero(short_folder, "local", "down", "--data", str(short_folder / "d"))
    assert down.returncode == 0, down.stderr
    assert [member for member in members if member.alive] == []
    assert tendero(short_folder, "local", "status").returncode == 1


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The folder of a stack that was started with `--sync`, its `.env` pointing at it."""
    with tempfile.TemporaryDirectory(prefix="tendero-") as name:
        folder = Path(name)
        stack = up(folder, "--sync")
        (folder / ".env").write_text("".join(f"{k}='{v}'\n" for k, v in stack["environment"].items()))
        yield folder, stack
        tendero(folder, "local", "down", "--data", str(folder / "d"))


def test_a_stack_that_is_to_sync_is_ready_when_it_has_synced(synced: tuple[Path, dict[str, Any]]) -> None:
    folder, stack = synced
    assert stack["status"] == "ready"
    found = tendero(folder, "search", "ROP-CHI", "--json")
    assert json.loads(found.stdout)["exact"], found.stderr


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


def test_a_stack_whose_first_sync_fails_stays_up_and_says_so(short_folder: Path) -> None:
    (short_folder / ".env").write_text(
        f"WOOCOMMERCE_URL=http://127.0.0.1:{ports.free()}\nWOOCOMMERCE_KEY=ck_x\nWOOCOMMERCE_SECRET=cs_x\n"
    )
    data = ("--data", str(short_folder / "d"))
    done = tendero(short_folder, "local", "up", "--detach", "--sync", "--port", "0", *data)
    assert done.returncode == 1
    assert "The stack is up, but its first sync failed" in done.stderr
    assert "up; its first sync failed" in tendero(short_folder, "local", "status", *data).stdout
    tendero(short_folder, "local", "down", *data)


def test_a_stack_beside_the_users_own_database_says_so(short_folder: Path) -> None:
    (short_folder / ".env").write_text("DATABASE_URL=postgresql://u@db.example/shop\n")
    data = ("--data", str(short_folder / "d"))
    done = tendero(short_folder, "local", "up", "--detach", "--port", "0", *data)
    tendero(short_folder, "local", "down", *data)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 1
    assert "The stack has its own database" in done.stderr
    assert "use yours (DATABASE_URL)" in done.stderr


def test_a_killed_supervisor_takes_everything_with_it(short_folder: Path) -> None:
    stack = up(short_folder)
    members = family(stack)
    members[0].send(signal.SIGKILL)
    for member in members:
        assert member.wait(60), psutil.Process(member.pid)


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
