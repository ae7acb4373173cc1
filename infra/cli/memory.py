"""`tendero memory`: what is known of customers, from JSON files into the database and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.environment import EnvFile, Json, connected

if TYPE_CHECKING:
    from tendero.people.memory import MemoryStore, UserMemory
    from tendero.people.memory_reader import Unreadable

app = typer.Typer(help="What is known of customers across conversations.", no_args_is_help=True)

_UNREADABLE_SHOWN = 20


@dataclass
class Imported:
    """What became of each memory. `unchanged`: the database has one of the same time."""

    dry_run: bool
    imported: int = 0
    unchanged: int = 0
    newer_here: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return asdict(self) | {"unreadable": [each._asdict() for each in self.unreadable]}


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="Folder of JSON files, or one file.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be imported; write nothing.")
    ] = False,
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Bring JSON memories into PostgreSQL: those that are newer than what the database has.

    A file holds one user's memory, a list of memories, or an object of them by user id. A user id that is
    missing is taken from the file's name (`34600111222.json`, `memory_34600111222.json`). Repeating it
    changes nothing.

    Exit status 1: something could not be read; all the rest was imported.
    """
    from infra.cli.library import opened
    from tendero.people.memory_postgres import PostgresMemories
    from tendero.people.memory_reader import memories_in

    with opened(connected(env_file)) as library:
        outcome = bring(memories_in(folder), PostgresMemories(library.database), dry_run=dry_run)
    if as_json:
        print(json.dumps(outcome.as_dict(), ensure_ascii=False, indent=2))
    else:
        _show(outcome)
    if outcome.unreadable:
        raise typer.Exit(1)


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Where to; made if it is missing.")],
    env_file: EnvFile = None,
) -> None:
    """Write the memories in PostgreSQL as JSON files, one for each user; files that are newer stay."""
    from infra.cli.library import opened
    from tendero.people.memory_json import JsonMemories
    from tendero.people.memory_postgres import PostgresMemories

    files = JsonMemories(folder)
    with opened(connected(env_file)) as library:
        written = [files.save(each) for each in PostgresMemories(library.database).all()]
    print(f"{sum(written)} memories written to {folder}, {len(written) - sum(written)} were there.")


def bring(found: Iterable[UserMemory | Unreadable], store: MemoryStore, *, dry_run: bool) -> Imported:
    """Saves what is newer than the store's. Raises what the store does."""
    from tendero.people.memory import UserMemory

    outcome = Imported(dry_run)
    # A user may stand in several files, and a dry run finds none of them in the store.
    seen: dict[str, datetime] = {}
    for each in found:
        if not isinstance(each, UserMemory):
            outcome.unreadable.append(each)
            continue
        held = seen.get(each.user_id) or _age(store.load(each.user_id))
        if held == each.updated_at:
            outcome.unchanged += 1
        elif (held and held > each.updated_at) or not (dry_run or store.save(each)):
            outcome.newer_here += 1
        else:
            outcome.imported += 1
            seen[each.user_id] = each.updated_at
    return outcome


def _age(memory: UserMemory | None) -> datetime | None:
    return None if memory is None else memory.updated_at


def _show(outcome: Imported) -> None:
    if outcome.dry_run:
        print("Dry run: nothing was written.")
    print(f"{outcome.imported:>7}  imported")
    print(f"{outcome.unchanged:>7}  unchanged")
    print(f"{outcome.newer_here:>7}  newer here")
    print(f"{len(outcome.unreadable):>7}  unreadable")
    for each in outcome.unreadable[:_UNREADABLE_SHOWN]:
        print(f"  {each.place}: {each.reason}", file=sys.stderr)
    more = len(outcome.unreadable) - _UNREADABLE_SHOWN
    if more > 0:
        print(f"  … and {more} more (--json lists them)", file=sys.stderr)
