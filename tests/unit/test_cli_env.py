"""`tendero env`: what is generated from the settings' declaration."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from dotenv import dotenv_values

from infra.cli import env
from tendero.platform.settings import Settings


def test_the_example_names_every_setting_and_sets_none(tmp_path: Path) -> None:
    text = env.example()
    for declared in fields(Settings):
        assert f"\n# {declared.name.upper()}=" in text
    (tmp_path / "example").write_text(text)
    assert dotenv_values(tmp_path / "example") == {}


def test_uncommented_the_example_holds_the_defaults(tmp_path: Path) -> None:
    lines = [
        line.removeprefix("# ")
        for line in env.example().splitlines()
        if line.removeprefix("# ").partition("=")[0].isupper()
    ]
    (tmp_path / "all").write_text("\n".join(lines))
    values = {name: value or "" for name, value in dotenv_values(tmp_path / "all").items()}
    assert Settings.load(values) == Settings.load({})


def test_the_table_stands_between_its_markers() -> None:
    text = env.with_table(f"# Tendero\n{env.BEGIN}\nOUTDATED\n{env.END}\nmore\n")
    assert text.startswith(f"# Tendero\n{env.BEGIN}\n| variable |")
    assert text.endswith(f"|\n{env.END}\nmore\n")
    assert "OUTDATED" not in text
    assert "| `WOOCOMMERCE_URL` |" in text
    assert env.with_table(text) == text


def test_a_missing_end_marker_is_told() -> None:
    with pytest.raises(env.OutOfDate, match="settings:end"):
        env.with_table(f"{env.BEGIN}\n")


def test_the_check_fails_when_a_file_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "EXAMPLE", tmp_path / ".env.example")
    monkeypatch.setattr(env, "README", tmp_path / "README.md")
    with pytest.raises(env.OutOfDate, match=r"\.env\.example"):
        env.env(check=True)
    env.env(check=False)
    env.env(check=True)
    (tmp_path / "README.md").write_text(f"{env.BEGIN}\n{env.END}\n")
    with pytest.raises(env.OutOfDate, match=r"README\.md"):
        env.env(check=True)
