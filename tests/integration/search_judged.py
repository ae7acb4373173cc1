"""Judged queries over the demo shop, in three languages: read from search_judgements.tsv, scored, checked.

Grades are those of ESCI: E exactly what was asked for, S a substitute, C a complement; what has none is
irrelevant. A query without any is for something that the shop does not sell. The filters of a query are
what no hit may contradict: `price<=50 price>=20 stock sale colour=rojo colour!=negro size=42 lacks=gluten`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from infra.eval.metrics import ndcg
from tendero.assistant.templates import regular_price
from tendero.catalog.folding import fold
from tendero.catalog.product import Product
from tendero.catalog.search import SearchResult
from tendero.catalog.search.normalise import root

_FILE = Path(__file__).with_name("search_judgements.tsv")
_CONDITION = re.compile(r"(?P<name>\w+?)(?:(?P<sign><=|>=|!=|=)(?P<value>\S+))?")
_RANGE = re.compile(r"(\d+)\s?-\s?(\d+)")
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Query:
    """`labels` are grades by SKU, or by the shop's id where a product has no SKU."""

    language: str
    kind: str
    text: str
    filters: tuple[str, ...]
    labels: dict[str, str]

    def score(self, found: SearchResult) -> float:
        """nDCG@10; of what the shop does not sell, whether the search says so."""
        if not self.labels:
            return float(not found.confident)
        return ndcg([_code(hit.product) for hit in found.hits], self.labels)

    def broken_by(self, found: SearchResult) -> list[str]:
        """The hits that contradict a filter, with it."""
        return [
            f"{condition}: {hit.product.name}"
            for hit in found.hits
            for condition in self.filters
            if not _holds(condition, hit.product)
        ]


def queries() -> list[Query]:
    """All of them, in the file's order."""
    return list(_read(_FILE.read_text(encoding="utf-8").splitlines()))


def _read(lines: Iterable[str]) -> Iterator[Query]:
    for line in lines:
        if not line.startswith("#"):
            language, kind, text, filters, labels = line.split("\t")
            graded = dict(each.split("=") for each in labels.split())
            yield Query(language, kind, text, tuple(filters.split()), graded)


def _code(product: Product) -> str:
    return product.sku or product.external_id


def _holds(condition: str, product: Product) -> bool:
    read = _CONDITION.fullmatch(condition)
    assert read is not None, condition
    value = read["value"] or ""
    sold = product.variations or (product,)
    match read["name"]:
        case "price":
            limit = Decimal(value)
            prices = [each.price for each in sold if each.price is not None]
            return any(each <= limit if read["sign"] == "<=" else each >= limit for each in prices)
        case "stock":
            return any(each.in_stock for each in sold)
        case "sale":
            return any(regular_price(each) is not None for each in sold)
        case "colour":
            shown = _values(sold, "Color")
            if read["sign"] == "!=":
                return not shown or not all(_has_word(each, value) for each in shown)
            return not shown or any(_has_word(each, value) for each in shown)
        case "size":
            shown = _values(sold, "Talla")
            return not shown or any(_is_size(each, value) for each in shown)
        case "lacks":
            return not re.search(rf"\bcontienen? {value}", fold(product.description))
        case other:
            raise ValueError(f"There is no filter {other}.")


def _values(sold: Iterable[Product], name: str) -> list[str]:
    return [value for each in sold for value in each.attributes.get(name, ())]


def _has_word(value: str, word: str) -> bool:
    return root(fold(word)) in {root(each) for each in re.findall(r"\w+", fold(value))}


def _is_size(value: str, wanted: str) -> bool:
    span = _RANGE.search(value)
    if span and wanted.isdigit() and int(span[1]) <= int(wanted) <= int(span[2]):
        return True
    return fold(wanted) in re.findall(r"\w+", fold(value))
