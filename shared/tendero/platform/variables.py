"""How one setting is declared, and read from the environment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, field
from typing import Any


def variable(
    meaning: str,
    default: Any = MISSING,
    *,
    group: str,
    also: tuple[str, ...] = (),
    secret: bool = False,
    choices: tuple[str, ...] = (),
    at_least: float | None = None,
    at_most: float | None = None,
) -> Any:
    """Declares one setting. A `secret` one may come from Secret Manager and is never printed."""
    metadata = {
        "meaning": meaning,
        "group": group,
        "also": also,
        "secret": secret,
        "choices": choices,
        "at_least": at_least,
        "at_most": at_most,
    }
    return field(default=default, repr=not secret, metadata=metadata)


_SWITCH = {"true": True, "1": True, "yes": True, "on": True} | {
    "false": False, "0": False, "no": False, "off": False,
}  # fmt: skip


def text_of(declared: Any, environment: Mapping[str, str]) -> str | None:
    """What the environment says of a declared setting, by the first of its names that is set."""
    for name in (declared.name.upper(), *declared.metadata["also"]):
        text = environment.get(name, "").strip()
        if text:
            return text
    return None


def parsed(text: str, kind: Any, rule: Mapping[str, Any]) -> Any:
    """The setting's value, of its type. Raises ValueError saying what it must be."""
    value: Any
    if kind is int or kind is float:
        try:
            value = kind(text)
        except ValueError:
            raise ValueError("not a number") from None
        if not math.isfinite(value):
            raise ValueError("not a number")
        if rule["at_least"] is not None and value < rule["at_least"]:
            raise ValueError(f"must be at least {rule['at_least']}")
        if rule["at_most"] is not None and value > rule["at_most"]:
            raise ValueError(f"must be at most {rule['at_most']}")
        return value
    if kind is bool:
        if text.lower() not in _SWITCH:
            raise ValueError(f"must be one of {', '.join(_SWITCH)}")
        return _SWITCH[text.lower()]
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    value = parts if kind == tuple[str, ...] else text
    for part in value if isinstance(value, tuple) else (value,):
        if rule["choices"] and part not in rule["choices"]:
            raise ValueError(f"must be one of {', '.join(rule['choices'])}")
    return value


def shown(text: str, rule: Mapping[str, Any]) -> str:
    """The text as it may stand in an error."""
    return "(hidden)" if rule["secret"] else text
