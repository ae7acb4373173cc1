"""`tendero drop`: a catalogue that the shop uses no longer goes off sale."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.environment import EnvFile, connected


def drop(
    source: Annotated[str, typer.Argument(help="Which catalogue: the name that `tendero sync` shows.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    env_file: EnvFile = None,
) -> None:
    """Take all products of a catalogue off sale that you have taken out of the settings.

    Nothing is deleted; a later sync of the same catalogue brings its products back.
    """
    from infra.cli.library import opened
    from tendero.catalog import drop as dropping
    from tendero.catalog.same_sku import Rule

    with opened(connected(env_file)) as library:
        on_sale = dropping.left_over(library.database, ()).get(source, 0)
        if not on_sale:
            raise typer.BadParameter(f"no product of {source!r} is on sale.", param_hint="SOURCE")
        if not yes:
            typer.confirm(f"Take {on_sale} products and variations of {source} off sale?", abort=True)
        dropped = dropping.drop(library.database, source, Rule.of(library.settings))
    print(f"{dropped} products and variations of {source} are off sale.")
