"""What a sync run did."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SyncReport:
    """The figures of one run. `mode` is `full` or `incremental`, as it turned out; `connections` when only
    these were checked and nothing was to be done.

    `processed` = `inserted` + `updated` + `unchanged` items, and those of `deactivated` that the source still
    sends; `variations` of them are variations of the others. `embeddings` counts products whose vectors were
    queued or, without a queue, made. `embeddings_lacking` should have got one and did not; with
    `embeddings_refused` they do not until somebody mends the settings or pays the provider. `errors` are
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
    variations: int = 0
    embeddings_lacking: int = 0
    embeddings_refused: bool = False

    @property
    def products(self) -> int:
        """How many of `processed` are no variations."""
        return self.processed - self.variations

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            **asdict(self),
            "products": self.products,
            "errors": list(self.errors),
        }
