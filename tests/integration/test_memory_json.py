"""Memories in files: writers at the same time, processes that are killed, files that are damaged."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tendero.people.memory import InvalidMemory, MemoryFolderError
from tendero.people.memory_file import MemoryFile, file_name
from tendero.people.memory_json import JsonMemories
from tests.memories import some

_KILLED_BEFORE_THE_RENAME = """
import os, sys
from pathlib import Path
from tendero.people.memory_json import JsonMemories
from tests.memories import some
os.replace = lambda *paths: os.kill(os.getpid(), 9)
JsonMemories(Path(sys.argv[1])).save(some(minutes=1, name="half"))
"""
_MANY_CHANGES = """
import sys
from pathlib import Path
from tendero.people.memory_json import JsonMemories
from tests.memories import some
store = JsonMemories(Path(sys.argv[1]))
for minute in range(int(sys.argv[2]), 200, 2):
    store.save(some(minutes=minute, name=str(minute), role="x" * 20_000))
"""


def begin(code: str, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], cwd=Path(__file__).parents[2])


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.is_file())


def test_a_memory_is_kept_found_and_forgotten(tmp_path: Path) -> None:
    store = JsonMemories(tmp_path / "made" / "here")
    memory = some("../../x", interests=("IA",), message_history=({"content": "¡hola!"},))
    assert store.load(memory.user_id) is None
    assert list(store.all()) == []
    assert store.save(memory)
    assert (store.load(memory.user_id), list(store.all())) == (memory, [memory])
    assert (store.delete(memory.user_id), store.delete(memory.user_id)) == (True, False)
    assert (store.load(memory.user_id), files(tmp_path / "made" / "here")) == (None, [])


def test_the_newer_memory_stays(tmp_path: Path) -> None:
    store = JsonMemories(tmp_path)
    assert store.save(some(minutes=2, name="new"))
    assert not store.save(some(minutes=1, name="old"))
    assert not store.save(some(minutes=2, name="same"))
    found = store.load(some().user_id)
    assert found is not None
    assert found.name == "new"


def test_others_on_the_machine_cannot_read_it(tmp_path: Path) -> None:
    store = JsonMemories(tmp_path / "folder")
    store.save(some())
    for path in (tmp_path / "folder", tmp_path / "folder" / file_name(some().user_id)):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_process_killed_before_the_rename_leaves_the_old_memory(tmp_path: Path) -> None:
    store = JsonMemories(tmp_path)
    store.save(some(name="whole"))
    assert begin(_KILLED_BEFORE_THE_RENAME, tmp_path).wait() == -signal.SIGKILL
    assert [each.name for each in store.all()] == ["whole"]
    assert len(files(tmp_path)) == 2
    assert store.save(some(minutes=2, name="next"))
    assert files(tmp_path) == [file_name(some().user_id)]
    begin(_KILLED_BEFORE_THE_RENAME, tmp_path).wait()
    store.delete(some().user_id)
    assert files(tmp_path) == []


def test_two_processes_write_one_user_one_after_the_other(tmp_path: Path) -> None:
    writers = [begin(_MANY_CHANGES, tmp_path, first) for first in (0, 1)]
    file = MemoryFile(tmp_path / file_name(some().user_id))
    while any(each.poll() is None for each in writers):
        # A torn file would raise.
        file.read()
    assert [each.returncode for each in writers] == [0, 0]
    found = file.read()
    assert found is not None
    assert found.name == "199"
    assert files(tmp_path) == [file.name]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"name": "An',
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"name": "Ana"}',
        json.dumps({"user_id": "another", "name": "Bea"}).encode(),
    ],
)
def test_a_damaged_file_is_set_aside_and_told(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    store = JsonMemories(tmp_path)
    path = tmp_path / file_name(some().user_id)
    path.write_bytes(content)
    assert list(store.all()) == []
    assert path.exists()
    assert store.load(some().user_id) is None
    assert "A damaged memory was set aside" in capsys.readouterr().err
    aside = list((tmp_path / ".damaged").iterdir())
    assert [each.read_bytes() for each in aside] == [content]
    assert store.save(some())
    store.delete(some().user_id)
    assert list((tmp_path / ".damaged").iterdir()) == []


def test_a_damaged_file_does_not_keep_a_new_memory_out(tmp_path: Path) -> None:
    store = JsonMemories(tmp_path)
    path = tmp_path / file_name(some().user_id)
    path.write_text("no JSON")
    with pytest.raises(InvalidMemory):
        MemoryFile(path).read()
    assert store.save(some(name="Ana"))
    assert store.load(some().user_id) == some(name="Ana")


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = JsonMemories(tmp_path / "file")
    for action in (lambda: store.save(some()), lambda: store.load("x"), lambda: store.delete("x")):
        with pytest.raises(MemoryFolderError, match="name a folder"):
            action()
    assert os.path.getsize(tmp_path / "file") == 0
