"""What a sync run did."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SyncReport:
    """The figures of one run. `mode` is `full` or `incremental`, as it turned out; `connections` when only
    these were checked and nothing was to be done.

    `processed` = `inserted` + `updated` + `unchanged` items, and those of `deactivated` that the source still
    sends. `embeddings` counts products whose vectors were queued or, without a queue, made. `errors` are
    sentences about what could not be read or embedded; the run went on without it. `run_id` is None
    for a dry run, whose figures are what would happen.
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

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "errors": list(self.errors)}
