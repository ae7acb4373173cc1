"""The HNSW index of one embedding model's vectors. Made by `tendero migrate`, never while serving."""

from __future__ import annotations

import hashlib
import re

from tendero.platform.database import Database
from tendero.platform.sql import Query

# pgvector's limit for an HNSW index over halfvec.
_MOST_DIMENSIONS = 4_000


def ensure_index(database: Database, model: str, dimensions: int, m: int, ef_construction: int) -> None:
    """Creates the index where it is missing, and makes it anew where `m` or `ef_construction` differ.

    The column has no length, since models differ: each model's index is over a cast of its own rows. Raises
    ValueError beyond 4,000 dimensions, DatabaseError when PostgreSQL refuses.
    """
    if not 1 <= dimensions <= _MOST_DIMENSIONS:
        raise ValueError(f"An HNSW index takes 1 to {_MOST_DIMENSIONS} dimensions, not {dimensions}.")
    name = index_name(model, dimensions)
    options = f"m={m}, ef_construction={ef_construction}"
    with database.transaction() as transaction:
        held = transaction.one(_HELD, name=name)
        if held and held["options"] == options:
            return
        if held:
            transaction.execute(Query.parse("drop_index", f"drop index {name}"))
        # PostgreSQL takes no parameters in DDL: `literal` quotes the model's name.
        literal = transaction.fetch(_LITERAL, value=model)[0]["literal"]
        statement = (
            f"create index {name} on product_embeddings"
            f" using hnsw ((embedding::halfvec({dimensions})) halfvec_cosine_ops)"
            f" with (m = {int(m)}, ef_construction = {int(ef_construction)}) where model = {literal}"
        )
        transaction.execute(Query("create_index", statement, ()))


def index_name(model: str, dimensions: int) -> str:
    """A name that tells the model, unique also where it had to be shortened."""
    readable = re.sub(r"[^a-z0-9]+", "_", model.lower()).strip("_")[:30]
    digest = hashlib.sha256(f"{model} {dimensions}".encode()).hexdigest()[:8]
    return f"product_embeddings_{readable}_{digest}"


_HELD = Query.parse(
    "held_index",
    "select array_to_string(reloptions, ', ') as options from pg_class where relname = :name",
)
_LITERAL = Query.parse("quote", "select quote_literal(:value::text) as literal")
