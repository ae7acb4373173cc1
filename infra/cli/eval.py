"""`tendero eval`: how good the search is, on judged queries, and how to judge a shop's own."""

from __future__ import annotations

import typer

from infra.cli import eval_label, eval_search

app = typer.Typer(help="How good the search is, on judged queries.", no_args_is_help=True)
app.command("search")(eval_search.search)
app.command("label")(eval_label.label)
