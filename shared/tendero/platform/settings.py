"""Every variable that Tendero reads: its type, default and meaning, here and in the modules of its parts.

The environment variable is the field's name in capitals; `also` lists names that older systems use.
`.env.example` and the README's table are written from here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from tendero.platform.catalogue_settings import CatalogueSettings
from tendero.platform.channel_settings import ChannelSettings
from tendero.platform.errors import SettingsError
from tendero.platform.general_settings import GeneralSettings
from tendero.platform.variables import parsed, shown, text_of


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings, CatalogueSettings, GeneralSettings):
    """What the shop configured. Build it with `Settings.load()`."""

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None, **explicit: Any) -> Settings:
        """Settings from explicit arguments, else the environment (the process's own), else defaults.

        Raises SettingsError naming every variable that cannot be used, all at once.
        """
        environment = os.environ if environment is None else environment
        types = get_type_hints(cls)
        values, problems = dict(explicit), []
        for declared in fields(cls):
            if declared.name in values:
                continue
            text = text_of(declared, environment)
            if text is None:
                continue
            try:
                values[declared.name] = parsed(text, types[declared.name], declared.metadata)
            except ValueError as error:
                problems.append(f"{declared.name.upper()}={shown(text, declared.metadata)}: {error}")
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(**values)

    def require(self, *names: str) -> None:
        """Raises SettingsError listing those of the named settings that are empty, with their meaning."""
        declared = {each.name: each for each in fields(self)}
        missing = [
            f"{name.upper()} ({declared[name].metadata['meaning']})"
            for name in names
            if getattr(self, name) in ("", ())
        ]
        if missing:
            raise SettingsError("Set " + ", ".join(missing))
