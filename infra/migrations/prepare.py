"""Makes a database ready for the settings: the newest schema, and the vector index of the chosen model."""

from __future__ import annotations

from dataclasses import dataclass

from tendero.catalog.embedders.choose import embedder
from tendero.catalog.search.vector_index import ensure_index

from infra.migrations import run
from tendero.platform.connect import database
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings


@dataclass(frozen=True)
class Prepared:
    """The schema's revision before (None: an empty database) and after, and the model that is indexed."""

    before: str | None
    after: str | None
    model: str


def prepare(settings: Settings) -> Prepared:
    """Raises DatabaseError, or EmbeddingError when the embedder's settings do not fit together."""
    before, after = run.upgrade(settings)
    chosen = embedder(settings, Secrets(settings))
    pool = database(settings, size=1)
    try:
        ensure_index(pool, chosen.model, chosen.dimensions, settings.hnsw_m, settings.hnsw_ef_construction)
    finally:
        pool.close()
    return Prepared(before, after, chosen.model)
