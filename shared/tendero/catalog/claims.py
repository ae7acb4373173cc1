"""Who is having which texts embedded right now, so that none is sent to a provider twice at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from tendero.platform.database import Database, Row
from tendero.platform.errors import TenderoError
from tendero.platform.sql import Query, load

_SQL = load(__file__)
# A claim outlives the work on its texts, which ends by itself; what a process that was killed had claimed is
# anybody's when the claim has run out.
CLAIM_SECONDS = 60.0
WORK_SECONDS = 45.0


@dataclass(slots=True)
class Claim:
    """Rows to be embedded here and now. `waiting` are those not settled yet, by product id.

    `busy` more were claimed by somebody else. `until` tells this claim from every later one of the same
    product; None where nothing had to be claimed.
    """

    waiting: dict[int, Row]
    busy: int = 0
    until: datetime | None = None

    def settle(self, rows: Sequence[Row]) -> None:
        """Notes that these have a vector now, or are recorded as failed, and their claims dropped."""
        for row in rows:
            self.waiting.pop(row["id"], None)


@contextmanager
def claimed(
    database: Database, model: str, texts: Query, ids: Collection[int], *, needed: bool
) -> Iterator[Claim]:
    """Claims those of the products that `texts` (given `ids` and `model`) shows to lack a vector.

    The rows left waiting at the end of the block are anybody's again. Nothing is claimed unless `needed`.
    """
    claim = _take(database, model, texts, list(ids), needed)
    try:
        yield claim
    finally:
        if claim.waiting and claim.until is not None:
            # Else they run out by themselves.
            with suppress(TenderoError):
                database.execute(_SQL["drop"], ids=list(claim.waiting), model=model, until=claim.until)


def _take(database: Database, model: str, texts: Query, ids: list[int], needed: bool) -> Claim:
    with database.transaction() as transaction:
        lacking = transaction.fetch(texts, ids=ids, model=model)
        if not (needed and lacking):
            return Claim({row["id"]: row for row in lacking})
        wanted = [row["id"] for row in lacking]
        taken = transaction.fetch(_SQL["take"], ids=wanted, model=model, seconds=CLAIM_SECONDS)
        if not taken:
            return Claim({}, busy=len(wanted))
        mine, until = [row["product_id"] for row in taken], taken[0]["claimed_until"]
        # Asked again: somebody may have written a vector, and dropped the claim, between the two statements.
        waiting = {row["id"]: row for row in transaction.fetch(texts, ids=mine, model=model)}
        made = [each for each in mine if each not in waiting]
        if made:
            transaction.execute(_SQL["drop"], ids=made, model=model, until=until)
        return Claim(waiting, len(wanted) - len(mine), until)
