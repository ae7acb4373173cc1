"""What a dry run would change, product by product."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tendero.platform.database import Row, Transaction
from tendero.platform.sql import load

_SQL = load(__file__)

# More than anybody reads; a first sync of 100,000 products must not hold them all.
MOST_CHANGES = 1000
_LONGEST, _BEFORE_DIFFERENCE = 120, 20
# They follow from the other fields, and are told only where nothing else differs.
_DERIVED = ("text_for_embedding", "text_hash")

NEW, CHANGED, GONE = "new", "changed", "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """One product or variation. `change` is `new`, `changed` or `gone` (customers would no longer see it).

    `fields`, of a changed one, maps a column to its values before and after, as text, None for none. Of texts
    longer than 120 characters it holds the part where they begin to differ.
    """

    external_id: str
    name: str
    change: str
    fields: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "external_id": self.external_id,
            "name": self.name,
            "change": self.change,
            "fields": {name: list(values) for name, values in self.fields.items()},
        }


def changes(transaction: Transaction, source: str, most: int = MOST_CHANGES) -> list[Change]:
    """What writing the staged items would change: call it before they are written. At most `most`."""
    return [_change(row) for row in transaction.fetch(_SQL["changes"], source=source, most=most)]


def gone(transaction: Transaction, ids: Sequence[int], most: int = MOST_CHANGES) -> list[Change]:
    """The same for rows, by their own ids, that would be deactivated. At most `most`."""
    return [_change(row) for row in transaction.fetch(_SQL["gone"], ids=list(ids), most=most)]


def joined(earlier: Sequence[Change], later: Sequence[Change]) -> list[Change]:
    """Both, up to MOST_CHANGES; of one product the later, for what goes may have changed before."""
    together = {change.external_id: change for change in (*earlier, *later)}
    return list(together.values())[:MOST_CHANGES]


def _change(row: Row) -> Change:
    fields = row["fields"] if row["change"] == CHANGED else {}
    told = [name for name in fields if name not in _DERIVED] or list(fields)
    shown = {name: _shortened(*map(_text, fields[name])) for name in sorted(told)}
    return Change(row["external_id"], row["name"], row["change"], shown)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    # The driver gives a JSON number as a float, exact for what a price column holds.
    if isinstance(value, float):
        return f"{Decimal(str(value)).normalize():f}"
    return json.dumps(value, ensure_ascii=False)


def _shortened(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Both from a little before the place where they differ, where either is long."""
    if before is None or after is None:
        return _excerpt(before, 0), _excerpt(after, 0)
    if max(len(before), len(after)) <= _LONGEST:
        return before, after
    pairs = enumerate(zip(before, after, strict=False))
    differs = next((at for at, (old, new) in pairs if old != new), min(len(before), len(after)))
    start = max(0, differs - _BEFORE_DIFFERENCE)
    return _excerpt(before, start), _excerpt(after, start)


def _excerpt(text: str | None, start: int) -> str | None:
    if text is None:
        return None
    part = text[start : start + _LONGEST]
    return ("…" if start else "") + part + ("…" if start + len(part) < len(text) else "")
