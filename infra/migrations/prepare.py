"""Makes a database ready for the settings: the newest schema, words and filters by today's rules, and the
vector index of each model in use."""

from __future__ import annotations

from dataclasses import dataclass

from infra.migrations import run
from tendero.catalog.embedders.choose import by_name, embedder
from tendero.catalog.models import Models
from tendero.catalog.search import facets, index
from tendero.catalog.search.vector_index import ensure_index
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings


@dataclass(frozen=True)
class Prepared:
    """The schema's revision before (None: an empty database) and after, and the model searched by."""

    before: str | None
    after: str | None
    model: str


def prepare(settings: Settings) -> Prepared:
    """Raises DatabaseError, or EmbeddingError when the embedder's settings do not fit together."""
    before, after = run.upgrade(settings)
    secrets = Secrets(settings)
    configured = embedder(settings, secrets)
    pool = database(settings, size=1)
    try:
        _index(pool)
        chosen = Models(configured, by_name(settings, secrets)).chosen(pool)
        for each in chosen.wanted:
            ensure_index(pool, each.model, each.dimensions, settings.hnsw_m, settings.hnsw_ef_construction)
    finally:
        pool.close()
    return Prepared(before, after, chosen.active.model)


def _index(pool: Database) -> None:
    with pool.transaction() as transaction:
        if index.outdated(transaction):
            index.rebuild(transaction)
            facets.rebuild(transaction)
        else:
            facets.fill(transaction)
