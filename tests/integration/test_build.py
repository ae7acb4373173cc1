"""The upload folders: what is in them, and that one serves where nothing else is installed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import requests

from infra.build import FUNCTIONS, LIBRARY, ROOT, build
from infra.local import ports
from infra.local.guard import Guard
from infra.local.process import Process

# Reached through a shared module, never called: `embed` neither asks the shop nor queues anything.
NEVER_CALLED = {"embed": {"requests_oauthlib", "oauthlib"}}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_same_sources_give_the_same_folder(function: str, tmp_path: Path) -> None:
    first, second = contents(build(function, tmp_path / "1")), contents(build(function, tmp_path / "2"))
    assert first == second
    assert {"main.py", "requirements.txt", "tendero/__init__.py", "tendero/catalog/products.sql"} <= set(
        first
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_folder_holds_the_library_and_nothing_of_the_laptop(function: str, tmp_path: Path) -> None:
    names = set(contents(build(function, tmp_path)))
    assert not [name for name in names if re.search(r"__pycache__|\.pyc$|(^|/)tests?/|infra|\.env", name)]
    assert {name.split("/")[0] for name in names} == {"main.py", "requirements.txt", "tendero"}


def test_a_build_takes_away_what_is_no_longer_a_source(tmp_path: Path) -> None:
    folder = build("embed", tmp_path)
    (folder / "tendero" / "old").mkdir()
    (folder / "tendero" / "old" / "module.py").write_text("")
    (folder / "main.py").write_text("changed")
    build("embed", tmp_path)
    assert not (folder / "tendero" / "old").exists()
    assert (folder / "main.py").read_bytes() == (ROOT / "functions" / "embed" / "main.py").read_bytes()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_lists_every_package_that_it_can_come_to_import(function: str) -> None:
    text = (ROOT / "functions" / function / "requirements.txt").read_text()
    listed = {canonical(name) for name in re.findall(r"^([A-Za-z0-9_.-]+)==", text, re.M)}
    for module in third_party(ROOT / "functions" / function / "main.py"):
        if any(module.startswith(name) for name in NEVER_CALLED.get(function, ())):
            continue
        packages = {canonical(each) for each in distributions(module)}
        assert packages & listed, f"{function} imports {module}, which its requirements.txt does not hold"
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_an_upload_folder_serves_in_an_empty_virtual_environment(tmp_path: Path) -> None:
    folder = build("webhook", tmp_path / "upload")
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    done = install(python, folder / "requirements.txt")
    assert done.returncode == 0, done.stderr

    with ports.listen(0) as listening, (tmp_path / "guard.log").open("wb") as log:
        guard = Guard(tmp_path / "no-postgres", log)
        command = [str(python), "-m", "functions_framework", "--target=webhook", "--source=main.py"]
        # Nobody listens on port 1: the function has to answer without its database.
        environment = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "ENVIRONMENT": "local_machine"}
        process = Process("webhook", command, environment, tmp_path / "log", folder, listening)
        try:
            process.start(guard.group)
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            answer = requests.post(url, json=dialogflow_request("hola"), timeout=60)
        finally:
            process.stop()
            guard.release()
    assert answer.status_code == 200, (tmp_path / "log").read_text()
    assert answer.json()["fulfillmentText"]


def install(python: Path, lock: Path) -> subprocess.CompletedProcess[str]:
    """Installs what the lock holds and nothing else, each file by its hash."""
    uv = ["uv", "pip", "install", f"--python={python}"]
    pip = ["pip", f"--python={python}", "install", "--no-compile"]
    # An index that only pip is set up for takes pip, which needs ten times as long.
    for installer in (uv, pip):
        command = [sys.executable, "-m", *installer, "--quiet", "--require-hashes", "-r", str(lock)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
    return done


def dialogflow_request(text: str) -> dict[str, object]:
    return {
        "responseId": "r1",
        "queryResult": {"queryText": text, "languageCode": "es", "intent": {}, "parameters": {}},
        "session": "projects/p/agent/sessions/s1",
    }


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions(module: str) -> list[str]:
    """Packages that hold this module; for a namespace such as google.cloud, those that own the part of it."""
    special = {
        "google.cloud.tasks_v2": ["google-cloud-tasks"],
        "google.cloud.secretmanager": ["google-cloud-secret-manager"],
        "google.cloud.secretmanager_v1": ["google-cloud-secret-manager"],
        "google.cloud.sql": ["cloud-sql-python-connector"],
        "google.api_core": ["google-api-core"],
        "google.auth": ["google-auth"],
        "google.oauth2": ["google-auth"],
        "google.protobuf": ["protobuf"],
    }
    for prefix, names in special.items():
        if module == prefix or module.startswith(prefix + "."):
            return names
    return installed().get(module.split(".")[0], [])


@cache
def installed() -> Mapping[str, list[str]]:
    return packages_distributions()


def third_party(main: Path) -> set[str]:
    """Every module of others that this file can come to import, late imports included."""
    outside: set[str] = set()
    seen: set[Path] = set()
    waiting = [main]
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        for name in imported(file):
            if name.split(".")[0] == "tendero":
                waiting += own_files(name)
            elif name.split(".")[0] not in sys.stdlib_module_names:
                outside.add(name)
    return outside


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def own_files(name: str) -> list[Path]:
    files, folder = [], LIBRARY
    for part in name.split(".")[1:]:
        files += [path for path in (folder / f"{part}.py", folder / part / "__init__.py") if path.is_file()]
        folder /= part
    return files
