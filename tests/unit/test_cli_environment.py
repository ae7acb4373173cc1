"""Which variables a command of the operator sees."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.cli.environment import connected, environment, user_variables
from infra.local.identity import Identity
from infra.local.state import State
from tendero.platform.errors import SettingsError


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "DB_HOST", "DATABASE_HOST", "CLOUD_SQL_INSTANCE", "WOOCOMMERCE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def stack_up(folder: Path, **variables: str) -> None:
    data = folder / ".tendero" / "dev"
    data.mkdir(parents=True)
    State(name="dev", folder=data, supervisor=Identity.own(), status="ready", environment=variables).write()


def test_the_process_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("WOOCOMMERCE_URL=https://file.example\nSHOP_NAME=Lola # the owner\n")
    monkeypatch.setenv("WOOCOMMERCE_URL", "https://process.example")
    settings = environment().settings()
    assert settings.woocommerce_url == "https://process.example"
    assert settings.shop_name == "Lola"


def test_a_password_is_taken_as_it_stands() -> None:
    Path(".env").write_text("DB_PASSWORD='a${HOME}$b#c'\n")
    assert environment().settings().db_password == "a${HOME}$b#c"


def test_a_line_that_is_no_variable_is_told_by_its_number() -> None:
    Path(".env").write_text("SHOP_NAME=Lola\n= what\n")
    with pytest.raises(SettingsError, match=r"\.env, line 2: write NAME=value"):
        user_variables(None)


def test_a_file_that_was_named_has_to_exist() -> None:
    with pytest.raises(SettingsError, match=r"no file other\.env"):
        user_variables(Path("other.env"))


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    Path(".env").write_bytes(b"SHOP_NAME=\xff\n")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        user_variables(None)


def test_without_a_database_the_stack_of_this_folder_is_used(
    empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack_up(empty_folder, DATABASE_URL="postgresql://local", WOOCOMMERCE_URL="http://demo")
    Path(".env").write_text("WOOCOMMERCE_URL=\nSHOP_NAME=Lola\n")
    settings = connected(None).settings()
    assert settings.database_url == "postgresql://local"
    assert settings.woocommerce_url == "http://demo"
    assert settings.shop_name == "Lola"
    assert "local stack" in capsys.readouterr().err


def test_a_database_of_ones_own_keeps_the_stack_out(empty_folder: Path) -> None:
    stack_up(empty_folder, DATABASE_URL="postgresql://local", WOOCOMMERCE_URL="http://demo")
    Path(".env").write_text("DATABASE_URL=postgresql://own\n")
    found = connected(None)
    assert found.stack is None
    assert found.settings().database_url == "postgresql://own"
    assert found.settings().woocommerce_url == ""


def test_a_stack_that_is_gone_is_not_used(empty_folder: Path) -> None:
    stack_up(empty_folder, DATABASE_URL="postgresql://local")
    state = State.read(empty_folder / ".tendero" / "dev")
    assert state is not None
    state.with_(supervisor=Identity(os.getpid(), state.supervisor.created - 1000)).write()
    with pytest.raises(SettingsError, match=r"DATABASE_URL into \.env.*tendero local up"):
        connected(None)


def test_a_state_of_another_version_is_no_stack(empty_folder: Path) -> None:
    stack_up(empty_folder)
    (empty_folder / ".tendero" / "dev" / "state.json").write_text('{"version": 9}')
    assert State.running() == []


def test_only_the_owner_may_read_a_state(empty_folder: Path) -> None:
    stack_up(empty_folder)
    file = empty_folder / ".tendero" / "dev" / "state.json"
    assert file.stat().st_mode & 0o077 == 0
