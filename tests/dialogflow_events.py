"""Dialogflow's requests as files, one per case; those of CX begin with `cx_`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "events" / "dialogflow"
_ALL = sorted(file.stem for file in _FOLDER.glob("*.json"))
CX_NAMES = [name for name in _ALL if name.startswith("cx_")]
NAMES = [name for name in _ALL if name not in CX_NAMES]


def event(name: str) -> dict[str, Any]:
    """A fresh copy of one request's body."""
    case = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    body: dict[str, Any] = case["deliveries"][0]["json"]
    return body
