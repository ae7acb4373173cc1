"""What the environment may say, and how it is told when it is wrong."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings


def test_an_explicit_argument_beats_the_environment_beats_the_default() -> None:
    assert Settings.load({}).log_level == "INFO"
    assert Settings.load({"LOG_LEVEL": "DEBUG"}).log_level == "DEBUG"
    assert Settings.load({"LOG_LEVEL": "DEBUG"}, log_level="ERROR").log_level == "ERROR"


def test_the_process_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_ID", "zapatos")
    assert Settings.load().shop_id == "zapatos"


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("DATABASE_HOST", "db_host"),
        ("DATABASE_NAME", "db_name"),
        ("DATABASE_USER", "db_user"),
        ("DATABASE_PASSWORD", "db_password"),
        ("GOOGLE_CLOUD_PROJECT", "gcp_project_id"),
    ],
)
def test_names_of_older_systems_are_read(variable: str, name: str) -> None:
    assert getattr(Settings.load({variable: "x"}), name) == "x"


def test_the_own_name_beats_an_older_one_unless_it_is_empty() -> None:
    assert Settings.load({"DB_HOST": "new", "DATABASE_HOST": "old"}).db_host == "new"
    assert Settings.load({"DB_HOST": " ", "DATABASE_HOST": "old"}).db_host == "old"


def test_values_become_their_types_and_lose_outer_spaces() -> None:
    settings = Settings.load(
        {
            "DB_PORT": " 6543 ",
            "DIALOGFLOW_DEADLINE_SECONDS": "3.5",
            "SHOP_LANGUAGES": "pt, en,",
            "SHOP_ID": " a ",
        }
    )
    assert (settings.db_port, settings.dialogflow_deadline_seconds) == (6543, 3.5)
    assert (settings.shop_languages, settings.shop_id) == (("pt", "en"), "a")


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.load({"COMMIT_BATCH_SIZE": ""}).commit_batch_size == 500


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(
            {"DB_PORT": "many", "COMMIT_BATCH_SIZE": "0", "DB_POOL_SIZE": "-1", "EMBEDDER": "magic"}
        )
    message = str(caught.value)
    assert "DB_PORT=many: not a number" in message
    assert "COMMIT_BATCH_SIZE=0: must be at least 1" in message
    assert "DB_POOL_SIZE=-1: must be at least 1" in message
    assert "EMBEDDER=magic: must be one of auto, openai, local" in message


@pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="DIALOGFLOW_DEADLINE_SECONDS"):
        Settings.load({"DIALOGFLOW_DEADLINE_SECONDS": text})


def test_a_list_names_the_choices_when_one_of_its_parts_is_unknown() -> None:
    with pytest.raises(SettingsError, match="SHOP_LANGUAGES=es,de: must be one of es, en, pt"):
        Settings.load({"SHOP_LANGUAGES": "es,de"})


def test_secrets_are_not_shown() -> None:
    assert "hunter2" not in repr(Settings(db_password="hunter2", openai_api_key="hunter2"))


def test_require_lists_all_that_is_missing_with_its_meaning() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(woocommerce_url="https://shop.example").require(
            "woocommerce_url", "woocommerce_key", "woocommerce_secret"
        )
    assert "WOOCOMMERCE_KEY (REST API consumer key" in str(caught.value)
    assert "WOOCOMMERCE_SECRET (" in str(caught.value)
    assert "WOOCOMMERCE_URL" not in str(caught.value)


def test_require_is_silent_when_all_is_there() -> None:
    Settings(woocommerce_url="https://shop.example").require("woocommerce_url", "shop_languages")


def test_every_variable_says_what_it_means_and_defaults_are_within_its_limits() -> None:
    shown = {
        each.name.upper(): str(each.default) for each in fields(Settings) if each.type in ("int", "float")
    }
    assert Settings.load(shown) == Settings()
    for each in fields(Settings):
        assert each.metadata["meaning"].endswith("."), each.name
        assert each.metadata["group"], each.name
