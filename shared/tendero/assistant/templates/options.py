"""Which options (colour, size …) of a product a customer names, across the three languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tendero.assistant.words import word_set, words
from tendero.catalog.item import Kind
from tendero.catalog.product import Product
from tendero.catalog.search.normalise import root

_COLOURS = {
    form: names.split()[0]
    for names in (
        "rojo roja rojos rojas red vermelho vermelha vermelhos vermelhas",
        "azul azules azuis blue",
        "negro negra negros negras black preto preta pretos pretas",
        "blanco blanca blancos blancas white branco branca brancos brancas",
        "verde verdes green",
        "amarillo amarilla amarillos amarillas yellow amarelo amarela amarelos amarelas",
        "gris grises grey gray cinza cinzas cinzento cinzenta",
        "rosa rosas pink",
        "morado morada morados violeta purple violet roxo roxa lila",
        "naranja naranjas orange laranja",
        "marron marrones brown marrom castanho castanha",
        "beige bege",
        "dorado dorada dorados gold golden dourado dourada",
        "plateado plateada plata silver prateado prateada prata",
        "crema cream creme",
        "turquesa turquoise",
        "granate burdeos burgundy bordo vinho",
        "marino navy marinho",
    )
    for form in names.split()
}
_LETTER_SIZES = word_set("xs s m l xl xxl xxxl p g gg")
_SIZE_WORDS = word_set("talla tallas size sizes tamano tamanho numero number num")
_BEFORE_OPTION = _SIZE_WORDS | word_set("en in em la el the o a un una um uma y e and or ou")


def key(word: str) -> str:
    """What a folded word is compared by: its colour in any language, else its root."""
    return _COLOURS.get(word) or root(word)


def keys(text: str) -> list[str]:
    """`key` of every word of a text, in order."""
    return [key(word) for word in words(text)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Options a customer named: `chosen` values per attribute of the product, and words it does not offer."""

    chosen: dict[str, tuple[str, ...]]
    missing: tuple[str, ...]

    @property
    def any(self) -> bool:
        return bool(self.chosen or self.missing)

    @property
    def text(self) -> str:
        return ", ".join([*(value for values in self.chosen.values() for value in values), *self.missing])


def values(product: Product) -> dict[str, tuple[str, ...]]:
    """The values of each attribute, from the variations where there are any, else from the product."""
    found: dict[str, dict[str, None]] = {}
    for each in product.variations or (product,):
        for name, offered in each.attributes.items():
            found.setdefault(name, {}).update(dict.fromkeys(offered))
    return {name: tuple(offered) for name, offered in found.items() if offered}


def asked(product: Product, message_words: Sequence[str]) -> Asked:
    """What of a product's options these words name. A course has none: its attributes are facts."""
    if product.kind is Kind.COURSE:
        return Asked({}, ())
    said = _said(message_words)
    chosen = {name: _named(offered, said) for name, offered in values(product).items()}
    chosen = {name: named for name, named in chosen.items() if named}
    known = {part for named in chosen.values() for value in named for part in keys(value)}
    known.update(keys(f"{product.name} {product.short_description}"))
    missing = [
        word
        for before, word in zip(("", *message_words), message_words, strict=False)
        if key(word) not in known and (word in _COLOURS or _is_size(word, before))
    ]
    shown = (word.upper() if word in _LETTER_SIZES else word for word in missing)
    return Asked(chosen, tuple(dict.fromkeys(shown)))


def is_option_word(word: str, products: Iterable[Product]) -> bool:
    """Whether a folded word names a colour or a value of an attribute of one of these products."""
    return (
        word in _COLOURS
        or word in _LETTER_SIZES
        or any(
            key(word) in keys(value)
            for product in products
            for offered in values(product).values()
            for value in offered
        )
    )


def fitting(product: Product, choice: Asked) -> list[Product]:
    """The variations that have the chosen values; one without the attribute stands for all its values."""
    return [
        variation
        for variation in product.variations
        if all(
            not variation.attributes.get(name) or set(variation.attributes[name]) & set(wanted)
            for name, wanted in choice.chosen.items()
        )
    ]


def _said(message_words: Sequence[str]) -> set[str]:
    """Keys of the words; a single letter counts where a size can stand (`en M`, `talla L`)."""
    return {
        key(word)
        for before, word in zip(("", *message_words), message_words, strict=False)
        if len(word) > 1 or before in _BEFORE_OPTION or len(message_words) == 1
    }


def _named(offered: Sequence[str], said: set[str]) -> tuple[str, ...]:
    parts = {value: set(keys(value)) for value in offered}
    full = [value for value, own in parts.items() if own and own <= said]
    longest = [value for value in full if not any(parts[value] < parts[other] for other in full)]
    if longest:
        return tuple(longest)
    colours = set(_COLOURS.values()) & said
    return tuple(value for value, own in parts.items() if own & colours)


def _is_size(word: str, before: str) -> bool:
    if len(word) > 1 and word in _LETTER_SIZES:
        return True
    return before in _SIZE_WORDS and (word.isdigit() or word in _LETTER_SIZES)
