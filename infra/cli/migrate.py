"""`tendero migrate`: the newest schema and the vector index."""

from __future__ import annotations

from infra.cli.environment import EnvFile, connected


def migrate(env_file: EnvFile = None) -> None:
    """Bring the database to the newest schema and build the vector index of the chosen model."""
    from infra.migrations.prepare import prepare

    done = prepare(connected(env_file).settings())
    if done.before == done.after:
        print(f"Schema {done.after}: nothing to do. Vector index for {done.model} is there.")
    else:
        print(f"Schema: {done.before or 'empty'} → {done.after}. Vector index for {done.model} is there.")
