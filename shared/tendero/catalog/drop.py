"""Takes a whole source off sale, because the shop uses it no longer."""

from __future__ import annotations

from tendero.catalog.lease import lease
from tendero.catalog.same_sku import Rule
from tendero.catalog.store import Store
from tendero.platform.database import Database
from tendero.platform.errors import SyncUnderWay
from tendero.platform.sql import load

_SQL = load(__file__)


def left_over(database: Database, used: tuple[str, ...]) -> dict[str, int]:
    """How many rows of sources that are not `used` are still on sale, by source."""
    rows = database.fetch(_SQL["on_sale"])
    return {row["source"]: row["products"] for row in rows if row["source"] not in used}


def drop(database: Database, source: str, rule: Rule) -> int:
    """Deactivates all rows of the source; how many. A later sync of it reads everything and brings them back.

    Raises SyncUnderWay, DatabaseError.
    """
    with lease(database, source) as alone:
        if not alone:
            raise SyncUnderWay(f"A sync of {source} is under way. Wait until it has ended.")
        store = Store(database, source, rule=rule)
        known = store.active()
        dropped = store.deactivate(known.products | known.variations.keys())
        database.execute(_SQL["forget"], source=source)
    return dropped.deactivated
