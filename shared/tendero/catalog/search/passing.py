"""How many products a condition lets pass and, where they are few, which: for both legs of a search."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass

from tendero.catalog.search import ranking
from tendero.catalog.search.filters import Condition
from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)
# From which side to come depends on how many products each of the values at hand leaves.
_LISTS = load(__file__)


@dataclass(frozen=True, slots=True)
class Passed:
    """About `left` of the shop's `documents` products pass. Where they are `few` at most, `ids` are theirs as
    PostgreSQL writes an array, and `left` is exact; else `ids` is None."""

    documents: int
    left: float
    few: int
    ids: str | None = None

    @property
    def share(self) -> float:
        return self.left / max(1, self.documents)


class Passing:
    """A condition whose products are counted once, by the leg that asks first. Threads may share it."""

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self._lock = threading.Lock()
        self._passed: Passed | None = None

    def passed(self, transaction: Transaction) -> Passed:
        with self._lock:
            if self._passed is None:
                self._passed = self._counted(transaction)
            return self._passed

    def ids(self, transaction: Transaction) -> str:
        """The ids of all that pass, however many there are, as PostgreSQL writes an array."""
        found = self.passed(transaction).ids
        return self._listed(transaction)[0] if found is None else found

    def _counted(self, transaction: Transaction) -> Passed:
        documents, left = self._guessed(transaction)
        step = ranking.INDEX_STEP_OF_VALUES if self.condition.has_values else ranking.INDEX_STEP
        few = math.ceil(math.sqrt(step * ranking.NEIGHBOURS_FILTERED * documents))
        if left > few:
            return Passed(documents, left, few)
        ids, exactly = self._listed(transaction)
        return Passed(documents, exactly, few, ids)

    def _guessed(self, transaction: Transaction) -> tuple[int, float]:
        documents = transaction.fetch(_SQL["documents"])[0]["documents"]
        if not self.condition:
            return documents, documents
        percent = min(100.0, 100 * ranking.SAMPLE / max(1, documents))
        query = _SQL["sample"].filled(filters=self.condition.sql)
        return documents, documents * transaction.fetch(query, percent=percent, **self.condition.parameters)[
            0
        ]["share"]

    def _listed(self, transaction: Transaction) -> tuple[str, int]:
        met = self.condition
        query, variation = ("having", "varies") if met.has_values else ("passed", "varying")
        listed = _LISTS[query].filled(
            values=met.values,
            single=met.single,
            varied=met.varied,
            variation=_LISTS[variation].text.replace("{conditions}", met.variation)
            if met.variation
            else "true",
        )
        row = transaction.fetch(listed, **met.parameters)[0]
        return row["ids"], row["left"]
