"""A shop's tree of categories: products name only those that they are assigned to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tendero.catalog.text import one_line
from tendero.catalog.woocommerce.client import Client
from tendero.catalog.woocommerce.listing import Listing
from tendero.platform.errors import SourceError

_LIST = "products/categories"
_MOST_READINGS = 3


@dataclass(frozen=True, slots=True)
class Categories:
    """`terms` maps a category's id to its parent's, 0 at the top, and its name."""

    terms: Mapping[int, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Categories:
        """From rows of /products/categories, each with an id."""
        return cls({row["id"]: (_parent(row), _name(row)) for row in rows})

    @classmethod
    def restored(cls, kept: Any) -> Categories | None:
        """From what `as_json` gave; None where there is none."""
        return None if kept is None else cls({int(each): (up, name) for each, (up, name) in kept.items()})

    def as_json(self) -> dict[str, tuple[int, str]]:
        return {str(each): self.terms[each] for each in sorted(self.terms)}

    @property
    def digest(self) -> str:
        """12 hexadecimal digits that identify the tree."""
        return hashlib.sha256(json.dumps(self.as_json()).encode()).hexdigest()[:12]

    def above(self, category: int) -> Iterator[str]:
        """The names of a category's ancestors, from its parent up to the root."""
        met = {category}
        parent, _ = self.terms.get(category, (0, ""))
        while parent in self.terms and parent not in met:
            met.add(parent)
            parent, name = self.terms[parent]
            if name:
                yield name

    def extends(self, earlier: Categories) -> bool:
        """Whether every category of `earlier` is still there, by the same name and below the same one."""
        return earlier.terms.items() <= self.terms.items()


def read(client: Client) -> tuple[Categories | None, str]:
    """The tree; or None, and in words why it cannot be read: a shop can be read without it."""
    before: Categories | None = None
    try:
        for _ in range(_MOST_READINGS):
            listing = Listing(client, _LIST, {"_fields": "id,name,parent"}, divide=False)
            found = Categories.of(row for page in listing for row in page.rows)
            # Where totals are hidden, or count what a plugin filters out, the same twice is believed.
            if listing.consistent or (found.terms and found == before):
                return found, ""
            before = found
    except SourceError as error:
        return None, f"The tree of categories cannot be read, so larger categories may be missing: {error}"
    return None, f"The shop's list {_LIST} never came whole, so larger categories may be missing."


def _parent(row: Mapping[str, Any]) -> int:
    parent = row.get("parent")
    return parent if type(parent) is int else 0


def _name(row: Mapping[str, Any]) -> str:
    name = row.get("name")
    return one_line(name) if isinstance(name, str) else ""
