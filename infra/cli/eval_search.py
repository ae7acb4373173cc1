"""`tendero eval search`: the search's figures on judged queries, and two runs of them beside each other."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.cli.console import console
from infra.cli.environment import EnvFile, Json, user_variables

if TYPE_CHECKING:
    from infra.eval.compare import Comparison
    from infra.eval.run import Run
    from infra.eval.trial import Tell


def search(
    products: Annotated[
        Path | None, typer.Option("--products", help="Products, one JSON object a line (.gz too).")
    ] = None,
    judgments: Annotated[
        Path | None, typer.Option("--judgments", help="Judged queries, one JSON object a line (.gz too).")
    ] = None,
    save: Annotated[Path | None, typer.Option("--save", help="Keep the run here, for --compare.")] = None,
    png: Annotated[Path | None, typer.Option("--png", help="Draw the figures into this file.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only so many queries, the first ones.")
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", help="Two saved runs, the older first: their difference."),
    ] = None,
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Judge the search over a file of products, in a database of its own, or compare two such runs."""
    if compare is not None:
        if any((products, judgments, save, png, limit)):
            raise typer.BadParameter("--compare takes two saved runs and nothing else.")
        _compare(*compare, as_json=as_json)
        return
    if products is None or judgments is None:
        raise typer.BadParameter("--products and --judgments name the files to judge by.")
    _may_be_written(save, png)
    run = _judged(products, judgments, limit, env_file)
    if save is not None:
        from infra.eval.run import save as keep

        keep(run, save)
    if png is not None:
        _draw(run, png, judgments)
    if as_json:
        print(json.dumps(run.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(run)


def _judged(products: Path, judgments: Path, limit: int | None, env_file: Path | None) -> Run:
    from infra.eval import judged
    from infra.eval import products as goods
    from infra.eval.judging import judge

    variables, _ = user_variables(env_file)
    items, queries = goods.read(products), judged.read(judgments)[:limit]
    with _ended_in_order(), _telling() as tell:
        run = judge(items, queries, variables, tell)
    if run.about["labels_without_product"]:
        print(
            f"{run.about['labels_without_product']} products with a label are not in {products}: nothing can"
            " find them.",
            file=sys.stderr,
        )
    return run


def _compare(first: Path, second: Path, *, as_json: bool) -> None:
    from infra.eval.compare import compared
    from infra.eval.run import read

    found = compared(read(first), read(second))
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        _show_comparison(found)


def _show(run: Run) -> None:
    from infra.eval.run import METRICS

    table = _table("leg", *(each for metric in METRICS for each in (_name(metric), "95 %")))
    for leg in run.legs:
        means = [run.mean(leg, metric) for metric in METRICS]
        cells = [(f"{each.value:.3f}", f"{each.low:.3f} to {each.high:.3f}") for each in means]
        table.add_row(leg, *(each for pair in cells for each in pair))
    output = console()
    output.print(table)
    about, spent = run.about, run.about["milliseconds"]
    output.print(
        f"{len(run.scored)} queries over {about['products']} products, vectors of {about['embedder']};"
        f" one search: median {spent['median']:.1f} ms, p95 {spent['p95']:.1f} ms",
        style="dim",
    )


def _show_comparison(found: Comparison) -> None:
    table = _table("leg", "", "first", "second", "difference", "95 %", "p", "better", "worse")
    for leg, by_metric in found.legs.items():
        for metric, each in by_metric.items():
            between = f"{each.mean.low:+.3f} to {each.mean.high:+.3f}"
            values = (f"{each.first:.3f}", f"{each.second:.3f}", f"{each.mean.value:+.3f}", between)
            table.add_row(leg, _name(metric), *values, f"{each.p:.4f}", str(each.won), str(each.lost))
    output = console()
    output.print(table)
    apart = f"; {found.left_out} are in one run only" if found.left_out else ""
    output.print(f"{found.queries} queries{apart}; p by randomisation, two-sided", style="dim")
    leg = list(found.legs)[-1]
    if found.changed[leg]:
        output.print(f"\nMost changed, {leg}, nDCG@10:")
        changes = _table("", "", "", "")
        for change in found.changed[leg]:
            figures = (f"{change.difference:+.3f}", f"{change.first:.3f}", f"{change.second:.3f}")
            changes.add_row(*figures, change.query)
        changes.show_header = False
        output.print(changes)


def _draw(run: Run, file: Path, judgments: Path) -> None:
    from infra.eval.picture import Bar, draw
    from infra.eval.run import METRICS

    bars = [
        Bar(leg, {_name(metric): run.mean(leg, metric) for metric in METRICS}, main=leg == run.legs[-1])
        for leg in run.legs
    ]
    about = f"{len(run.scored)} queries of {judgments.name} over {run.about['products']} products"
    draw(file, "Search quality", f"{about}; lines: 95 % intervals", bars)


def _name(metric: str) -> str:
    return {"ndcg@10": "nDCG@10", "mrr": "MRR"}.get(metric, metric)


def _table(*headings: str) -> Any:
    from rich.table import Table

    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading)
    return table


def _may_be_written(*files: Path | None) -> None:
    """Told before the work, not after it."""
    for file in files:
        if file is not None and not file.absolute().parent.is_dir():
            raise typer.BadParameter(f"{file}: there is no folder {file.absolute().parent}.")


@contextmanager
def _telling() -> Iterator[Tell]:
    """What tells a person at a terminal how far the work is."""
    output = console(stderr=True)
    if not output.is_terminal:
        yield lambda _: None
        return
    with output.status("starting a database") as status:
        yield lambda text: status.update(text)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Who ends the process from outside leaves no database behind either."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
