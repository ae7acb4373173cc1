"""Every price of a reply against the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from tendero.assistant.proof.draft import Draft, Failure, FailureKind, with_variations
from tendero.catalog.amounts import CURRENCY_WORDS, Amount, amounts
from tendero.catalog.product import Product

_CENT = Decimal("0.01")
_UNIT = re.compile(
    r"\s?(?:[kmc]?g|gr|gramos?|gramas?|kilos?|lb|oz|[mcd]?l|lts?|litros?|lit(?:er|re)s?|[kcm]?m[²³23]?"
    r"|mts?|metros?"
    r"|in(?:ch(?:es)?)?|pulgadas?|polegadas?|[km]?w|kwh|v|m?ah|[gmt]b|[mg]?hz|bar|rpm|px|mp|k|°|º|ª"
    r"|x|×|tazas?|xicaras?|cups?|personas?|people|pessoas?|porciones|paginas?|pages|piezas?|pieces|pecas?"
    r"|unidad(?:es)?|unidades?|units?|horas?|hours?|h|min\w*|seg\w*|dias?|days?|semanas?|weeks?"
    r"|mes(?:es)?|months?"
    r"|anos?|years?|opcion(?:es)?|opco?es|options?|product\w*|produt\w*|model\w*|colou?r\w*|cor(?:es)?"
    r"|tall\w*"
    r"|tamanh?os?|sizes?|estrellas?|stars?|estrelas?)(?!\w)|\s?[\"″']"
)
_PERCENT = re.compile(r"\s?(?:%|por ?ciento|percent|por cento)")
_PRICE_WORD = re.compile(
    r"(?:cuestan?|custam?|costs?|costing|valen?|valem|precios?|precos?|prices?|priced|salen? (?:a|por)"
    r"|sai por"
    r"|antes|ahora|before|was|now|agora|rebajad\w+|oferta|on sale)"
    r"[:=\s]*(?:(?:is|es|e|sao|son|are|at|a|de|por|normal|regular|desde|from|solo|only|just|apenas"
    r"|so)[:\s]+){0,3}$"
)
_PRICE_PREPOSITION = re.compile(r"(?:\bpor|\bfor|\bat|\ba|\bde|\bdesde|\bfrom|\bsolo|\bonly|\bapenas)\s+$")
_LIMIT = re.compile(
    r"\b(?:menos|hasta|debajo|maximo|minimo|at least|under|below|less|up to|most|budget|presupuesto|ate"
    r"|abaixo|orcamento"
    r"|mas de"
    r"|over|above|more|mais de|entre|between|range|rango|superior|inferior)\b.{0,18}$"
)
_NUMBER_WORDS = (
    "un|uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta"
    "|cuarenta|cincuenta"
    "|sesenta|setenta|ochenta|noventa|cien|ciento|quinientos|mil|one|two|three|four|five|six|seven|eight"
    "|nine|ten"
    "|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|um|uma|dois"
    "|duas|quatro"
    "|sete|oito|nove|dez|doze|vinte|trinta|quarenta|cinquenta|sessenta|oitenta|cem|cento"
)
_IN_WORDS = re.compile(rf"\b(?:{_NUMBER_WORDS})\s+(?:{'|'.join(sorted(CURRENCY_WORDS))})\b")


def failures(draft: Draft) -> Iterator[Failure]:
    """Prices, discounts and sums that are no price of the product they are said of."""
    for amount in draft.amounts:
        shown = draft.text[amount.start : amount.end]
        if _PERCENT.match(draft.unnamed, amount.end):
            if not _percentage_in_rows(draft, amount):
                yield Failure(FailureKind.PRICE, f"{shown} %", "no row states this percentage")
        elif _is_price(draft, amount) and not _is_customers_limit(draft, amount):
            about = draft.about(amount.start)
            if not _is_price_of(amount, about) and not _is_stated(draft, amount):
                names = ", ".join(product.name for product in about[:3])
                yield Failure(FailureKind.PRICE, shown, f"not a price of {names or 'any row'}")
    for match in _IN_WORDS.finditer(draft.own_words):
        yield Failure(FailureKind.PRICE, draft.text[match.start() : match.end()], "write prices in figures")


def prices(products: Sequence[Product]) -> set[Decimal]:
    """All prices of these products and their variations, rounded to cents."""
    return {
        amount.quantize(_CENT, ROUND_HALF_UP)
        for product in with_variations(products)
        for amount in (product.price, product.price_max, product.list_price, product.sale_price)
        if amount is not None
    }


def _is_price(draft: Draft, amount: Amount) -> bool:
    """Whether a number is said to be a price: by its currency, by the words before it, or by its form."""
    if amount.mark:
        return True
    line, _ = draft.line(amount.start)
    before, after = draft.unnamed[line : amount.start], draft.unnamed[amount.end :]
    if _UNIT.match(after):
        return False
    if _PRICE_WORD.search(before[-40:]):
        return True
    if _PRICE_PREPOSITION.search(before[-12:]) and re.match(r"\s*(?:[.!?;)\n]|$)", after):
        return not draft.is_in_rows(amount.number)
    looks_like_price = re.search(r"[.,]\d{2}$", amount.number) or re.search(r"\d[.,]\d{3}$", amount.number)
    return bool(looks_like_price) and not draft.is_in_rows(amount.number)


def _is_price_of(amount: Amount, products: Sequence[Product]) -> bool:
    return any(
        amount.value.quantize(_CENT, ROUND_HALF_UP) in prices((product,))
        and amount.can_be(_currency(product))
        for product in products
    )


def _currency(product: Product) -> str | None:
    return product.currency or next((each.currency for each in product.variations if each.currency), None)


def _is_customers_limit(draft: Draft, amount: Amount) -> bool:
    """The customer's own budget, or that of a search, said back: `por menos de 50 €`."""
    own = {each.value for each in amounts(draft.message)} | draft.limits
    return amount.value in own and _LIMIT.search(draft.unnamed[: amount.start][-40:]) is not None


def _is_stated(draft: Draft, amount: Amount) -> bool:
    """What the shop says of itself, in a line that names no product whose price it could seem to be."""
    return amount.value in draft.stated_amounts and not draft.names_in_line(amount.start)


def _percentage_in_rows(draft: Draft, amount: Amount) -> bool:
    pattern = re.compile(rf"(?<![\d.,]){re.escape(amount.number)}\s?(?:%|por ?ciento|percent|por cento)")
    return any(pattern.search(text) for text in draft.row_texts)
