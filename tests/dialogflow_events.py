"""Dialogflow's requests as files, one per case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "events" / "dialogflow"
NAMES = sorted(file.stem for file in _FOLDER.glob("*.json"))


def event(name: str) -> dict[str, Any]:
    """A fresh copy of one request."""
    body: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return body
