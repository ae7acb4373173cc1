"""How many products have their vector."""

from __future__ import annotations

from dataclasses import dataclass

from tendero.platform.database import Database
from tendero.platform.sql import load

_SQL = load(__file__)


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of products. `refused` are those of `missing` that the embedder would not take, for `reason`."""

    embedded: int
    missing: int
    refused: int
    reason: str


def progress(database: Database, model: str) -> Progress:
    """Of this embedding model, as it is now."""
    row = database.fetch(_SQL["progress"], model=model)[0]
    return Progress(row["embedded"], row["missing"], row["refused"], row["reason"] or "")
