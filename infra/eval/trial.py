"""A database for judging: filled with a file's products as a sync would, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.eval.products import SOURCE
from infra.local.postgres import Postgres
from infra.migrations.prepare import prepare
from tendero.catalog.embedder import Embedder
from tendero.catalog.embedders.choose import embedder
from tendero.catalog.embedding import Embeddings
from tendero.catalog.item import CatalogItem
from tendero.catalog.search import index
from tendero.catalog.store import Store
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.errors import TenderoError
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

# Tells what is going on, in a few words.
Tell = Callable[[str], None]

# What leads to the shop's own database, or its queue.
_LEFT_OUT = ("DATABASE_", "DB_", "CLOUD_SQL_", "EMBED_URL")
_LONGEST_PLACE = 60


class NotEmbedded(TenderoError):
    """Some products have no vector: a comparison with others would not be fair."""


@dataclass(frozen=True)
class Trial:
    """The products are written, indexed and embedded."""

    database: Database
    settings: Settings
    embedder: Embedder
    url: str


@contextmanager
def trial(items: Sequence[CatalogItem], variables: Mapping[str, str], tell: Tell) -> Iterator[Trial]:
    """Over the settings in `variables`, but never the database that they name. EMBEDDER `auto` means the
    local one here: judging needs no key, and costs nothing unless somebody asks for it.

    Raises SettingsError, DatabaseError, NotEmbedded or what the embedder raises.
    """
    own = {name: value for name, value in variables.items() if not name.startswith(_LEFT_OUT)}
    if own.get("EMBEDDER", "").strip() in ("", "auto"):
        own["EMBEDDER"] = "local"
    folder = _folder()
    try:
        with Postgres(folder / "pg") as server:
            url = server.url("postgres")
            settings = Settings.load({**own, "DATABASE_URL": url})
            prepare(settings)
            pool = database(settings)
            try:
                chosen = embedder(settings, Secrets(settings))
                _load(pool, settings, chosen, items, tell)
                yield Trial(pool, settings, chosen, url)
            finally:
                pool.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    place = tempfile.gettempdir()
    # A Unix socket's name may have 107 bytes only, and stands in this folder.
    short = place if len(os.fsencode(place)) <= _LONGEST_PLACE else "/tmp"  # noqa: S108
    return Path(tempfile.mkdtemp(prefix="tendero-eval-", dir=short))


def _load(
    pool: Database, settings: Settings, chosen: Embedder, items: Sequence[CatalogItem], tell: Tell
) -> None:
    store = Store(pool, SOURCE)
    for start in range(0, len(items), settings.commit_batch_size):
        tell(f"writing products: {start} of {len(items)}")
        store.write(items[start : start + settings.commit_batch_size])
    with pool.transaction() as transaction:
        index.refresh_statistics(transaction)
    tell(f"embedding {len(items)} products with {chosen.model}")
    outcome = Embeddings(pool, chosen, settings).fan_out(run_id=0)
    if outcome.lacking:
        why = outcome.problems[0] if outcome.problems else "no reason was given"
        raise NotEmbedded(f"{outcome.lacking} of {len(items)} products were not embedded: {why}")
