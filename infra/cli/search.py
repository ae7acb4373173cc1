"""`tendero search`: what the search finds."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.cli import explanation
from infra.cli.console import console
from infra.cli.environment import EnvFile, Json, connected

if TYPE_CHECKING:
    from tendero.catalog.search import Hit, SearchResult


def search(
    text: Annotated[str, typer.Argument(help="What a customer would look for.")],
    in_stock: Annotated[bool, typer.Option("--in-stock", help="Only what can be bought now.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="Most products to show.")] = 10,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell how the question was read and why each product is there.")
    ] = False,
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Search the synced catalogue. With --json the explanation is always there."""
    if not text.strip():
        raise typer.BadParameter("The text to search for is empty.")
    from infra.cli.library import opened
    from tendero.catalog.embedders.choose import by_name, embedder
    from tendero.catalog.search import ProductSearch

    with opened(connected(env_file)) as library:
        library.tell_when_empty()
        chosen = embedder(library.settings, library.secrets)
        find = by_name(library.settings, library.secrets)
        found = ProductSearch(library.database, chosen, library.settings, find).search(
            text, in_stock=in_stock, limit=limit
        )
    if as_json:
        print(json.dumps(_described(found), ensure_ascii=False, indent=2))
        return
    if explain:
        explanation.show_question(console(), found)
    _show(found)
    if explain:
        explanation.show_hits(console(), found)
    if found.vector_problem:
        print(f"Searched by words only: {found.vector_problem}", file=sys.stderr)


def _described(found: SearchResult) -> dict[str, Any]:
    from infra.cli.products import as_json

    return {
        "hits": [
            {
                "score": hit.score,
                "resembles": _resembles(hit),
                "legs": list(hit.legs),
                "why": explanation.of_hit(hit),
                "product": as_json(hit.product),
            }
            for hit in found.hits
        ],
        "understood": explanation.of_question(found),
        "exact": found.exact,
        "confident": found.confident,
        "vector_used": found.vector_used,
        "vector_problem": found.vector_problem or None,
        "milliseconds": found.milliseconds,
    }


def _show(found: SearchResult) -> None:
    from rich.table import Table

    output = console()
    if not found.hits:
        output.print("Nothing found.")
        return
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for heading in ("", "name", "SKU", "price", "stock", "found by"):
        table.add_column(heading)
    alike = [hit for hit in found.hits if _resembles(hit)]
    others = [hit for hit in found.hits if not _resembles(hit)]
    for number, hit in enumerate(alike, start=1):
        table.add_row(str(number), *_cells(hit))
    if others:
        table.add_row("", "less alike:", style="dim")
    for number, hit in enumerate(others, start=len(alike) + 1):
        table.add_row(str(number), *_cells(hit), style="dim")
    output.print(table)
    spent = ", ".join(f"{name} {value:.0f}" for name, value in found.milliseconds.items())
    output.print(f"{'exact code; ' if found.exact else ''}milliseconds: {spent}", style="dim")


def _cells(hit: Hit) -> tuple[str, ...]:
    from infra.cli.products import price, stock

    product = hit.product
    return product.name, product.sku or "–", price(product), stock(product), ", ".join(hit.legs)


def _resembles(hit: Hit) -> bool:
    """By the rule that answers to customers go by."""
    from tendero.assistant.templates import Candidate

    return Candidate(hit.product, hit.score).resembles
