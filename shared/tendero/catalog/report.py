"""What a sync run did."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from tendero.catalog.diff import MOST_CHANGES, Change


@dataclass(frozen=True, slots=True)
class Figures:
    """How far a run is: items read, of those that the source announced (None where it did not), and what
    became of the rows so far."""

    read: int
    expected: int | None
    inserted: int
    updated: int
    unchanged: int
    deactivated: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """The figures of one run. `mode` is `full` or `incremental`, as it turned out; `connections` when only
    these were checked and nothing was to be done.

    `processed` = `inserted` + `updated` + `unchanged` items, each time that the source sent one; `variations`
    of them are variations of the others. `deactivated` are rows that customers see no longer. `embeddings`
    counts products whose vectors were queued or, without a queue, made. `embeddings_lacking` should have got
    one and did not; with `embeddings_refused` they do not until somebody mends the settings or pays the
    provider. `errors` are sentences about what could not be read or embedded; the run went on without it.
    `run_id` is None for a dry run, whose figures are what would happen. `continuations` counts how often the
    run was taken up again; its figures are those of all its parts, and `finished` is false where its time was
    up and another part has to follow. `changes` are, for a dry run, what it would write: the first thousand.
    """

    source: str
    mode: str
    dry_run: bool
    run_id: int | None
    processed: int
    inserted: int
    updated: int
    unchanged: int
    deactivated: int
    embeddings: int
    duration_seconds: float
    errors: tuple[str, ...] = ()
    variations: int = 0
    embeddings_lacking: int = 0
    embeddings_refused: bool = False
    continuations: int = 0
    finished: bool = True
    changes: tuple[Change, ...] = ()

    @property
    def products(self) -> int:
        """How many of `processed` are no variations."""
        return self.processed - self.variations

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        told = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "changes"}
        told |= {"products": self.products, "errors": list(self.errors)}
        if self.dry_run:
            told["changes"] = [change.as_dict() for change in self.changes]
            told["changes_cut"] = len(self.changes) >= MOST_CHANGES
        return told
