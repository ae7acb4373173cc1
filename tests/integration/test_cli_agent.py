"""`tendero agent`: how the assistant behaves, set place by place."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.cli.main import run

Tendero = Callable[..., tuple[int, str, str]]
INBOX = ("--channel", "chatwoot", "--inbox", "3")


@pytest.fixture
def tendero(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Tendero:
    """Runs a command over the test's database; its exit status, stdout and stderr."""
    for name in list(os.environ):
        if name.startswith(("DB_", "DATABASE_", "CLOUD", "TENDERO", "SHOP", "ASKYOURDATABASE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TENDERO_ENV_FILE", "")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ENVIRONMENT", "local_machine")
    monkeypatch.setenv("SHOP_NAME", "Verde")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(["agent", *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return call


def test_values_are_set_shown_listed_and_taken_away(tendero: Tendero) -> None:
    assert "Nothing is set" in tendero("list")[1]
    assert tendero("set", "engine=templates", "languages=es")[0] == 0
    status, out, _ = tendero(
        "set", *INBOX, "engine=model", "greeting=¡Buenas! ¿Qué tal = bien?", "handoff=no"
    )
    assert (status, out) == (
        0,
        "chatwoot, inbox 3: engine, greeting, handoff set. It holds within a minute.\n",
    )
    shown = json.loads(tendero("show", *INBOX, "--json")[1])["config"]
    assert shown["engine"] == {"value": "model", "from": "chatwoot, inbox 3"}
    assert shown["greeting"]["value"] == "¡Buenas! ¿Qué tal = bien?"
    assert shown["languages"] == {"value": ["es"], "from": "shop"}
    assert shown["shop_name"] == {"value": "Verde", "from": "settings"}
    assert "engine        templates  (shop)" in tendero("show", "--channel", "chatwoot")[1]
    listed = json.loads(tendero("list", "--json")[1])
    assert [(each["channel"], each["inbox"]) for each in listed] == [("", ""), ("chatwoot", "3")]
    assert "handoff=no" in tendero("list")[1]
    assert tendero("unset", *INBOX, "engine")[1] == "chatwoot, inbox 3: unset.\n"
    assert json.loads(tendero("show", *INBOX, "--json")[1])["config"]["engine"]["value"] == "templates"
    tendero("unset", *INBOX)
    assert len(json.loads(tendero("list", "--json")[1])) == 1
    assert tendero("unset", *INBOX)[1] == "chatwoot, inbox 3: nothing was set.\n"


WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("set", "engine=gpt"), 1, "engine='gpt': must be one of auto, model, templates, askyourdatabase."),
    (("set", "engin=model", "handoff=?"), 1, "engin is no field"),
    (("set", "engine"), 2, "write NAME=VALUE"),
    (("set",), 2, "Missing argument"),
    (("set", "--channel", "fax", "engine=model"), 2, "--channel fax: it is one of dialogflow, twilio"),
    (("show", "--inbox", "3"), 2, "--inbox needs --channel"),
    (("unset", "engin"), 2, "engin: there are enabled, engine"),
]


def test_what_is_wrong_is_told_in_one_line(tendero: Tendero) -> None:
    for arguments, status, said in WRONG:
        got, out, err = tendero(*arguments)
        assert (got, out, err.count("\n")) == (status, "", 1)
        assert said in err
    assert "Nothing is set" in tendero("list")[1]


def test_an_error_is_json_where_json_is_asked_for(tendero: Tendero) -> None:
    status, out, _ = tendero("set", "engine=gpt", "--json")
    assert (status, list(json.loads(out))) == (1, ["error"])


def test_askyourdatabase_without_a_key_is_pointed_out(tendero: Tendero) -> None:
    status, _, err = tendero("set", "engine=askyourdatabase")
    assert (status, err) == (0, "ASKYOURDATABASE_API_KEY is not set here: without it the model answers.\n")
