"""The sample deliveries of Twilio, with their places filled in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "events" / "twilio"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def deliveries(case: str, id: str = "0" * 30) -> list[dict[str, Any]]:
    """The deliveries of a case; `id` makes its SIDs."""
    text = (FOLDER / f"{case}.json").read_text(encoding="utf-8").replace("{{id}}", id)
    found: list[dict[str, Any]] = json.loads(text)["deliveries"]
    return found


def form(case: str, number: int = 0, **fields: str) -> dict[str, str]:
    """The form of one delivery, with these fields instead."""
    return {**deliveries(case)[number]["form"], **fields}
