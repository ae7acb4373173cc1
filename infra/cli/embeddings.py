"""`tendero embeddings`: which model the searches go by, how complete its vectors are, and another one."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.cli.console import console
from infra.cli.environment import EnvFile, Json, connected
from tendero.platform.errors import TenderoError

if TYPE_CHECKING:
    from infra.cli.library import Library
    from tendero.catalog.embedder import Embedder
    from tendero.catalog.embedding import FanOut
    from tendero.catalog.models import Chosen

app = typer.Typer(help="The products' vectors and their model.", no_args_is_help=True)

_LONGEST_STANDSTILL_SECONDS = 300


class NotSwitched(TenderoError):
    """The new model is not complete; searches go by the old one."""


@app.command()
def status(as_json: Json = False, env_file: EnvFile = None) -> None:
    """Show how complete each model's vectors are, and why texts were refused."""
    from infra.cli.library import opened

    with opened(connected(env_file)) as library:
        described = _described(library)
    if as_json:
        print(json.dumps(described, ensure_ascii=False, indent=2))
    else:
        _show(described)


@app.command()
def retry(as_json: Json = False, env_file: EnvFile = None) -> None:
    """Try again what was refused: texts, and everything after a lack of money."""
    from infra.cli.library import opened
    from tendero.catalog import job

    with opened(connected(env_file)) as library:
        outcome = job.vectors(library.settings, library.secrets, library.database).retry()
        queued = bool(library.settings.embed_url)
    _tell_fan_out(outcome, queued, as_json)


