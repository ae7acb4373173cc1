"""Why a search gave what it gave: how the question was read, and what put each product where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from tendero.catalog.search import Hit, SearchResult
    from tendero.catalog.search.filters import Demand
    from tendero.catalog.search.question import Word


def of_question(found: SearchResult) -> dict[str, Any]:
    """For JSON: the words searched for, the unwanted, the filters that hold or were given up, corrections."""
    from tendero.catalog.search.filters import demands

    question = found.question
    return {
        "words": [_word(each) for each in question.words] if question else [],
        "without": [each.text for each in question.negated] if question else [],
        "filters": [_demand(each) for each in demands(found.filters)] if found.filters else [],
        "given_up": [_demand(each) for each in found.relaxed],
        "corrected": dict(found.corrected),
    }


def of_hit(hit: Hit) -> dict[str, Any] | None:
    """For JSON: the figures of `Why`; None where a code or the filters alone found the product."""
    return None if hit.why is None else {**asdict(hit.why), "words": list(hit.why.words)}


def show_question(output: Console, found: SearchResult) -> None:
    told = of_question(found)
    words = ", ".join(_spoken(each) for each in told["words"])
    lines = [
        ("words", words),
        ("without", ", ".join(told["without"])),
        ("filters", _listed(told["filters"])),
        ("given up", _listed(told["given_up"])),
        ("corrected", ", ".join(f"{typed} → {word}" for typed, word in told["corrected"].items())),
    ]
    for name, value in lines:
        if value:
            output.print(f"{name:<10} {value}", markup=False, highlight=False)


def show_hits(output: Console, found: SearchResult) -> None:
    from rich.table import Table

    hits = [hit for hit in found.hits if hit.why is not None]
    if not hits:
        return
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    headings = (
        "total",
        "words",
        "of them",
        "vectors",
        "like the best",
        "without",
        "brand",
        "found in it",
        "name",
    )
    for heading in headings:
        table.add_column(heading, justify="left" if heading in ("found in it", "name") else "right")
    for hit in hits:
        table.add_row(*_cells(hit))
    output.print(table)
    output.print(
        "total = without x (words + weight x (vectors + like the best)) + brand; #n is the place by that leg"
        " alone; weight is less than 1 where the vectors are trusted less.",
        style="dim",
    )


def _cells(hit: Hit) -> Sequence[str]:
    why = hit.why
    assert why is not None
    return (
        f"{why.total:.3f}",
        _placed(why.lexical if why.lexical_rank else None, why.lexical_rank),
        f"{why.coverage:.0%}",
        _placed(why.similarity, why.vector_rank),
        "–" if why.likeness is None else f"{why.likeness:.2f}",
        f"{why.kept:.2f}",
        "yes" if why.branded else "–",
        ", ".join(why.words) or "–",
        hit.product.name,
    )


def _placed(value: float | None, rank: int | None) -> str:
    place = f" #{rank}" if rank is not None else ""
    return "–" if value is None else f"{value:.2f}{place}"


def _word(word: Word) -> dict[str, Any]:
    return {"text": word.text, "mass": word.mass, "translations": list(word.translations)}


def _spoken(word: dict[str, Any]) -> str:
    also = f" (also {', '.join(word['translations'])})" if word["translations"] else ""
    return f"{word['text']}{also}" if word["mass"] else f"({word['text']})"


def _demand(demand: Demand) -> dict[str, Any]:
    held = demand.alone
    low, high = held.price_min, held.price_max
    return {
        "name": demand.name,
        "value": demand.label or None,
        "from": None if low is None else str(low),
        "to": None if high is None else str(high),
    }


def _listed(told: Sequence[dict[str, Any]]) -> str:
    return "; ".join(_said(each) for each in told)


def _said(demand: dict[str, Any]) -> str:
    ends = [f"{name} {demand[name]}" for name in ("from", "to") if demand[name] is not None]
    value = " ".join([*ends, *filter(None, (demand["value"],))])
    return f"{demand['name'].replace('_', ' ')} {value}".strip()
