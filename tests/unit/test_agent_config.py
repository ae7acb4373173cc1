"""How agent configurations are checked and merged."""

from __future__ import annotations

import pytest

from tendero.people.agent_config import AgentConfig, checked, usable
from tendero.people.agent_configs import Scope
from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings

SETTINGS = Settings.load({"SHOP_NAME": "Verde", "SHOP_LANGUAGES": "pt,es"})


def test_where_nothing_is_set_the_settings_hold() -> None:
    assert AgentConfig.merged(SETTINGS) == AgentConfig(shop_name="Verde", languages=("pt", "es"))


def test_the_narrower_place_wins_field_by_field() -> None:
    merged = AgentConfig.merged(
        SETTINGS, {"engine": "templates", "greeting": "Hola"}, {"engine": "model"}, {"languages": ["en"]}
    )
    assert (merged.engine, merged.greeting, merged.languages) == ("model", "Hola", ("en",))
    assert merged.shop_name == "Verde"


def test_a_place_lies_in_its_channel_and_in_the_shop() -> None:
    assert Scope("chatwoot", "3").around() == (Scope(), Scope("chatwoot"), Scope("chatwoot", "3"))
    assert Scope("chatwoot").around() == (Scope(), Scope("chatwoot"))
    assert Scope().around() == (Scope(),)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"enabled": "no", "handoff": "YES"}, {"enabled": False, "handoff": True}),
        ({"enabled": False}, {"enabled": False}),
        ({"languages": "en, es, en"}, {"languages": ["en", "es"]}),
        ({"languages": ["pt"]}, {"languages": ["pt"]}),
        ({"instructions": "  Envíos en 24 h.\nTutea. "}, {"instructions": "Envíos en 24 h.\nTutea."}),
        ({"greeting": ""}, {"greeting": ""}),
    ],
)
def test_values_come_in_json_or_as_texts(given: dict[str, object], read: dict[str, object]) -> None:
    assert checked(given) == read
    assert checked(read) == read


def test_every_problem_is_named_at_once_with_what_is_accepted() -> None:
    wrong = {
        "engin": "model",
        "engine": "gpt",
        "enabled": "maybe",
        "languages": ["fr"],
        "handoff": 1,
        "greeting": "x" * 1001,
        "instructions": ["a"],
        "shop_name": None,
    }
    with pytest.raises(SettingsError) as caught:
        checked(wrong)
    told = str(caught.value).split("; ")
    assert told == [
        "engin is no field: there are enabled, engine, instructions, languages, shop_name, handoff, greeting",
        "engine='gpt': must be one of auto, model, templates, askyourdatabase",
        "enabled='maybe': must be one of true, 1, yes, on, false, 0, no, off",
        "languages=['fr']: must be one of es, en, pt",
        "handoff=1: must be true or false",
        f"greeting='{'x' * 1001}': has 1001 characters, at most 1000 are taken",
        "instructions=['a']: must be a text",
        "shop_name=None: must be a text.",
    ]


@pytest.mark.parametrize("nothing", ["", " , ", []])
def test_a_shop_speaks_at_least_one_language(nothing: object) -> None:
    with pytest.raises(SettingsError, match="name at least one of es, en, pt"):
        checked({"languages": nothing})


def test_of_what_is_stored_the_good_is_used() -> None:
    good, problems = usable({"engine": "model", "languages": "fr", "old": 1})
    assert good == {"engine": "model"}
    assert len(problems) == 2
