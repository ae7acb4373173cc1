"""Product names in a reply against the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tendero.assistant.proof.draft import Draft, Failure, FailureKind, product_words
from tendero.assistant.words import FUNCTION_WORDS, word_set, words
from tendero.catalog.folding import fold
from tendero.catalog.search.normalise import root

_MARKED = re.compile(
    r"\*\*(?P<bold>[^*\n]+)\*\*|__(?P<under>[^_\n]+)__|[“«\"](?P<quote>[^”»\"\n]{2,120})[”»\"]"
)
_ITEM = re.compile(r"^[ \t]*(?:[-*•–]|\d+[.)]|#{1,4})[ \t]+(?P<item>.+)$", re.MULTILINE)
_ITEM_END = re.compile(
    r"\s[-–—|·]\s|[:(,;]|\.\s|\.$|[€$£]|\s(?:cuesta|costs?|custa|a partir|desde|from)\b", re.IGNORECASE
)
_PROPER = re.compile(r"\b[A-ZÀ-Þ][\w'’-]*(?:\s(?:(?:de|del|da|do|of|&)\s)?(?:[A-ZÀ-Þ][\w'’-]*|\d+\b))+")
_SENTENCE_START = re.compile(r"(?:^|[\n.!?¿¡:])[\s*_>\"“«•–-]*\Z")
_CAPITAL = re.compile(r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Þ]\w{2,}")
_DENIAL = re.compile(
    r"\b(?:no|not|nao|sin|sem|without|none|ningun\w*|nenhum\w*|don't|didn't|couldn't|can't|tampoco"
    r"|lamento|sorry"
    r"|desculpe|lo siento)\b|\?\s*$"
)
# Headings of facts, and what a shop says in bold: none of it names a product.
_PLAIN = {
    root(word)
    for word in word_set(
        """
        precio precios preco precos price prices regular normal sale oferta ofertas promocion promocao
        stock estoque disponible disponibles disponibilidad disponivel disponibilidade available
        availability agotado agotada esgotado esgotada out sold color colores colour colours cor cores
        talla tallas tamano tamanos tamanho tamanhos size sizes marca brand sku codigo code referencia ref
        reference categoria category link enlace descripcion description descricao material materiales
        materials capacidad capacity capacidade peso weight dimensiones dimensions dimensoes medidas
        opciones options opcoes caracteristicas features detalles details detalhes nota note total
        producto productos product products produto produtos unidad unidades units importante aviso
        ultimas variantes variants incluye includes inclui garantia warranty envio shipping frete entrega
        left euros eur usd brl nuevo new novo recomendacion recommendation sugerencia
        curso course temario syllabus programa nivel level modalidad modality modalidade duracion duration
        duracao sesion session sessao clase class aula modulo module leccion lesson licao bono bonus
        inscripcion enrolment inscricao idioma language empieza starts comeca gratis free
        """
    )
}
_FUNCTIONAL = {root(word) for known in FUNCTION_WORDS.values() for word in known}


def failures(draft: Draft) -> Iterator[Failure]:
    """Bold, quoted, listed or capitalised names that fit no row."""
    reported: list[tuple[int, int]] = []
    for start, end, firm in _claims(draft):
        if any(first < end and start < last for first, last in reported):
            continue
        if not _is_borne_out(draft, start, end, firm=firm):
            reported.append((start, end))
            yield Failure(FailureKind.NAME, draft.text[start:end], "no row has this name")


def _claims(draft: Draft) -> Iterator[tuple[int, int, bool]]:
    """Places that may name a product; `firm` where the line also states a price, link or code of it."""
    for match in _ITEM.finditer(draft.text):
        stop = _ITEM_END.search(draft.text, match.start("item"), match.end())
        end = stop.start() if stop else match.end()
        if end > match.start("item") and _states_fact(draft, match.start()):
            yield match.start("item"), end, True
    for match in _MARKED.finditer(draft.text):
        start, end = match.span(match.lastgroup or 0)
        first = draft.text[start:end].strip()[:1]
        if first.isupper() or first.isdigit() or _states_fact(draft, start):
            yield start, end, _states_fact(draft, start)
    for match in _PROPER.finditer(draft.text):
        start = match.start()
        if _SENTENCE_START.search(draft.text, 0, start):
            # The first word of a sentence is capitalised whatever it is.
            start += len(match[0].split()[0]) + 1
        yield start, match.end(), False
    for match in _CAPITAL.finditer(draft.text):
        if _states_fact(draft, match.start()):
            yield match.start(), match.end(), False


def _is_borne_out(draft: Draft, start: int, end: int, *, firm: bool) -> bool:
    left = _content(draft.own_words[start:end])
    if not left:
        return True
    named = [product for each in draft.mentions if start <= each.start < end for product in each.products]
    if named:
        return any(left <= product_words(product) for product in named) or (
            not firm and left <= draft.vocabulary
        )
    if any(
        left <= product_words(product) and _touches_name(left, product.name) for product in draft.products
    ):
        return True
    allowed = draft.vocabulary | (
        draft.customer_words if _may_repeat(draft, start, firm=firm) else frozenset()
    )
    return not (firm and not _denied(draft, start)) and left <= allowed


def _may_repeat(draft: Draft, position: int, *, firm: bool) -> bool:
    """Whether the customer's own words may stand here: an unmarked name, or one denied or asked about."""
    marked = any(match.start() <= position < match.end() for match in _MARKED.finditer(draft.text))
    return _denied(draft, position) or not (firm or marked)


def _denied(draft: Draft, position: int) -> bool:
    return _DENIAL.search(draft.sentence(position)) is not None


def _states_fact(draft: Draft, position: int) -> bool:
    start, end = draft.line(position)
    return any(start <= each.start < end and each.mark for each in draft.amounts) or any(
        start <= each.start < end for each in draft.links
    )


def _touches_name(left: set[str], name: str) -> bool:
    return bool(left & {root(word) for word in words(name)})


def _content(text: str) -> set[str]:
    """Roots of the words in a claim that could name something."""
    return {
        rooted
        for word in words(fold(text))
        if (rooted := root(word)) not in _FUNCTIONAL | _PLAIN
        and not word.replace(".", "").isdigit()
        and len(word) > 1
    }