@app.command()
def switch(
    model: Annotated[str, typer.Option("--model", help="The new model, e.g. text-embedding-3-large@1024.")],
    dimensions: Annotated[
        int | None, typer.Option("--dimensions", min=1, max=4000, help="Length of its vectors.")
    ] = None,
    wait: Annotated[
        bool,
        typer.Option("--wait/--no-wait", help="--no-wait: return while the queue still fills the new model."),
    ] = True,
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Fill another model's vectors beside those in use, and search by them once they are complete."""
    from infra.cli.library import opened
    from tendero.catalog import job

    with opened(connected(env_file)) as library:
        following = _ready(library, model, dimensions)
        outcome = job.vectors(library.settings, library.secrets, library.database).switch(following)
        queued = bool(library.settings.embed_url)
        done = _finished(library, following, wait=wait and queued)
        if not done and not queued:
            raise NotSwitched(_unfinished(library, following))
        active = _chosen(library).active.model
    if as_json:
        figures = {"active": active, "next": None if done else following.model, "embeddings": outcome.count}
        print(json.dumps(figures, indent=2))
    elif done:
        print(f"Searches go by {active}. `tendero embeddings prune` removes the vectors of other models.")
    else:
        print(f"{following.model} is being filled; searches go by {active} until it is complete.")


@app.command()
def prune(as_json: Json = False, env_file: EnvFile = None) -> None:
    """Remove the vectors of models that are no longer used."""
    from infra.cli.library import opened
    from tendero.catalog import models

    with opened(connected(env_file)) as library:
        removed = models.prune(library.database, [each.model for each in _chosen(library).wanted])
    if as_json:
        print(json.dumps({"removed": removed}, indent=2))
    elif not removed:
        print("There is nothing to remove.")
    else:
        for model, count in removed.items():
            print(f"{model}: {count} vectors removed.")


def _ready(library: Library, model: str, dimensions: int | None) -> Embedder:
    """The new model, tried and with an index. Raises SettingsError, or what its embedder raises."""
    from tendero.catalog.embedders.choose import named
    from tendero.catalog.search.vector_index import ensure_index

    settings = library.settings
    following = named(settings, library.secrets, model, dimensions)
    # A wrong name, length or key shows here, before anything is changed.
    following.embed(["Tendero"])
    m, ef_construction = settings.hnsw_m, settings.hnsw_ef_construction
    # Made while it is empty, and so without holding up anybody.
    ensure_index(library.database, following.model, following.dimensions, m, ef_construction)
    return following


def _chosen(library: Library) -> Chosen:
    from tendero.catalog import job

    return job.models(library.settings, library.secrets).chosen(library.database)


def _finished(library: Library, following: Embedder, *, wait: bool) -> bool:
    """Whether searches go by it now. Raises NotSwitched when waiting has become useless."""
    from tendero.catalog import job, models

    embeddings = job.vectors(library.settings, library.secrets, library.database).of(following)
    last, moved = -1, time.monotonic()
    while True:
        if models.finish_switch(library.database, following) or (
            _chosen(library).active.model == following.model
        ):
            return True
        if not wait:
            return False
        counts = models.counts(library.database, following.model)
        if counts.embedded + counts.failed != last:
            last, moved = counts.embedded + counts.failed, time.monotonic()
            if sys.stderr.isatty():
                print(f"\r{counts.embedded} of {counts.products}", end="", file=sys.stderr, flush=True)
        still = time.monotonic() - moved > _LONGEST_STANDSTILL_SECONDS
        if still or counts.lacking == 0 or embeddings.stopped():
            raise NotSwitched(_unfinished(library, following))
        time.sleep(0.5)


def _unfinished(library: Library, following: Embedder) -> str:
    from tendero.catalog import job, models

    counts = models.counts(library.database, following.model)
    embeddings = job.vectors(library.settings, library.secrets, library.database).of(following)
    refused = models.reasons(library.database, following.model)
    why = embeddings.stopped() or (refused[0]["reason"] if refused else "the queue stands still")
    return (
        f"{following.model} has {counts.embedded} of {counts.products} vectors ({why.rstrip('.')}). Searches"
        " go by the old model. Mend it and run `tendero embeddings retry`: the switch is made once they are"
        " complete."
    )


def _tell_fan_out(outcome: FanOut, queued: bool, as_json: bool) -> None:
    if as_json:
        figures = {"embeddings": outcome.count, "queued": queued, "problems": list(outcome.problems)}
        print(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    print(f"{outcome.count} embeddings {'queued' if queued else 'made'}.")
    for problem in outcome.problems:
        print(problem)


def _described(library: Library) -> dict[str, Any]:
    from tendero.catalog import job, models

    known = job.models(library.settings, library.secrets)
    chosen = known.chosen(library.database)
    vectors = job.vectors(library.settings, library.secrets, library.database)
    roles = {each.model: role for each, role in zip(chosen.wanted, ("active", "next"), strict=False)}
    stopped = {each.model: vectors.of(each).stopped() for each in chosen.wanted}
    lengths = {each.model: each.dimensions for each in chosen.wanted} | models.stored(library.database)

    def one(model: str) -> dict[str, Any]:
        counts = models.counts(library.database, model)
        return {
            "model": model,
            "dimensions": lengths[model],
            "role": roles.get(model, "unused"),
            "embedded": counts.embedded,
            "lacking": counts.lacking,
            "failed": counts.failed,
            "reasons": models.reasons(library.database, model),
            "stopped": stopped.get(model) or None,
        }

    return {
        "active": {"model": chosen.active.model, "dimensions": chosen.active.dimensions},
        "next": chosen.next and {"model": chosen.next.model, "dimensions": chosen.next.dimensions},
        "configured": known.configured.model,
        "products": models.counts(library.database, chosen.active.model).products,
        "models": [one(model) for model in lengths],
    }


def _show(described: dict[str, Any]) -> None:
    from rich.table import Table

    output = console()
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for heading in ("model", "length", "", "embedded", "lacking", "failed"):
        table.add_column(heading)
    for each in described["models"]:
        figures = (each["embedded"], each["lacking"], each["failed"])
        table.add_row(each["model"], str(each["dimensions"]), each["role"], *map(str, figures))
    output.print(table)
    output.print(f"{described['products']} products have a text to embed.", style="dim")
    for each in described["models"]:
        if each["stopped"]:
            output.print(f"{each['model']} is stopped: {each['stopped']}", style="yellow")
        for reason in each["reasons"]:
            output.print(
                f"{each['model']}, {reason['products']} products: {reason['reason']}", style="yellow"
            )
    if described["configured"] not in (described["active"]["model"], (described["next"] or {}).get("model")):
        output.print(
            f"The settings name {described['configured']}: `tendero embeddings switch --model"
            f" {described['configured']}` changes to it.",
            style="dim",
        )
