"""`tendero agent`: how the assistant behaves in the shop, a channel or an inbox."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.cli.environment import EnvFile, Json, connected

if TYPE_CHECKING:
    from infra.cli.library import Library
    from tendero.people.agent_config import Document
    from tendero.people.agent_configs import Scope

app = typer.Typer(
    help="How the assistant behaves: in the whole shop, in a channel, or in one inbox of it.",
    no_args_is_help=True,
)

Channel = Annotated[
    str, typer.Option("--channel", help="Only there: dialogflow, twilio, chatwoot, whatsapp.")
]
Inbox = Annotated[
    str, typer.Option("--inbox", help="Only there: Chatwoot's inbox id, or the number written to.")
]


@app.command("list")
def list_(as_json: Json = False, env_file: EnvFile = None) -> None:
    """Show what is set, place by place."""
    with _library(env_file) as library:
        from tendero.people import agent_configs

        found = agent_configs.read(library.database)
    if as_json:
        _print_json([{**_place(scope), "config": config} for scope, config in found.items()])
        return
    for scope, config in found.items():
        print(_named(scope))
        for name, value in config.items():
            print(f"  {name}={_text(value)}")
    if not found:
        print("Nothing is set: the settings hold everywhere. `tendero agent set` changes that.")


@app.command("show")
def show(channel: Channel = "", inbox: Inbox = "", as_json: Json = False, env_file: EnvFile = None) -> None:
    """Show what holds in a place, and where each value comes from."""
    scope = _scope(channel, inbox)
    with _library(env_file) as library:
        values = _effective(library, scope)
    if as_json:
        _print_json({**_place(scope), "config": values})
        return
    width = max(map(len, values))
    for name, each in values.items():
        print(f"{name:<{width}}  {_text(each['value']) or '–'}  ({each['from']})")


@app.command("set")
def set_(
    values: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE...", help="`engine=templates handoff=no`")
    ],
    channel: Channel = "",
    inbox: Inbox = "",
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Set values in a place, beside those it has.

    enabled=yes|no; engine=auto|model|templates|askyourdatabase; instructions=TEXT (for the model);
    languages=es,en,pt; shop_name=TEXT; handoff=yes|no; greeting=TEXT. It holds within a minute.
    """
    scope = _scope(channel, inbox)
    pairs = _pairs(values)
    with _library(env_file) as library:
        from tendero.people import agent_configs

        agent_configs.set_values(library.database, scope, pairs)
        now = _effective(library, scope)
        settings = library.settings
        if now["engine"]["value"] == "askyourdatabase" and not settings.askyourdatabase_api_key:
            print("ASKYOURDATABASE_API_KEY is not set here: without it the model answers.", file=sys.stderr)
    if as_json:
        _print_json({**_place(scope), "config": now})
    else:
        print(f"{_named(scope)}: {', '.join(pairs)} set. It holds within a minute.")


@app.command("unset")
def unset(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which values; without any, all of the place.")
    ] = None,
    channel: Channel = "",
    inbox: Inbox = "",
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Take values of a place away: what holds around it holds there again."""
    from tendero.people.agent_config import declared

    scope = _scope(channel, inbox)
    unknown = [each for each in names or () if each not in declared()]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: there are {', '.join(declared())}.")
    with _library(env_file) as library:
        from tendero.people import agent_configs

        had = agent_configs.unset(library.database, scope, names or ())
        now = _effective(library, scope)
    if as_json:
        _print_json({**_place(scope), "config": now})
    else:
        print(f"{_named(scope)}: {'unset' if had else 'nothing was set'}.")


@contextmanager
def _library(env_file: Any) -> Iterator[Library]:
    from infra.cli.library import opened

    with opened(connected(env_file)) as library:
        yield library


def _scope(channel: str, inbox: str) -> Scope:
    from tendero.channels.registry import PATHS
    from tendero.people.agent_configs import Scope

    known = dict.fromkeys(("dialogflow", *PATHS.values()))
    if channel and channel not in known:
        raise typer.BadParameter(f"--channel {channel}: it is one of {', '.join(known)}.")
    if inbox and not channel:
        raise typer.BadParameter("--inbox needs --channel: an inbox belongs to a channel.")
    return Scope(channel, inbox)


def _pairs(values: Sequence[str]) -> dict[str, str]:
    wrong = [each for each in values if "=" not in each]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r}: write NAME=VALUE, as in engine=templates.")
    return {name.strip(): value for name, _, value in (each.partition("=") for each in values)}


def _effective(library: Library, scope: Scope) -> dict[str, dict[str, Any]]:
    """Each field's value in a place, and which place it is from."""
    from dataclasses import asdict

    from tendero.people import agent_configs
    from tendero.people.agent_config import AgentConfig

    found = agent_configs.read(library.database)
    around = [each for each in scope.around() if each in found]
    merged = AgentConfig.merged(library.settings, *(found[each] for each in around))
    return {
        name: {"value": value, "from": _origin(name, around, found)} for name, value in asdict(merged).items()
    }


def _origin(name: str, around: Sequence[Scope], found: dict[Scope, Document]) -> str:
    return next((_named(each) for each in reversed(around) if name in found[each]), "settings")


def _place(scope: Scope) -> dict[str, str]:
    return {"channel": scope.channel, "inbox": scope.inbox}


def _named(scope: Scope) -> str:
    if scope.inbox:
        return f"{scope.channel}, inbox {scope.inbox}"
    return scope.channel or "shop"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, list | tuple) else str(value)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
