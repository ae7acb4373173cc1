"""A large made-up catalogue for benchmarks: the same `n` and `seed` give the same shop."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from infra.local.demo_shop.records import Attribute, AttributeKind, Catalogue, Image, Item, Term, slugify

_START = datetime(2025, 1, 7, 8, 0, tzinfo=UTC)
_THINGS = (
    "Cesta", "Lámpara", "Manta", "Cuaderno", "Tetera", "Mochila", "Alfombra", "Botella", "Silla", "Cojín",
    "Vajilla", "Linterna", "Bufanda", "Maceta", "Estuche", "Reloj", "Bandeja", "Percha", "Toalla", "Mesa",
)  # fmt: skip
_KINDS = (
    "plegable", "artesanal", "térmica", "compacta", "reciclada", "acolchada", "impermeable", "ligera",
    "reforzada", "clásica", "infantil", "magnética", "extensible", "portátil", "lavable",
)  # fmt: skip
_STUFF = (
    "algodón", "lino", "acero", "bambú", "corcho", "vidrio", "lana", "cuero", "silicona", "cerámica",
    "pino", "aluminio", "mimbre", "fieltro",
)  # fmt: skip
_USES = (
    "para el baño", "para excursiones", "para la oficina", "para regalar", "para cocinas pequeñas",
    "para el jardín", "para viajar en tren", "para guardar juguetes", "para el invierno", "para la terraza",
)  # fmt: skip
_COLOURS = ("Negro", "Blanco", "Azul", "Verde", "Rojo", "Gris", "Mostaza", "Teja", "Lila")


def catalogue(n: int, seed: int, variations: int = 4, every: int = 4) -> Catalogue:
    """`n` products in 20 categories; each `every`-th one is variable (none when `variations` is 0)."""
    chance = random.Random(seed)
    categories = [Term(20 + i, thing, slugify(thing)) for i, thing in enumerate(_THINGS)]
    colour = AttributeKind(1, "Color")
    items: list[Item] = []
    next_id = 100
    for number in range(1, n + 1):
        item = _product(chance, next_id, number, len(_THINGS))
        items.append(item)
        next_id += 2
        if variations and number % every == 0:
            children = _variations(item, next_id, variations)
            item.attributes = [Attribute(1, "Color", list(_COLOURS[:variations]), variation=True)]
            items += children
            next_id += len(children)
    return Catalogue(items, categories, attributes=[colour])


def _product(chance: random.Random, item_id: int, number: int, categories: int) -> Item:
    place = chance.randrange(categories)
    kind, stuff, use = chance.choice(_KINDS), chance.choice(_STUFF), chance.choice(_USES)
    name = f"{_THINGS[place]} {kind} de {stuff} {number}"
    created = _START + timedelta(minutes=17 * number)
    price = f"{chance.randrange(199, 19_999) / 100:.2f}"
    sentences = [_sentence(chance, f"{name} {use}") for _ in range(3)]
    item = Item(
        item_id, name, created, created, slug=slugify(name), sku=f"SIN-{number:06d}",
        description="".join(sentences), short_description=f"<p>{name} {use}.</p>\n",
        regular_price=price, manage_stock=True, stock_quantity=chance.randrange(0, 60),
        weight=f"{chance.randrange(1, 40) / 10}", category_ids=[20 + place],
        images=[Image(item_id + 1, slugify(name))], global_unique_id=f"29{number:011d}",
    )  # fmt: skip
    item.stock_status = "instock" if item.stock_quantity else "outofstock"
    if number % 5 == 0:
        item.sale_price = f"{float(price) * 0.8:.2f}"
    return item


def _sentence(chance: random.Random, subject: str) -> str:
    stuff = f"{chance.choice(_STUFF)} y {chance.choice(_STUFF)}"
    size = f"{chance.randrange(10, 90)} cm y pesa {chance.randrange(100, 3000)} g"
    return f"<p>{subject}, de {stuff}, {chance.choice(_KINDS)} y {chance.choice(_KINDS)}. Mide {size}.</p>\n"


def _variations(parent: Item, first_id: int, count: int) -> list[Item]:
    parent.type, parent.manage_stock, parent.stock_quantity = "variable", False, None
    children = []
    for position, colour in enumerate(_COLOURS[:count]):
        child = Item(
            first_id + position, parent.name, parent.created, parent.created, type="variation",
            slug=f"{parent.slug}-{slugify(colour)}", parent_id=parent.id, sku=f"{parent.sku}-{position + 1}",
            regular_price=parent.regular_price, sale_price=parent.sale_price, options={"Color": colour},
            manage_stock=True, stock_quantity=position * 3, menu_order=position,
            stock_status="instock" if position else "outofstock",
        )  # fmt: skip
        children.append(child)
    parent.regular_price = parent.sale_price = ""
    parent.children = [child.id for child in children]
    return children
