"""The upload folders as the check before a deployment sees them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from infra.build import build
from infra.deploy import folders
from infra.deploy.folders import FolderError, Interpreter, interpreter

OWN = Interpreter(sys.executable, "3.x", True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build("embed", tmp_path / "build")


def test_a_built_folder_imports_by_itself(folder: Path) -> None:
    folders.imports(folder, "embed", sys.executable)
    assert 50_000 < folders.uploaded_bytes(folder) < 5_000_000
    assert not list(folder.rglob("__pycache__"))


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("main.py", "import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
        ("main.py", "def other(request): ...", "main.py has no function embed"),
        ("tendero/never_imported.py", "def broken(:", "SyntaxError"),
    ],
)
def test_what_the_cloud_would_refuse_is_told(folder: Path, file: str, text: str, said: str) -> None:
    (folder / file).write_text(text)
    with pytest.raises(FolderError, match=said):
        folders.imports(folder, "embed", sys.executable)


def test_a_library_from_elsewhere_does_not_count(folder: Path) -> None:
    (folder / "tendero").rename(folder / "renamed")
    (folder / "main.py").write_text("def embed(request): ...")
    with pytest.raises(FolderError, match=r"not from the upload folder|No module named"):
        folders.imports(folder, "embed", sys.executable)


def test_requirements_are_installed_once_for_each_lock(folder: Path, tmp_path: Path) -> None:
    (folder / "requirements.txt").write_text("# nothing\n")
    python = folders.environment(folder, OWN, tmp_path / "kept")
    with pytest.raises(FolderError, match="No module named"):
        folders.imports(folder, "embed", python)
    (Path(python).parent / "mark").touch()
    assert folders.environment(folder, OWN, tmp_path / "kept") == python
    assert (Path(python).parent / "mark").is_file()
    (folder / "requirements.txt").write_text("# another nothing\n")
    assert folders.environment(folder, OWN, tmp_path / "kept") != python


def test_requirements_that_cannot_be_installed_are_told_each_time(folder: Path, tmp_path: Path) -> None:
    (folder / "requirements.txt").write_text("not a requirement\n")
    for _ in range(2):
        with pytest.raises(FolderError, match="requirement"):
            folders.environment(folder, OWN, tmp_path / "kept")


def test_the_python_of_the_runtime_is_taken_where_there_is_one() -> None:
    own = f"python{sys.version_info.major}{sys.version_info.minor}"
    assert interpreter(own) == Interpreter(sys.executable, f"3.{sys.version_info.minor}", True)
    assert interpreter("python399") == Interpreter(sys.executable, f"3.{sys.version_info.minor}", False)
