"""What variations take from their product."""

from __future__ import annotations

from dataclasses import dataclass

from tendero.catalog.item import CatalogItem


@dataclass(frozen=True, slots=True)
class Parent:
    """A product that is sold in variations. `options` are those that vary; `children` the ids it lists,
    disabled ones included. A walk keeps one of these for each such product: no texts."""

    external_id: str
    name: str
    sku: str | None
    category_id: int | None
    category_name: str | None
    categories: tuple[str, ...]
    brand: str | None
    image_url: str | None
    is_active: bool
    options: dict[str, list[str]]
    children: tuple[int, ...]

    @classmethod
    def of(cls, item: CatalogItem, options: dict[str, list[str]], children: tuple[int, ...]) -> Parent:
        return cls(
            external_id=item.external_id,
            name=item.name,
            sku=item.sku,
            category_id=item.category_id,
            category_name=item.category_name,
            categories=item.categories,
            brand=item.brand,
            image_url=item.image_url,
            is_active=item.is_active,
            options=options,
            children=children,
        )
