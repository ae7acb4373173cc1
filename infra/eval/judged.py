"""Files of judged queries: one a line, `query` and `labels`, product id to E, S, C or I."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.eval import rows
from infra.eval.metrics import GAINS


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and its labels. `done`: nobody needs to look at it again, even where products lack a label."""

    query: str
    labels: Mapping[str, str]
    done: bool = False


def read(file: Path) -> list[Judged]:
    """The queries in the file's order. Raises BadFile."""
    return [_judged(row) for row in rows.read(file)]


def write(file: Path, judged: Iterable[Judged]) -> None:
    """Raises BadFile."""
    rows.write(file, (_line(each) for each in judged))


def _judged(row: rows.Row) -> Judged:
    labels = row.values.get("labels")
    if not isinstance(labels, dict):
        raise row.needs("labels", "an object of product ids with their labels")
    for product, label in labels.items():
        if not isinstance(label, str) or label not in GAINS:
            raise row.wrong("labels", f"{product} has {rows.shown(label)}; a label is E, S, C or I")
    return Judged(row.text("query"), labels, bool(row.flag("done")))


def _line(judged: Judged) -> dict[str, object]:
    line: dict[str, object] = {"query": judged.query, "labels": dict(judged.labels)}
    return {**line, "done": True} if judged.done else line
