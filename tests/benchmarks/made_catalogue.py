"""A made-up catalogue with texts as varied as a shop's, of any size, and what its customers would ask.

Words follow Zipf's law: a few hundred real ones stand in most descriptions, tens of thousands of made-up ones
in few. Brands do as well. The same number gives the same product.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Protocol

from tendero.catalog.item import CatalogItem, Kind, StockStatus

SOURCE = "benchmark"
# Prices are even by order of magnitude between these.
LOWEST, HIGHEST = 2.0, 900.0
_SHOES = ("Zapatilla", "Bota", "Sandalia", "Mocasín", "Pantufla", "Botín")
_CLOTHES = ("Camiseta", "Pantalón", "Chaqueta", "Vestido", "Camisa", "Falda", "Abrigo", "Jersey", "Sudadera")
_THINGS = {
    "Calzado": _SHOES,
    "Ropa": _CLOTHES,
    "Cocina": ("Sartén", "Olla", "Tetera", "Cafetera", "Batidora", "Cuchillo", "Vajilla", "Bandeja", "Horno"),
    "Hogar": (
        "Lámpara", "Alfombra", "Cojín", "Manta", "Cortina", "Espejo", "Reloj", "Cesta", "Perchero", "Vela",
    ),
    "Muebles": ("Mesa", "Silla", "Sofá", "Estantería", "Armario", "Cama", "Escritorio", "Taburete"),
    "Jardín": ("Maceta", "Manguera", "Tijera", "Tumbona", "Sombrilla", "Regadera", "Barbacoa"),
    "Herramientas": ("Taladro", "Martillo", "Sierra", "Destornillador", "Llave", "Lijadora", "Escalera"),
    "Electrónica": (
        "Auricular", "Teclado", "Ratón", "Monitor", "Cargador", "Altavoz", "Cámara", "Cable", "Funda",
    ),
    "Deporte": ("Mochila", "Bicicleta", "Pelota", "Raqueta", "Casco", "Esterilla", "Mancuerna", "Tienda"),
    "Juguetes": ("Muñeca", "Rompecabezas", "Peluche", "Cometa", "Bloque", "Pistola de agua", "Juego de mesa"),
    "Belleza": ("Crema", "Champú", "Perfume", "Jabón", "Cepillo", "Secador", "Esmalte", "Aceite"),
    "Alimentos": ("Café", "Té", "Chocolate", "Galleta", "Miel", "Pasta", "Vino", "Harina", "Mermelada"),
}  # fmt: skip
_KINDS = (
    "plegable", "artesanal", "térmica", "compacta", "reciclada", "acolchada", "impermeable", "ligera",
    "reforzada", "clásica", "infantil", "magnética", "extensible", "portátil", "lavable", "profesional",
    "inalámbrica", "moderna", "vintage", "ajustable", "antideslizante", "ecológica", "premium", "básica",
    "gruesa", "suave", "rústica", "mini",
)  # fmt: skip
_STUFFS = (
    "algodón", "lino", "acero", "bambú", "corcho", "vidrio", "lana", "cuero", "silicona", "cerámica",
    "pino", "aluminio", "mimbre", "fieltro", "seda", "nailon", "mármol", "cobre", "roble", "caucho",
    "poliéster", "papel",
)  # fmt: skip
_USES = (
    "el baño", "excursiones", "la oficina", "regalar", "cocinas pequeñas", "el jardín", "viajar",
    "el invierno", "la terraza", "niños", "correr", "la playa", "el coche", "principiantes", "mascotas",
    "bodas", "estudiantes",
)  # fmt: skip
_COLOURS = (
    "negro", "blanco", "azul", "verde", "rojo", "gris", "amarillo", "marrón", "lila", "rosa", "azul marino",
)  # fmt: skip
_COMMON = (
    "calidad", "producto", "diseño", "ideal", "hogar", "fácil", "uso", "perfecto", "casa", "cómodo",
    "material", "resistente", "tamaño", "ligero", "práctico", "elegante", "duradero", "limpio", "incluye",
    "garantía", "año", "estilo", "color", "regalo", "familia", "interior", "exterior", "alta", "gran",
    "nuevo", "moderno", "natural", "seguro", "rápido", "peso", "acabado", "detalle", "espacio", "forma",
    "base", "mano", "agua", "aire", "luz", "tiempo", "vida", "día", "noche", "verano", "invierno",
    "cuidado", "piel", "capacidad", "potencia", "medida", "sistema", "tecnología", "modelo", "marca",
    "pieza", "juego", "conjunto", "bolsa", "caja", "tapa", "mango",
)  # fmt: skip
_WORDS = 40_000
_BRANDS = 3_000
_VARIED_EVERY = 10


class Catalogue(Protocol):
    """Products by number from 0, and questions about them."""

    def product(self, number: int) -> list[CatalogItem]:
        """The product, followed by its variations."""
        ...

    def question(self, chance: random.Random) -> str: ...

    def common(self, chance: random.Random) -> str:
        """A question of words that most products have."""
        ...


@dataclass(frozen=True)
class _Zipf:
    """Words of which the nth is drawn 1/n times as often as the first."""

    words: Sequence[str]

    @cached_property
    def _weights(self) -> list[float]:
        return list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))

    def draw(self, chance: random.Random, count: int = 1) -> list[str]:
        return chance.choices(self.words, cum_weights=self._weights, k=count)


class MadeCatalogue:
    """See `Catalogue`; `products` is how many there are."""

    def __init__(self, products: int) -> None:
        chance = random.Random(0)
        self._products = products
        self._words = _Zipf([*_COMMON, *_USES, *_STUFFS, *_KINDS, *_invented(chance, _WORDS)])
        self._brands = _Zipf([each.capitalize() for each in _invented(chance, _BRANDS)])

    def product(self, number: int) -> list[CatalogItem]:
        chance = random.Random(number)
        category = chance.choice(list(_THINGS))
        thing = chance.choice(_THINGS[category])
        (brand,) = self._brands.draw(chance)
        kind, stuff, colour = chance.choice(_KINDS), chance.choice(_STUFFS), chance.choice(_COLOURS)
        model = (
            f"{chance.choice('ABCDEFKLMRSTX')}{chance.choice('ABCDEFKLMRSTX')}{chance.randrange(10, 9999)}"
        )
        name = f"{thing} {brand} {kind} de {stuff} {model}"
        item = _offered(
            chance,
            CatalogItem(
                source=SOURCE,
                external_id=str(number),
                name=name,
                sku=f"BM-{number:07d}",
                short_description=f"{thing} {kind} para {chance.choice(_USES)}.",
                description=" ".join(self._sentence(chance) for _ in range(chance.randrange(3, 9))),
                category_name=thing,
                categories=(category, thing),
                brand=brand,
                attributes={"Color": [colour], "Material": [stuff]},
                currency="EUR",
            ),
        )
        return _varied(chance, item, category) if number % _VARIED_EVERY == 0 else [item]

    def question(self, chance: random.Random) -> str:
        (item, *_) = self.product(chance.randrange(self._products))
        thing, stuff = item.category_name or "", item.attributes["Material"][0]
        about, (word,) = item.short_description.rstrip("."), chance.sample(item.description.split()[:8], 1)
        return chance.choice(
            (
                f"{thing} de {stuff}",
                f"{thing} {item.brand}",
                f"busco {about}",
                f"{thing} {stuff} {word}",
                f"¿tienen {thing}s de {stuff} {item.brand}?",
                item.name.rsplit(" ", 1)[0],
            )
        ).lower()

    def common(self, chance: random.Random) -> str:
        return " ".join(chance.sample(_COMMON[:20], 3))

    def _sentence(self, chance: random.Random) -> str:
        return " ".join(self._words.draw(chance, chance.randrange(5, 14))).capitalize() + "."


class JudgedCatalogue:
    """The products of a judged set, repeated with small changes of their text until there are as
    many as asked for; questions are those judged there. Prices and stock are made up."""

    def __init__(self, folder: Path) -> None:
        with gzip.open(folder / "products.ndjson.gz", "rt", encoding="utf-8") as file:
            self._rows = [json.loads(line) for line in file]
        judged = (folder / "judgments-dev.ndjson").read_text(encoding="utf-8").splitlines()
        self._queries = [str(json.loads(line)["query"]) for line in judged]
        self._words = _Zipf(_invented(random.Random(0), _WORDS))

    def product(self, number: int) -> list[CatalogItem]:
        chance = random.Random(number)
        row = self._rows[number % len(self._rows)]
        texts = [row["title"], row["bullet_points"], row["description"]]
        if number >= len(self._rows):
            texts = [self._changed(chance, text) for text in texts]
        categories = tuple(row["category"] or ())
        item = CatalogItem(
            source=SOURCE,
            external_id=str(number),
            name=texts[0],
            sku=f"BM-{number:07d}",
            short_description=texts[1],
            description=texts[2],
            category_name=categories[-1] if categories else None,
            categories=categories,
            brand=row["brand"] or None,
            attributes={"Color": [row["color"]]} if row["color"] else {},
            currency="USD",
        )
        return [_offered(chance, item)]

    def question(self, chance: random.Random) -> str:
        return chance.choice(self._queries)

    def common(self, chance: random.Random) -> str:
        return " ".join(
            chance.sample(("easy", "use", "quality", "perfect", "size", "great", "home", "set"), 3)
        )

    def _changed(self, chance: random.Random, text: str) -> str:
        """One word in ten another one."""
        words = text.split()
        return " ".join(self._words.draw(chance)[0] if chance.random() < 0.1 else each for each in words)


def coloured(chance: random.Random) -> str:
    """What is asked for clothes and shoes, by colour and size."""
    shoes = chance.random() < 0.5
    thing, sizes = chance.choice(_SHOES if shoes else _CLOTHES), _sizes(shoes)
    return f"{thing} {chance.choice(_COLOURS)} talla {chance.choice(sizes)}".lower()


def misspelt(chance: random.Random, question: str) -> str:
    """With one slip in its longest word: a letter too few, or two swapped."""
    word = max(question.split(), key=len)
    at = chance.randrange(1, max(2, len(word) - 2))
    swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    return question.replace(word, chance.choice((word[:at] + word[at + 1 :], swapped)), 1)


def _invented(chance: random.Random, count: int) -> list[str]:
    """Words that look Spanish and are none."""
    first, vowels, ends = "bcdfglmnprstvzj", "aeiou", ("", "", "n", "r", "s", "l")
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = chance.choice((2, 2, 3, 3, 4))
        word = "".join(chance.choice(first) + chance.choice(vowels) for _ in range(syllables))
        found[word + chance.choice(ends)] = None
    return list(found)


def _offered(chance: random.Random, item: CatalogItem) -> CatalogItem:
    """With a price, and a stock that one in five lacks."""
    price = Decimal(f"{LOWEST * (HIGHEST / LOWEST) ** chance.random():.2f}")
    stock = chance.randrange(1, 60) if chance.random() < 0.8 else 0
    sale = round(price * Decimal("0.8"), 2) if chance.random() < 0.1 else None
    return replace(
        item,
        price=sale or price,
        list_price=price,
        sale_price=sale,
        stock_quantity=Decimal(stock),
        stock_status=StockStatus.IN_STOCK if stock else StockStatus.OUT_OF_STOCK,
    )


def _varied(chance: random.Random, item: CatalogItem, category: str) -> list[CatalogItem]:
    """The product in some colours and, where it is worn, sizes."""
    colours = chance.sample(_COLOURS, 3)
    sizes = chance.sample(_sizes(category == "Calzado"), 2) if category in ("Calzado", "Ropa") else ()
    options = {
        "Color": colours,
        **({"Talla": list(sizes)} if sizes else {}),
        "Material": item.attributes["Material"],
    }
    return [replace(item, attributes=options), *_variations(chance, item, colours, sizes)]


def _variations(
    chance: random.Random, item: CatalogItem, colours: Sequence[str], sizes: Sequence[str]
) -> Iterator[CatalogItem]:
    """One for each colour and size, up to a third dearer than the product."""
    assert item.price is not None
    for number, (colour, size) in enumerate((each, size) for each in colours for size in sizes or ("",)):
        price = round(item.price * Decimal(chance.choice((100, 100, 110, 133))) / 100, 2)
        yield replace(
            item,
            external_id=f"{item.external_id}-{number}",
            parent_external_id=item.external_id,
            kind=Kind.VARIATION,
            short_description="",
            description="",
            sku=f"{item.sku}-{number}",
            attributes={"Color": [colour], **({"Talla": [size]} if size else {})},
            price=price,
            list_price=price,
            sale_price=None,
            stock_status=chance.choice((StockStatus.IN_STOCK, StockStatus.OUT_OF_STOCK)),
        )


def _sizes(shoes: bool) -> tuple[str, ...]:
    return tuple(map(str, range(36, 46))) if shoes else ("XS", "S", "M", "L", "XL")
