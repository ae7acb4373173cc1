"""`tendero local`: the local stack, up, its status, down."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.cli.environment import EnvFile, Json, database_variable, user_variables
from infra.local.state import STACKS, State
from tendero.platform.errors import TenderoError

app = typer.Typer(help="The whole product on this machine.", no_args_is_help=True)

Name = Annotated[str, typer.Option("--name", help="Name of the stack; its data lie in .tendero/NAME.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of its data, instead of .tendero/NAME.")]

# A machine under load takes its time; a part that died is told at once.
_LONGEST_SYNC_SECONDS = 600
_LONGEST_SECONDS = {"starting": 120, "serving": _LONGEST_SYNC_SECONDS + 30}


class NotUp(TenderoError):
    """The stack that was asked for is not up, or did not come up."""


@app.command()
def up(
    name: Name = "dev",
    data: Data = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65535, help="Port of the webhook (8080 when free); 0: any for every part."
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="`scripted`: a model without a key; `none`: templates only.")
    ] = None,
    demo_shop: Annotated[
        bool | None,
        typer.Option("--demo-shop/--no-demo-shop", help="Default: only when WOOCOMMERCE_URL is not set."),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when it is up, and leave it running.")
    ] = False,
    reload: Annotated[
        bool, typer.Option("--reload", help="Start the functions anew when a source file changes.")
    ] = False,
    sync: Annotated[
        bool, typer.Option("--sync", help="Sync the catalogue once it is up; with --detach, wait for it.")
    ] = False,
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Start the stack: PostgreSQL, queue, demo shop and the functions."""
    if model not in (None, "scripted", "none"):
        raise typer.BadParameter(f"--model {model}: it is scripted or none.")
    folder = _folder(name, data)
    own, _ = user_variables(env_file)
    if detach:
        chosen = {"--port": port, "--model": model, "--env-file": env_file}
        switches = {"--demo-shop": demo_shop, "--no-demo-shop": demo_shop is False}
        switches |= {"--reload": reload, "--sync": sync}
        arguments = [f"{option}={value}" for option, value in chosen.items() if value is not None]
        state = _start_detached(folder, arguments + [switch for switch, on in switches.items() if on])
        _tell_up(state, as_json)
        _tell_other_database(state, own)
        return
    from infra.local.stack import Options
    from infra.local.supervise import supervise

    options = Options(folder=folder, user=own, port=port, demo_shop=demo_shop, model=model)
    if not as_json:
        print("Starting the local stack …", file=sys.stderr)

    supervise(options, lambda state: _ready(state, own, sync, as_json), reload=reload)
    if not as_json:
        print("Stopped.", file=sys.stderr)


def _ready(state: State, own: Mapping[str, str], sync: bool, as_json: bool) -> str:
    """Tells of the stack that is up, after its first sync if that was asked for; gives its status."""
    if not as_json:
        _tell_up(state, as_json)
    _tell_other_database(state, own)
    status = _sync(state) if sync else "ready"
    if as_json:
        _tell_up(state.with_(status=status), as_json)
    else:
        print("Ctrl-C stops it.", file=sys.stderr, flush=True)
    return status


@app.command()
def status(name: Name = "", data: Data = None, as_json: Json = False) -> None:
    """Show the stacks of this folder that are up; exit status 1 when there is none."""
    if name or data:
        only = State.read(_folder(name, data))
        found = [only] if only is not None and only.alive else []
    else:
        found = State.running()
    if as_json:
        print(json.dumps({"stacks": [_described(state) for state in found]}, indent=2))
    else:
        for state in found:
            _tell_up(state, False)
    if not found:
        if not as_json:
            print("No local stack is up here. `tendero local up --detach` starts one.", file=sys.stderr)
        raise typer.Exit(1)


