"""`tendero eval label`: a shop judges what its search finds for its own customers' queries."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.cli.console import console
from infra.cli.environment import EnvFile, connected

if TYPE_CHECKING:
    from infra.cli.library import Library
    from infra.eval.chats import Query
    from infra.eval.labelling import Place, Sheet
    from tendero.catalog.product import Product

_AT_ONCE = 500
_HELP = (
    "E exact, S substitute, C complement, I irrelevant (or 3 2 1 0) · K skip · N next query · U undo · Q quit"
)


def label(
    judgments: Annotated[
        Path, typer.Option("--judgments", help="The labels; what it holds already is kept.")
    ] = Path("judgments.ndjson"),
    products: Annotated[
        Path, typer.Option("--products", help="Gets the shop's products, to judge by the labels later.")
    ] = Path("products.ndjson.gz"),
    queries: Annotated[
        Path | None, typer.Option("--queries", help="Queries, one a line, instead of those in the chats.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Most queries.")] = 50,
    hits: Annotated[
        int, typer.Option("--hits", min=1, max=50, help="Products of each leg to label per query.")
    ] = 10,
    env_file: EnvFile = None,
) -> None:
    """Label what the search finds for your customers' queries, one key for each product."""
    from infra.cli.library import opened
    from infra.eval import chats
    from infra.eval.labelling import Labelling, Sheet, pooled
    from infra.eval.legs import Legs
    from tendero.catalog import job

    sheet = Sheet(judgments)
    with opened(connected(env_file)) as library:
        library.tell_when_empty()
        wanted = chats.listed(queries, limit) if queries else chats.asked(library.database, limit)
        if not wanted:
            print("No searches yet: --queries FILE gives some, one a line.", file=sys.stderr)
            return
        _export(library, products, sheet)
        embedder = job.models(library.settings, library.secrets).chosen(library.database).active
        legs = Legs(library.database, embedder, library.settings)

        def pool(query: str) -> list[Product]:
            return pooled(legs.ask(query, hits).ranked.values())

        Labelling(wanted, pool, sheet, Terminal()).run(_keys())
    _tell(sheet, [each.text for each in wanted], judgments, products)


def _export(library: Library, file: Path, sheet: Sheet) -> None:
    """What is sold now, and what was labelled when it was."""
    from infra.eval import chats
    from infra.eval import products as goods
    from tendero.catalog.products import by_ids

    ids = chats.shown(library.database)
    now: dict[str, dict[str, Any]] = {}
    while batch := list(islice(ids, _AT_ONCE)):
        for product in by_ids(library.database, batch):
            now |= {goods.id_of(each): goods.line_of(each) for each in (product, *product.variations)}
    labelled = {product for each in sheet.all for product in each.labels}
    before = goods.lines(file) if file.exists() else {}
    goods.write(
        file, (now | {each: before[each] for each in labelled - now.keys() if each in before}).values()
    )


class Terminal:
    """Shows a query once, and then each product to label."""

    def __init__(self) -> None:
        self._output = console()
        self._query = ""

    def show(self, place: Place) -> None:
        from infra.cli.products import price, stock

        if place.query.text != self._query:
            self._query = place.query.text
            self._output.print()
            self._output.print(
                f"Query {place.query_number} of {place.queries}{_frequency(place.query)}", style="dim"
            )
            self._output.print(self._query, style="bold")
            self._output.print(_HELP, style="dim")
        product = place.product
        self._output.print(f"\n  {place.number} of {place.of}  {product.name}")
        parts = (product.brand, " > ".join(product.categories), price(product), stock(product))
        options = (f"{name}: {', '.join(values)}" for name, values in product.attributes.items())
        for line in (" · ".join(filter(None, parts)), "; ".join(options), product.url):
            if line:
                self._output.print(f"       {line}", style="dim")

    def nothing_found(self, query: Query) -> None:
        self._output.print(f"\n{query.text}: nothing is found.")

    def finished(self) -> None:
        self._output.print("\nAll queries are done. U undo · Q quit")

    def refuse(self, key: str) -> None:
        self._output.print(f'  "{key}" means nothing. {_HELP}')


def _keys() -> Iterator[str]:
    """Key by key from a terminal; from a pipe every character that is not blank."""
    if sys.stdin.isatty():
        # Ctrl-D ends it like Q.
        with suppress(EOFError):
            while True:
                yield from typer.getchar()
        return
    for line in sys.stdin:
        yield from "".join(line.split())


def _frequency(query: Query) -> str:
    if not query.conversations:
        return ""
    return f", asked in {query.conversations} conversation{'s' if query.conversations > 1 else ''}"


def _tell(sheet: Sheet, queries: list[str], judgments: Path, products: Path) -> None:
    count = sum(len(each.labels) for each in sheet.all)
    done = sum(sheet.done(each) for each in queries)
    print(f"\n{count} labels in {judgments}; {done} of {len(queries)} queries are done.")
    if count:
        print(f"Judge the search by them: tendero eval search --products {products} --judgments {judgments}")
