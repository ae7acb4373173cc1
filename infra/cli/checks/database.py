"""The database: reachable, prepared, filled, fresh, embedded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infra.cli.checks.check import Check, fail, ok, warn
from infra.cli.checks.embeddings import Progress, progress
from infra.migrations import run
from tendero.catalog.models import Models
from tendero.platform.connect import database
from tendero.platform.database import Row, Transaction
from tendero.platform.errors import TenderoError
from tendero.platform.settings import Settings
from tendero.platform.sql import load

_SQL = load(__file__)
# Iterative scans, without which a filtered vector search loses results, came with it.
_LEAST_VECTOR = (0, 8)


def database_checks(settings: Settings, models: Models, sources: Sequence[str]) -> Iterator[Check]:
    """From the connection to the embeddings, with the last sync of each source.

    Ends where going on would only repeat the first failure.
    """
    try:
        pool = database(settings, size=1)
        with pool.transaction() as transaction:
            row = transaction.one(_SQL["server"]) or {}
    except TenderoError as error:
        yield fail("database", str(error))
        return
    yield ok("database", f"PostgreSQL {row['version'].split()[0]} answers")
    current, newest = run.revisions(settings)
    if current != newest:
        yield fail("schema", f"{current or 'none'}, the newest is {newest}", "Run `tendero migrate`.")
        return
    yield ok("schema", f"{current}, the newest")
    yield _vector(row["vector"])
    with pool.transaction() as transaction:
        yield from _products(transaction, sources)
        yield from _freshness(transaction, sources, settings.sync_interval_minutes)
    with pool.transaction() as transaction:
        model = models.active(transaction).model
    yield _embeddings(progress(pool, model), model)
    pool.close()


def _vector(version: str) -> Check:
    if tuple(int(part) for part in version.split(".")[:2]) < _LEAST_VECTOR:
        return fail(
            "pgvector",
            f"{version}; 0.8 is the oldest that finds enough under filters",
            "Update the server's pgvector, then run: alter extension vector update;",
        )
    return ok("pgvector", version)


def _products(transaction: Transaction, sources: Sequence[str]) -> Iterator[Check]:
    rows = transaction.fetch(_SQL["products"])
    if not rows:
        yield warn("products", "none yet", "Run `tendero sync`.")
        return
    counts = [f"{row['products']} products, {row['variations']} variations ({row['source']})" for row in rows]
    yield ok("products", "; ".join(counts))
    for row in rows:
        if sources and row["source"] not in sources:
            yield warn(
                "products",
                f"{row['source']} is not set any more, but what it sold is still on sale here",
                f"Set it again, or run `tendero drop {row['source']}`.",
            )


def _freshness(transaction: Transaction, sources: Sequence[str], interval_minutes: int) -> Iterator[Check]:
    """A line for each source in use."""
    rows = {row["source"]: row for row in transaction.fetch(_SQL["last_runs"])}
    for name in sources or [*rows] or [""]:
        yield _last_run(name, rows.get(name), interval_minutes)


def _last_run(source: str, last: Row | None, interval_minutes: int) -> Check:
    whose = f"{source}: " if source else ""
    if last is not None and last["status"] == "failed":
        seen = (
            f"{source}, {_age(float(last['minutes']))} ago" if last["last_success_at"] else f"{source}, never"
        )
        reason = str((last["errors"] or ["no reason was kept"])[-1])
        return fail("last sync", f"{seen}; the newest run failed: {reason}", "Run `tendero sync` to see it.")
    if last is None or last["last_success_at"] is None:
        return warn("last sync", f"{whose}no run has succeeded yet", "Run `tendero sync`.")
    minutes = float(last["minutes"])
    seen = f"{source}, {_age(minutes)} ago"
    if minutes > 3 * interval_minutes:
        return warn(
            "last sync",
            f"{seen}, though SYNC_INTERVAL_MINUTES is {interval_minutes}",
            "Check that the schedule calls the function `sync`, or run `tendero sync`.",
        )
    return ok("last sync", seen)


def _age(minutes: float) -> str:
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} days"


def _embeddings(seen: Progress, model: str) -> Check:
    if seen.refused:
        return warn(
            "embeddings",
            f"{seen.refused} products were refused by {model}: {seen.reason}",
            "Mend what the reason says and run `tendero embeddings retry`.",
        )
    if seen.missing:
        return warn(
            "embeddings",
            f"{seen.missing} products have no vector of {model} yet",
            "Run `tendero sync`; where tasks are queued already, wait for them.",
        )
    return ok("embeddings", f"{seen.embedded} products, complete for {model}")
