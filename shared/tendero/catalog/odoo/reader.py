"""Reads whole templates, several at once, and isolates those that the server fails on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tendero.catalog.odoo.client import Client, Raw
from tendero.catalog.odoo.fields import VARIANT, Fields
from tendero.catalog.odoo.labels import Labels
from tendero.catalog.odoo.refusals import PageFailed
from tendero.catalog.odoo.values import link_of
from tendero.platform.errors import SourceError

_PER_PAGE = 500
# More than these point to a server that is broken rather than to broken products.
_MOST_SKIPPED = 10


@dataclass(slots=True)
class Read:
    """The variants of some templates by template, each in order of id."""

    families: dict[int, list[Raw]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Reader:
    """Reads through one client; `labels` then know all that the rows refer to. Not for several threads.

    `skipped` are templates that the server fails on.
    """

    def __init__(self, client: Client, fields: Fields, labels: Labels) -> None:
        self._client = client
        self._fields = fields
        self._labels = labels
        self.skipped: set[int] = set()

    def templates(self, ids: Sequence[int]) -> Read:
        """All variants of these templates. Raises SourceError."""
        try:
            rows = self._rows(ids)
        except PageFailed as error:
            if len(ids) == 1:
                return Read(problems=[self._skip(ids[0], error)])
            half = len(ids) // 2
            one, other = self.templates(ids[:half]), self.templates(ids[half:])
            return Read(one.families | other.families, one.problems + other.problems)
        families: dict[int, list[Raw]] = {}
        for raw in rows:
            template = link_of(raw, "product_tmpl_id")
            if template is not None:
                families.setdefault(template[0], []).append(raw)
        return Read(families)

    def _rows(self, ids: Sequence[int]) -> list[Raw]:
        domain = [("product_tmpl_id", "in", list(ids))]
        pages = self._client.every(VARIANT, domain, self._fields.variant, limit=_PER_PAGE, trusting=True)
        rows = [raw for page in pages for raw in page]
        self._labels.learn(rows)
        return rows

    def _skip(self, template: int, error: PageFailed) -> str:
        self.skipped.add(template)
        if len(self.skipped) > _MOST_SKIPPED:
            raise SourceError(f"Odoo fails on more than {_MOST_SKIPPED} products. {error}") from error
        return f"The product of template {template} was left out: {error}"
