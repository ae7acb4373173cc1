"""What has come of a walk, here or in the process that began it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tendero.catalog.odoo.census import Family


@dataclass(slots=True)
class Arrivals:
    """Ids of the templates and variants that came. `alone` are templates without a row of their own: what may
    be held as one has to go.

    `read_as` stands for the database, the language and all else that decides what a row looks like.
    """

    read_as: str
    templates: set[int] = field(default_factory=set)
    variants: set[int] = field(default_factory=set)
    alone: set[int] = field(default_factory=set)

    def add(self, families: Mapping[int, Collection[int]], parents: Collection[int]) -> dict[str, Any] | None:
        """Notes variants by template, those in `parents` with a row of their own; gives the mark of their
        page, as JSON, which `take` understands in another process. None where nothing came."""
        templates = sorted(families)
        variants = [each for template in templates for each in families[template]]
        if not templates:
            return None
        self._note(templates, variants, parents)
        return {
            "read_as": self.read_as,
            "templates": templates,
            "variants": variants,
            "parents": sorted(parents),
        }

    def take(self, marks: Sequence[Mapping[str, Any]]) -> bool:
        """Notes what these marks tell; false, and nothing is noted, where one was read as something else."""
        if any(mark.get("read_as") != self.read_as for mark in marks):
            return False
        for mark in marks:
            self._note(mark["templates"], mark["variants"], mark["parents"])
        return True

    def whole(self, families: Mapping[int, Family]) -> set[int]:
        """The templates of these that came with all the variants that customers may see."""
        return {
            each
            for each in self.templates & families.keys()
            if self.variants.issuperset(families[each].visible)
        }

    def _note(self, templates: Iterable[int], variants: Iterable[int], parents: Collection[int]) -> None:
        self.templates.update(templates)
        self.variants.update(variants)
        self.alone.update(templates)
        # A template may come twice, and have had its row only once.
        self.alone.difference_update(parents)
