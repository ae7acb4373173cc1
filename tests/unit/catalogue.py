"""A small shop for the assistant's tests: fifteen products, and a search over them in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from tendero.assistant.words import content_words, words
from tendero.catalog.item import Kind, StockStatus
from tendero.catalog.product import Product
from tendero.catalog.search.filters import Demand, Filters
from tendero.catalog.search.normalise import root
from tendero.platform.deadline import Deadline

OUT = StockStatus.OUT_OF_STOCK
BACKORDER = StockStatus.ON_BACKORDER


def product(number: int, name: str, price: str | None, **more: Any) -> Product:
    """A product in euros, with a link on shop.example."""
    amount = None if price is None else Decimal(price)
    values = {
        "id": number,
        "source": "woocommerce",
        "external_id": str(1000 + number),
        "kind": Kind.PRODUCT,
        "name": name,
        "currency": "EUR",
        "price": amount,
        "list_price": amount,
        "url": f"https://shop.example/producto/{number}",
        **more,
    }
    return Product(**values)


def variable(number: int, name: str, variations: Sequence[Product], **more: Any) -> Product:
    """A product whose prices are those of its variations."""
    prices = [each.price for each in variations if each.price is not None]
    whole = product(number, name, str(min(prices)), variations=tuple(variations), **more)
    return replace(whole, price_max=max(prices) if max(prices) != min(prices) else None)


def _variation(number: int, price: str, attributes: dict[str, list[str]], **more: Any) -> Product:
    return product(number, "", price, kind=Kind.VARIATION, attributes=attributes, url=None, **more)


CATALOGUE: tuple[Product, ...] = (
    product(
        1,
        "Cafetera italiana Lucca 6 tazas",
        "24.90",
        sku="CAF-102",
        stock_quantity=Decimal(7),
        category_name="Cafeteras",
        brand="Lucca",
        short_description="Cafetera de aluminio para seis tazas. Apta para gas y vitrocerámica.",
    ),
    product(
        2,
        "Cafetera de émbolo Oslo 1 L",
        "31.50",
        sku="CAF-210",
        category_name="Cafeteras",
        short_description="Jarra de vidrio con filtro de acero.",
    ),
    product(
        3,
        "Cafetera espresso Roma",
        "189.00",
        list_price=Decimal("219.00"),
        sale_price=Decimal("189.00"),
        sku="CAF-300",
        stock_quantity=Decimal(1),
        category_name="Cafeteras",
    ),
    product(4, "Molinillo manual Brisa", "39.95", sku="MOL-11", stock_status=OUT, category_name="Molinillos"),
    product(5, "Molinillo eléctrico Volta", "64.00", stock_quantity=Decimal(12), category_name="Molinillos"),
    variable(
        6,
        "Taza de gres Alba",
        [
            _variation(61, "12.00", {"Color": ["Azul"]}, sku="TAZ-AZ", stock_quantity=Decimal(9)),
            _variation(62, "12.00", {"Color": ["Rojo"]}, sku="TAZ-RO", stock_status=OUT),
            _variation(63, "13.50", {"Color": ["Verde oliva"]}, sku="TAZ-VE", stock_quantity=Decimal(3)),
        ],
        category_name="Tazas",
    ),
    product(7, "Taza esmaltada Campo", "9.90", stock_status=BACKORDER, category_name="Tazas"),
    variable(
        8,
        "Camiseta Barista",
        [
            _variation(81, "19.90", {"Color": ["Negro"], "Talla": ["M"]}, stock_quantity=Decimal(4)),
            _variation(82, "19.90", {"Color": ["Negro"], "Talla": ["L"]}, stock_status=OUT),
            _variation(83, "21.90", {"Color": ["Blanco"], "Talla": ["L"]}),
        ],
        category_name="Ropa",
    ),
    product(9, "Café Colombia Huila en grano 1 kg", "22.00", sku="8412345678905", category_name="Café"),
    product(10, "Café descafeinado molido 250 g", "6.40", stock_quantity=Decimal(30), category_name="Café"),
    product(
        11, "Botella térmica Norte 500 ml", "27.00", category_name="Botellas", attributes={"Color": ["Gris"]}
    ),
    product(12, "Garrafa térmica Serra 1 L", "45.00", currency="BRL", category_name="Garrafas"),
    product(
        13,
        "Caneca de cerâmica Lua",
        "39.90",
        currency="BRL",
        stock_quantity=Decimal(2),
        category_name="Canecas",
    ),
    product(14, "Travel mug Harbour", "18.00", category_name="Mugs", stock_quantity=Decimal(6)),
    product(15, "Curso de latte art", None, kind=Kind.COURSE, category_name="Cursos"),
)
BY_ID = {each.id: each for each in CATALOGUE}


@dataclass(frozen=True)
class Hit:
    product: Product
    score: float = 1.0


@dataclass(frozen=True)
class Result:
    hits: tuple[Hit, ...]
    exact: bool = False
    filters: Filters | None = None
    relaxed: tuple[Demand, ...] = ()
    corrected: Mapping[str, str] = field(default_factory=dict)


@dataclass
class MemorySearch:
    """Products that share a word with the query, most shared words first."""

    products: Sequence[Product] = CATALOGUE
    asked: list[str] = field(default_factory=list)

    def search(
        self, text: str, *, in_stock: bool = False, limit: int = 10, deadline: Deadline | None = None
    ) -> Result:
        self.asked.append(text)
        codes = [each for each in self.products if each.sku and each.sku.lower() in text.lower()]
        if codes:
            return Result(tuple(map(Hit, codes)), exact=True)
        wanted = set(map(root, content_words(text)))
        scored = [
            (len(wanted & _roots(each)) / max(1, len(wanted)), each)
            for each in self.products
            if each.in_stock or not in_stock
        ]
        kept = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
        return Result(tuple(Hit(each, score) for score, each in kept[:limit]))


def _roots(item: Product) -> set[str]:
    return set(map(root, words(f"{item.name} {item.category_name} {item.short_description}")))


@dataclass(frozen=True)
class Details:
    product: Product | None
    live: bool = True
    reason: str = ""


@dataclass
class MemoryShop:
    """Live details from memory. With `down`, the last record and the reason."""

    products: Sequence[Product] = CATALOGUE
    down: bool = False
    asked: list[int | str | None] = field(default_factory=list)

    def __call__(
        self, *, product_id: int | None = None, sku: str | None = None, deadline: Deadline
    ) -> Details:
        self.asked.append(product_id if product_id is not None else sku)
        found = next(
            (each for each in self.products if each.id == product_id or (sku and each.sku == sku)), None
        )
        return Details(found, live=not self.down, reason="the shop does not answer" if self.down else "")
