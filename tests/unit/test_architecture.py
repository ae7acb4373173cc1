"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.build import SOURCES
from tendero.channels import registry

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "shared" / "tendero"
# A package may import those at its own height or below.
HEIGHT = {"platform": 0, "catalog": 1, "people": 1, "assistant": 2, "channels": 3}
HEAVY = {"openai", "grpc", "numpy", "wordllama", "google.cloud.tasks_v2", "google.cloud.secretmanager"}
# What each function loads at its first request, before it knows what is asked of it.
LOADED = {"webhook": "tendero.channels.webhook", "reply": "tendero.channels.worker"}


def modules() -> list[Path]:
    return sorted(LIBRARY.rglob("*.py"))


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(LIBRARY)))
def test_imports_point_down(file: Path) -> None:
    own = file.relative_to(LIBRARY).parts[0]
    for name in imported(file):
        assert not name.startswith(("infra", "tests")), f"{file} imports {name}"
        parts = name.split(".")
        if parts[0] == "tendero" and len(parts) > 1 and own in HEIGHT:
            assert HEIGHT[parts[1]] <= HEIGHT[own], f"{file} imports {name}, which stands above it"


def test_catalog_and_people_do_not_know_each_other() -> None:
    for file in modules():
        package = file.relative_to(LIBRARY).parts[0]
        other = {"catalog": "tendero.people", "people": "tendero.catalog"}.get(package, "never")
        assert not any(name.startswith(other) for name in imported(file)), file


@pytest.mark.parametrize("function", SOURCES)
def test_a_function_loads_nothing_heavy_before_it_has_to(function: str) -> None:
    main = str(ROOT / "functions" / SOURCES[function] / "main.py")
    code = f"import sys, runpy, {LOADED.get(function, 'tendero')}; found = runpy.run_path({main!r})"
    code += f"; assert callable(found[{function!r}]); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "shared"
    )
    assert HEAVY.isdisjoint(run.stdout.split())


@pytest.mark.parametrize("name", registry.NAMES)
def test_a_channel_loads_only_what_an_acknowledgement_takes(name: str) -> None:
    code = (
        "import sys; from tendero.channels import registry, door, webhook\n"
        "from tendero.platform.secrets import Secrets; from tendero.platform.settings import Settings\n"
        f"registry.channel({name!r}, Settings(), Secrets(Settings())); print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "shared"
    )
    answering = {
        "tendero.assistant.templates",
        "tendero.assistant.turn",
        "tendero.catalog.search",
        "requests",
    }
    assert (HEAVY | answering).isdisjoint(run.stdout.split())


@pytest.mark.parametrize("function", sorted(set(SOURCES.values())))
def test_a_function_only_wires(function: str) -> None:
    assert len((ROOT / "functions" / function / "main.py").read_text().splitlines()) < 60


def test_requests_is_imported_whole_before_its_parts() -> None:
    """Else two threads at a cold start can meet in its circular imports, and one gets half a module."""
    for file in modules():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                names = [
                    each.names[0].name if isinstance(each, ast.Import) else str(each.module)
                    for each in ast.walk(node)
                    if isinstance(each, ast.Import | ast.ImportFrom)
                ]
                parts = [place for place, name in enumerate(names) if re.match(r"requests[._]", name)]
                assert not parts or "requests" in names[: parts[0]], f"{file}:{node.lineno} {node.name}"


def test_the_shops_cost_is_never_read_back() -> None:
    readers = [
        file for file in LIBRARY.rglob("*.sql") if file.name in ("products.sql", "lexical.sql", "vector.sql")
    ]
    assert readers
    for file in readers:
        statements = re.sub(r"--.*", "", file.read_text(encoding="utf-8"))
        assert "standard_price" not in statements, file


def test_files_and_functions_stay_readable() -> None:
    for file in [*LIBRARY.rglob("*.py"), *(ROOT / "infra").rglob("*.py")]:
        text = file.read_text(encoding="utf-8")
        assert text.count("\n") <= 400, f"{file} has grown over 400 lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, (
                    f"{file}:{node.lineno} {node.name} is too long"
                )
