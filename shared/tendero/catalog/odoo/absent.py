"""Tells what has gone from what Odoo only hides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tendero.catalog.odoo.client import Client, Raw
from tendero.catalog.odoo.fields import VARIANT
from tendero.catalog.odoo.refusals import Refused
from tendero.catalog.odoo.values import link_of
from tendero.platform.errors import SourceError

_PER_CALL = 500
MOST_HIDDEN = 10


@dataclass(slots=True)
class Absent:
    """Ids that no list showed: `gone` from this catalogue, there after all, or `hidden` from the user."""

    gone: set[int] = field(default_factory=set)
    alive: dict[int, Raw] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)


def examine(client: Client, model: str, ids: Collection[int]) -> Absent:
    """Reads the records by their ids. A list leaves out what a record rule hides, without a word; a read of
    it is refused. Raises SourceError when more are hidden than a few: the user has lost a right then.
    """
    found, ordered = Absent(), sorted(ids)
    for start in range(0, len(ordered), _PER_CALL):
        _examine(client, model, ordered[start : start + _PER_CALL], found)
    return found


def _examine(client: Client, model: str, ids: Sequence[int], found: Absent) -> None:
    try:
        rows = client.read(
            model, ids, ["active", "company_id", *(["product_tmpl_id"] if model == VARIANT else [])]
        )
    except Refused as error:
        if not error.hides:
            raise
        if len(ids) > 1:
            half = len(ids) // 2
            _examine(client, model, ids[:half], found)
            _examine(client, model, ids[half:], found)
            return
        found.hidden.append(ids[0])
        if len(found.hidden) > MOST_HIDDEN:
            raise SourceError(
                f"Odoo hides more than {MOST_HIDDEN} products, which it showed before, from the user"
                f" {client.login.username}: a record rule, mostly that of the companies. Nothing was"
                " deactivated. Allow the user the company again in Odoo, or archive what is no longer sold."
            ) from error
        return
    for raw in rows:
        company = link_of(raw, "company_id")
        foreign = company is not None and client.companies and company[0] not in client.companies
        if foreign:
            found.gone.add(raw["id"])
        else:
            found.alive[raw["id"]] = raw
    found.gone.update(set(ids) - {raw["id"] for raw in rows})
