"""Reads whole templates, several at once, and isolates those that the server fails on."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from tendero.catalog.odoo.client import Client, Raw
from tendero.catalog.odoo.fields import VARIANT, Fields
from tendero.catalog.odoo.labels import Labels
from tendero.catalog.odoo.refusals import PageFailed
from tendero.catalog.odoo.values import id_of
from tendero.platform.errors import SourceError

# More than what is asked for at once, so that one call mostly brings all; less only for giant templates.
_PER_CALL = 1000
# More than this share point to a server that is broken rather than to broken products.
_MOST_SKIPPED_SHARE = 0.05
_ALWAYS_SKIPPED = 10


@dataclass(slots=True)
class Read:
    """The variants of some templates by template, each in order of id; `labels` know what they refer to."""

    labels: Labels
    families: dict[int, list[Raw]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Reader:
    """Reads through one client. Not for several threads.

    `skipped` are templates that the server fails on. `expected` is how many will be asked for: of these only
    a share may be skipped.
    """

    def __init__(self, client: Client, fields: Fields, labels: Labels) -> None:
        self._client = client
        self._fields = fields
        self._labels = labels
        self.skipped: set[int] = set()
        self.expected = 0

    def templates(self, ids: Sequence[int]) -> Read:
        """All variants of these templates. Raises SourceError."""
        read, pending = Read(self._labels.fresh()), deque([ids])
        while pending:
            some = pending.popleft()
            try:
                rows = self._rows(some, read.labels)
            except PageFailed as error:
                if len(some) == 1:
                    read.problems.append(self._skip(some[0], error))
                else:
                    # Both halves before their quarters: failures in a row would open the circuit breaker.
                    pending += some[: len(some) // 2], some[len(some) // 2 :]
                continue
            for raw in rows:
                template = id_of(raw, "product_tmpl_id")
                if template is not None:
                    read.families.setdefault(template, []).append(raw)
        return read

    def _rows(self, ids: Sequence[int], labels: Labels) -> list[Raw]:
        domain = [("product_tmpl_id", "in", list(ids))]
        pages = self._client.every(VARIANT, domain, self._fields.variant, limit=_PER_CALL, trusting=True)
        rows = [raw for page in pages for raw in page]
        labels.learn(rows)
        return rows

    def _skip(self, template: int, error: PageFailed) -> str:
        self.skipped.add(template)
        most = max(_ALWAYS_SKIPPED, int(self.expected * _MOST_SKIPPED_SHARE))
        if len(self.skipped) > most:
            raise SourceError(
                f"Odoo fails on more than {most} of {self.expected} products. {error}"
            ) from error
        return f"The product of template {template} was left out: {error}"
