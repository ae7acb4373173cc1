"""Which variants there are: a cheap complete list, from which everything else is decided."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tendero.catalog.odoo.client import Client, Raw
from tendero.catalog.odoo.fields import TEMPLATE, VARIANT, Fields
from tendero.catalog.odoo.mapping import is_visible, parent_id
from tendero.catalog.odoo.values import flag_of, id_of

_PER_PAGE = 2000
# Of whole templates.
_BARE_PER_PAGE = 500


@dataclass(slots=True)
class Family:
    """The variants of one template: those in use, and among them those that customers may see."""

    size: int = 0
    active: list[int] = field(default_factory=list)
    visible: list[int] = field(default_factory=list)

    @property
    def has_parent(self) -> bool:
        """Whether the template has a row of its own beside its variants'."""
        return len(self.active) > 1


@dataclass(slots=True)
class Census:
    """Families by template id, and the template of each variant. `bare` are templates without variants, with
    whether customers may see them."""

    families: dict[int, Family] = field(default_factory=dict)
    template_of: dict[int, int] = field(default_factory=dict)
    bare: dict[int, bool] = field(default_factory=dict)

    def fill(self, client: Client, fields: Fields, columns: Sequence[str]) -> Iterator[list[Raw]]:
        """Counts page by page, and gives each page's variants with these columns, `fields.identity` at least;
        with those only where the server fails on more. Raises SourceError."""
        for page in client.every(VARIANT, [], columns, limit=_PER_PAGE, lesser=fields.identity):
            for raw in page:
                self._add(raw)
            yield page

    def fill_bare(self, client: Client, fields: Fields) -> Iterator[list[Raw]]:
        """Counts the templates without variants, and gives them whole. Raises SourceError."""
        domain = [("product_variant_ids", "=", False)]
        for page in client.every(TEMPLATE, domain, fields.template, limit=_BARE_PER_PAGE):
            self.bare.update((raw["id"], is_visible(raw)) for raw in page)
            yield page

    def _add(self, raw: Raw) -> None:
        template = id_of(raw, "product_tmpl_id")
        if template is None:
            return
        self.template_of[raw["id"]] = template
        family = self.families.get(template) or self.families.setdefault(template, Family())
        family.size += 1
        if flag_of(raw, "active"):
            family.active.append(raw["id"])
        if is_visible(raw):
            family.visible.append(raw["id"])

    @property
    def items(self) -> int:
        """How many rows of the catalogue these are."""
        parents = sum(family.has_parent for family in self.families.values())
        return len(self.template_of) + parents + len(self.bare)

    def expected(self) -> tuple[set[str], dict[str, str]]:
        """External ids that customers may see: of products, and of variations with their parents'."""
        products = {parent_id(each) for each, visible in self.bare.items() if visible}
        variations: dict[str, str] = {}
        for template, family in self.families.items():
            shown = {str(each) for each in family.visible}
            if shown and family.has_parent:
                products.add(parent_id(template))
                variations.update(dict.fromkeys(shown, parent_id(template)))
            else:
                products |= shown
        return products, variations

    def sizes(self, templates: Collection[int]) -> dict[int, int]:
        """How many variants those of these templates have that were counted."""
        return {each: self.families[each].size for each in templates if each in self.families}


def batches(sizes: Mapping[int, int], most: int) -> Iterator[list[int]]:
    """Templates in order, in groups of about `most` variants."""
    group: list[int] = []
    held = 0
    for template in sorted(sizes):
        if group and held + sizes[template] > most:
            yield group
            group, held = [], 0
        group.append(template)
        held += sizes[template]
    if group:
        yield group
