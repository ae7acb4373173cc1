"""The sample deliveries of each channel (tests/events), with their places filled in.

Places: `{{id}}` is 30 digits, `{{number}}` the same without zeros in front; `{{now}}` and `{{iso}}` are the
time in epoch seconds and in ISO 8601, `{{now-600}}` and `{{iso-600}}` ten minutes before. A text of `#` and a
number becomes that number: `"#{{number}}01"`.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "events"
_TIME = re.compile(r"\{\{(now|iso)(-\d+)?\}\}")
_NUMBER = re.compile(r'"#(-?\d+(?:\.\d+)?)"')


def cases(channel: str) -> list[str]:
    """The names of a channel's cases."""
    return sorted(path.stem for path in (FOLDER / channel).glob("*.json"))


def sample(channel: str, case: str, number: int, now: float, **places: str) -> dict[str, Any]:
    """A case: `describe` and its `deliveries`. `number` (at least 1,000,000) makes their ids.

    `places` are the platform's own, by name: `{{phone_number_id}}`. Raises FileNotFoundError for a
    case that is none.
    """
    text = (FOLDER / channel / f"{case}.json").read_text(encoding="utf-8")
    text = text.replace("{{id}}", f"{number:030d}").replace("{{number}}", str(number))
    for name, value in places.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    text = _TIME.sub(lambda match: _time(match[1], now + float(match[2] or 0)), text)
    filled: dict[str, Any] = json.loads(_NUMBER.sub(r"\1", text))
    return filled


def _time(form: str, at: float) -> str:
    if form == "now":
        return str(int(at))
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
