"""What is left of a stack when its supervisor is killed: nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local import ports
from infra.local.guard import Guard, postmaster
from infra.local.identity import Identity
from infra.local.ports import PortInUse
from infra.local.postgres import Postgres
from infra.local.process import Process, ProcessDied

_STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(600)
"""
_SUPERVISOR = """
import sys, time
from pathlib import Path
from infra.local.guard import Guard
from infra.local.postgres import Postgres
from infra.local.process import Process

folder = Path(sys.argv[1])
with (folder / "guard.log").open("wb") as log:
    guard = Guard(folder / "pg", log)
Postgres(folder / "pg").start()
child = Process("child", [sys.executable, "-c", sys.argv[2]], {}, folder / "child.log", folder)
child.start(guard.group)
child.wait_until(lambda: "up" in (folder / "child.log").read_text())
print(child.identity.pid, guard.group, flush=True)
time.sleep(600)
"""


def test_a_killed_supervisor_leaves_nothing(short_folder: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", _SUPERVISOR, str(short_folder), _STUBBORN], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    child, guard = (Identity.of(int(pid)) for pid in supervisor.stdout.readline().split())
    server = postmaster(short_folder / "pg")
    assert server is not None
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert guard.wait(30)
    assert not child.alive
    assert not server.is_running()


def test_a_user_that_was_killed_does_not_keep_the_server_up(short_folder: Path) -> None:
    with Postgres(short_folder / "pg"):
        pass
    (short_folder / "pg" / ".handle_pids.json").write_text(f"[{_ended_pid()}]")
    with Postgres(short_folder / "pg"):
        assert postmaster(short_folder / "pg") is not None
    assert postmaster(short_folder / "pg") is None


def test_a_part_that_dies_early_shows_the_end_of_its_log(tmp_path: Path) -> None:
    process = Process(
        "shop", [sys.executable, "-c", "print('no catalogue'); exit(3)"], {}, tmp_path / "log", tmp_path
    )
    with (tmp_path / "guard.log").open("wb") as log:
        guard = Guard(tmp_path / "pg", log)
    process.start(guard.group)
    with pytest.raises(ProcessDied, match=r"(?s)shop ended with status 3.*no catalogue"):
        process.wait_until(lambda: False)
    guard.release()


def test_a_port_in_use_is_told_by_its_number() -> None:
    with ports.listen(0) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"Port {number} cannot be used"):
            ports.listen(number)
        assert ports.free(number) != number


def test_an_identity_does_not_mean_who_took_over_its_number() -> None:
    own = Identity.own()
    other = Identity(own.pid, own.created - 100)
    assert own.alive
    assert not other.alive
    other.send(signal.SIGKILL)


def _ended_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid
