"""The embedding models of a shop: the one that searches go by, and the one being filled to take its place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass

from tendero.catalog.embedder import Embedder
from tendero.platform import logs
from tendero.platform.database import Database, Row, Transaction
from tendero.platform.errors import SettingsError
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)
_log = logs.logger("models")
# A model that refuses more than this share of the products does not take another one's place.
_MOST_FAILED = 0.05

Find = Callable[[str, int], Embedder]


@dataclass(frozen=True, slots=True)
class Chosen:
    """`active` is searched by; `next`, where there is one, takes its place once it is complete."""

    active: Embedder
    next: Embedder | None = None

    @property
    def wanted(self) -> tuple[Embedder, ...]:
        return (self.active, self.next) if self.next is not None else (self.active,)


@dataclass(frozen=True, slots=True)
class Counts:
    """Products that are shown: with the vector of their text, refused, or still to be embedded."""

    products: int
    embedded: int
    failed: int

    @property
    def lacking(self) -> int:
        return self.products - self.embedded - self.failed

    @property
    def complete(self) -> bool:
        return self.lacking == 0 and self.failed <= self.products * _MOST_FAILED


class Models:
    """Reads which models a shop uses. Threads may share it.

    `configured` is active until the shop is switched to another one, which `find` gives by name and length.
    """

    def __init__(self, configured: Embedder, find: Find | None = None) -> None:
        self.configured = configured
        self._find = find
        self._found: dict[tuple[str, int], Embedder] = {}
        self._lock = threading.Lock()

    def active(self, transaction: Transaction) -> Embedder:
        """The model to search by: the configured one where the active one cannot be had."""
        row = transaction.one(_SQL["chosen"])
        if row is None:
            return self.configured
        try:
            return self._named(row["model"], row["dimensions"])
        except SettingsError as error:
            _log.warning("the active embedding model cannot be used", model=row["model"], reason=str(error))
            return self.configured

    def chosen(self, database: Database) -> Chosen:
        """Raises SettingsError when a model that the shop was switched to is not known any more."""
        rows = database.fetch(_SQL["chosen"])
        if not rows:
            return Chosen(self.configured)
        (row,) = rows
        following = self._named(row["next_model"], row["next_dimensions"]) if row["next_model"] else None
        return Chosen(self._named(row["model"], row["dimensions"]), following)

    def _named(self, model: str, dimensions: int) -> Embedder:
        if (model, dimensions) == (self.configured.model, self.configured.dimensions):
            return self.configured
        with self._lock:
            if (model, dimensions) not in self._found:
                if self._find is None:
                    raise SettingsError(f"There is no way to the embedding model {model}.")
                self._found[model, dimensions] = self._find(model, dimensions)
            return self._found[model, dimensions]


def begin_switch(database: Database, active: Embedder, following: Embedder) -> None:
    """From now on `following` is filled beside `active`, until `finish_switch` finds it complete.

    To switch to the active model itself ends a switch that is under way.
    """
    if following.model == active.model:
        database.execute(_SQL["cancel"])
        return
    database.execute(
        _SQL["begin"],
        model=active.model,
        dimensions=active.dimensions,
        next_model=following.model,
        next_dimensions=following.dimensions,
    )


def finish_switch(database: Database, following: Embedder) -> bool:
    """Searches by `following` from now on, if it was to be the next model and is complete; whether it was."""
    if not counts(database, following.model).complete:
        return False
    return database.execute(_SQL["promote"], model=following.model) > 0


def counts(database: Database, model: str) -> Counts:
    row = database.fetch(_SQL["counts"], model=model)[0]
    return Counts(row["products"], row["embedded"], row["failed"])


def reasons(database: Database, model: str) -> list[Row]:
    """Why texts were refused, the most frequent first: `reason` and the number of `products`."""
    return database.fetch(_SQL["reasons"], model=model)


def stopped(database: Database) -> set[str]:
    """The models whose provider has refused because of money."""
    return {row["model"] for row in database.fetch(_SQL["stops"])}


def forget_stops(database: Database, names: Collection[str]) -> None:
    database.execute(_SQL["forget_stops"], models=list(names))


def stored(database: Database) -> dict[str, int]:
    """The models that have vectors, with the vectors' length."""
    return {row["model"]: row["dimensions"] for row in database.fetch(_SQL["stored"])}


def prune(database: Database, kept: Collection[str]) -> dict[str, int]:
    """Deletes the vectors of all other models; how many each had."""
    return {row["model"]: row["vectors"] for row in database.fetch(_SQL["prune"], kept=list(kept))}
