"""Stock figures and availability of a reply against the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tendero.assistant.proof.draft import Draft, Failure, FailureKind, with_variations
from tendero.assistant.proof.numerals import NUMERAL, value
from tendero.catalog.item import Kind
from tendero.catalog.product import Product

# A product's name, masked, may stand between the word and its figure.
_OF_NAME = r"(?: (?:de|del|da|do|of|for) (?:(?:la|el|los|las|the|o|a) )?\0[\0 ]*)?"
_FIGURE = re.compile(
    rf"(?<![\w.,])(?P<before>{NUMERAL}) ?(?:unidad(?:es)?|unid\.?|units?|uds?\.?|ejemplares|exemplares"
    rf"|(?:more )?left"
    r"|en stock|in stock|em estoque|disponibles?|disponive(?:l|is)|available|restantes?|remaining)(?!\w)"
    rf"|\b(?:quedan?|restan?|restam?|sobram?|stock|estoque|existencias|remaining){_OF_NAME}"
    r"[: ]*(?:(?:de|es|is|of|solo|only|just|apenas|so|actual|total)[: ]+)?"
    rf"(?P<after>{NUMERAL})\b(?![.,]?\d)(?!\s?[€$%£])"
)
_OUT = re.compile(
    r"\bagotad[oa]s?\b|\besgotad[oa]s?\b|\bsold out\b|\bout of stock\b|\b(?:sin|sem) (?:stock|estoque"
    r"|existencias)\b"
    r"|\bno (?:hay|queda\w*|tenemos|tiene) (?:\w+ )?(?:stock|existencias|unidades|disponib\w+)\b"
    r"|\b(?:not|isn't|aren't|no longer|no|nao|nem)\b[^.!?\n·;,:]{0,24}?"
    r"\b(?:in stock|available|disponibles?|disponive(?:l|is)|en stock|em estoque)\b"
    r"|\bunavailable\b|\bindisponive(?:l|is)\b|\bno disponibles?\b"
)
_IN = re.compile(
    r"\b(?:en stock|in stock|em estoque|disponibles?|disponive(?:l|is)|available)\b(?!\s+(?:en|in"
    r"|em)\s+(?:vari|\d))"
)


def failures(draft: Draft) -> Iterator[Failure]:
    """Figures that are no product's stock, and availability that the row denies."""
    text = draft.own_words
    for match in _FIGURE.finditer(text):
        figure = value(match["before"] or match["after"])
        if figure not in _quantities(draft.about(match.start())) and not draft.is_in_rows(match[0]):
            yield Failure(FailureKind.STOCK, _shown(draft, match), "not the stock of that product")
    said_out = [match.span() for match in _OUT.finditer(text)]
    for match in _OUT.finditer(text):
        about = _surely_about(draft, match.start())
        if about and all(product.in_stock for product in with_variations(about)):
            yield Failure(FailureKind.STOCK, _shown(draft, match), "the row says it can be bought")
    for match in _IN.finditer(text):
        if any(start <= match.start() < end for start, end in said_out):
            continue
        about = _surely_about(draft, match.start())
        if about and not any(map(_can_be_bought, about)):
            yield Failure(FailureKind.STOCK, _shown(draft, match), "the row says it is out of stock")
        elif about and "sto" in match[0] and all(each.kind is Kind.COURSE for each in about):
            yield Failure(FailureKind.STOCK, _shown(draft, match), "a course has no stock")


def _surely_about(draft: Draft, position: int) -> tuple[Product, ...]:
    """The products of a statement about availability; none for a question or where no line names any."""
    if draft.sentence(position).rstrip().endswith("?"):
        return ()
    if draft.names_in_line(position) or len(draft.products) == 1:
        return draft.about(position)
    return ()


def _can_be_bought(product: Product) -> bool:
    return any(each.in_stock for each in (product.variations or (product,)))


def _quantities(products: Sequence[Product]) -> set[int]:
    rows = with_variations(products)
    counted = {each.stock_quantity for each in rows if each.stock_quantity is not None}
    none_left = {0} if any(not each.in_stock for each in rows) else set()
    return {int(quantity) for quantity in counted if quantity == int(quantity)} | none_left


def _shown(draft: Draft, match: re.Match[str]) -> str:
    return draft.text[match.start() : match.end()]