@app.command()
def down(
    name: Name = "",
    data: Data = None,
    every: Annotated[bool, typer.Option("--all", help="Stop every stack of this folder.")] = False,
    as_json: Json = False,
) -> None:
    """Stop a stack; its data stay."""
    found = State.running()
    if name or data:
        only = State.read(_folder(name, data))
        found = [only] if only is not None else []
    elif len(found) > 1 and not every:
        names = ", ".join(state.name for state in found)
        raise NotUp(f"Several stacks are up ({names}): say which with --name, or --all.")
    for state in found:
        _stop(state)
    if as_json:
        print(json.dumps({"stopped": [state.name for state in found]}))
    else:
        print(
            f"Stopped: {', '.join(state.name for state in found)}." if found else "No local stack is up here."
        )


def _folder(name: str, data: Path | None) -> Path:
    if data is not None:
        return data.absolute()
    if not name.replace("-", "").replace("_", "").isalnum():
        raise typer.BadParameter(f"--name {name!r}: letters, digits, - and _ only.")
    return (STACKS / name).absolute()


def _start_detached(folder: Path, arguments: list[str]) -> State:
    log = folder / "logs" / "supervisor.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "infra.cli", "local", "up", f"--data={folder}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    status, since = "starting", time.monotonic()
    while time.monotonic() - since < _LONGEST_SECONDS[status]:
        state = State.read(folder)
        if state is not None and state.supervisor.pid == child.pid:
            if state.status == "ready":
                return state
            if state.status == "unsynced":
                raise NotUp(
                    "The stack is up, but its first sync failed: `tendero sync` tries again and says why;"
                    f" the log is {folder / 'logs' / 'sync.log'}."
                )
            if state.status != status:
                status, since = state.status, time.monotonic()
        if child.poll() is not None:
            raise NotUp(_reason(log))
        time.sleep(0.1)
    child.terminate()
    raise NotUp(f"The stack was {status} for {_LONGEST_SECONDS[status]} s, and is stopped: see {log}.")


def _reason(log: Path) -> str:
    text = log.read_text(errors="replace").strip()
    return text.rpartition("tendero: ")[2] or f"The stack ended without a word: see {log}."


def _stop(state: State) -> None:
    state.supervisor.send(signal.SIGTERM)
    if not state.supervisor.wait(30):
        # The guard ends the parts of a supervisor that is gone.
        state.supervisor.send(signal.SIGKILL)
        state.supervisor.wait(10)
    for process in state.processes.values():
        if not process.wait(10):
            process.send(signal.SIGKILL)
    state.remove()


def _sync(state: State) -> str:
    """The first sync; the status of the stack after it."""
    import requests

    print("Syncing the catalogue …", file=sys.stderr, flush=True)
    try:
        answer = requests.post(state.urls["sync"], json={}, timeout=_LONGEST_SYNC_SECONDS)
        said, status = answer.text.strip(), "ready" if answer.ok else "unsynced"
    except requests.RequestException as error:
        said, status = str(error), "unsynced"
    print(f"{'Synced' if status == 'ready' else 'The sync failed'}: {said}", file=sys.stderr)
    return status


def _tell_other_database(state: State, own: Mapping[str, str]) -> None:
    variable = database_variable(own)
    if variable and own[variable] != state.urls["database"]:
        print(
            f"The stack has its own database; `tendero sync`, `ask` and the others use yours ({variable}).",
            file=sys.stderr,
            flush=True,
        )


def _described(state: State) -> dict[str, Any]:
    return {
        "name": state.name,
        "status": state.status,
        "data": str(state.folder),
        "pid": state.supervisor.pid,
        "urls": state.urls,
        "environment": state.environment,
        "logs": str(state.folder / "logs"),
    }


def _tell_up(state: State, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_described(state), indent=2), flush=True)
        return
    width = max((len(name) for name in state.urls), default=0)
    shown = {"serving": "up", "ready": "up", "unsynced": "up; its first sync failed"}
    print(f"Stack {state.name} is {shown.get(state.status, state.status)}.")
    for name, url in state.urls.items():
        print(f"  {name:<{width}}  {url}")
    print(f"  {'logs':<{width}}  {state.folder / 'logs'}", flush=True)
