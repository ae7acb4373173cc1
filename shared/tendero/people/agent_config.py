"""How the assistant behaves in one place: the shop, a channel of it, or one inbox of a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, get_type_hints

from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings
from tendero.platform.variables import parsed, variable

# What is set of a configuration, by field, as JSON holds it.
Document = dict[str, Any]

_LONGEST = {"instructions": 4000, "shop_name": 100, "greeting": 1000}
_MANNERS: dict[Any, tuple[tuple[type, ...], str]] = {
    bool: ((bool, str), "true or false"),
    str: ((str,), "a text"),
    tuple[str, ...]: ((list, tuple, str), "a list of texts"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """What holds in a place when everything above it is merged. Field by field, the narrower place wins."""

    enabled: bool = variable("Whether the assistant answers there at all.", True, group="Agent")
    engine: str = variable(
        "Who answers: `auto` is AskYourDatabase where ASKYOURDATABASE_CHANNELS names the channel, else the"
        " model, which has templates behind it.",
        "auto",
        group="Agent",
        choices=("auto", "model", "templates", "askyourdatabase"),
    )
    instructions: str = variable(
        "What the model is told beside the fixed rules: tone, delivery times, what to recommend.",
        "",
        group="Agent",
    )
    languages: tuple[str, ...] = variable(
        "Languages to answer in; the first is used when a message shows none.",
        ("es", "en", "pt"),
        group="Agent",
        choices=("es", "en", "pt"),
    )
    shop_name: str = variable("How the assistant calls the shop.", "", group="Agent")
    handoff: bool = variable("Whether conversations are handed to a person.", True, group="Agent")
    greeting: str = variable("Said to who only greets, in place of the assistant's own.", "", group="Agent")

    @classmethod
    def merged(cls, settings: Settings, *documents: Document) -> AgentConfig:
        """The documents from the widest place to the narrowest, over what the settings say.

        Raises SettingsError for a document that `checked` would refuse.
        """
        values: Document = {"languages": settings.shop_languages, "shop_name": settings.shop_name}
        for each in documents:
            values |= checked(each)
        return cls(**{**values, "languages": tuple(values["languages"])})


@cache
def declared() -> Mapping[str, Any]:
    """The fields by name; their metadata has meaning and choices."""
    return {each.name: each for each in fields(AgentConfig)}


@cache
def _types() -> Mapping[str, Any]:
    return get_type_hints(AgentConfig)


def checked(values: Mapping[str, Any]) -> Document:
    """The values in their types; texts, as a command line gives them, are read like settings.

    Raises SettingsError naming every problem at once, with what is accepted.
    """
    good, problems = Document(), []
    for name, value in values.items():
        if name not in declared():
            problems.append(f"{name} is no field: there are {', '.join(declared())}")
            continue
        try:
            good[name] = _read(name, value, _types()[name])
        except ValueError as error:
            problems.append(f"{name}={value!r}: {error}")
    if problems:
        raise SettingsError("; ".join(problems) + ".")
    return good


def usable(values: Mapping[str, Any]) -> tuple[Document, tuple[str, ...]]:
    """Those of the values that are good, and what is wrong with the others: for what is stored already."""
    good, problems = Document(), []
    for name, value in values.items():
        try:
            good |= checked({name: value})
        except SettingsError as error:
            problems.append(str(error))
    return good, tuple(problems)


def _read(name: str, value: Any, kind: Any) -> Any:
    accepted, manner = _MANNERS[kind]
    several = list(value) if isinstance(value, list | tuple) else []
    if not isinstance(value, accepted) or not all(isinstance(each, str) for each in several):
        raise ValueError(f"must be {manner}")
    text = (
        str(value).lower() if isinstance(value, bool) else ",".join(several) if several else str(value or "")
    )
    read = parsed(text.strip(), kind, declared()[name].metadata)
    if name in _LONGEST and len(read) > _LONGEST[name]:
        raise ValueError(f"has {len(read)} characters, at most {_LONGEST[name]} are taken")
    if isinstance(read, tuple):
        if not read:
            raise ValueError(f"name at least one of {', '.join(declared()[name].metadata['choices'])}")
        return list(dict.fromkeys(read))
    return read
