"""The whole product on this machine: every part started, watched and stopped together.

A `Stack` belongs to the process that starts it. Others learn of it from its `State`.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import shutil
import socket
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from infra.local import parts, ports
from infra.local.guard import Guard
from infra.local.identity import Identity
from infra.local.parts import Part, Ports
from infra.local.postgres import Postgres
from infra.local.state import State
from infra.migrations.prepare import prepare
from tendero.platform.errors import TenderoError
from tendero.platform.settings import Settings


class StackError(TenderoError):
    """The stack cannot be started here, or is not up."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What stack to start.

    `folder` holds its data and logs. `user` are the user's own variables (`.env` and the environment); the
    stack's win over them. `port` is the webhook's; 0 gives any free port to every part. `demo_shop`: None
    starts it when the user named no shop. `model`: `scripted`, `none` for templates only, or as the user set.
    """

    folder: Path
    user: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    demo_shop: bool | None = None
    model: str | None = None


class Stack:
    """The parts of one local stack."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.folder = options.folder.absolute()
        self.parts: dict[str, Part] = {}
        self.state: State | None = None
        self._postgres = Postgres(self.folder / "pg")
        self._guard: Guard | None = None
        self._lock: TextIO | None = None

    def start(self, *, fresh: bool = False) -> State:
        """Starts everything and waits until it serves. After an error nothing is left running.

        `fresh` removes the data of an earlier run first.

        Raises StackError, PortInUse, ProcessDied, or what the migration raises.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._take_folder()
        try:
            if fresh:
                shutil.rmtree(self._postgres.folder, ignore_errors=True)
            return self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> State:
        options, logs = self.options, self.folder / "logs"
        self._tell(State(name=self.folder.name, folder=self.folder, supervisor=Identity.own()))
        logs.mkdir(exist_ok=True)
        chosen = Ports(options.port)
        self.parts = parts.functions(chosen, logs)
        self.parts["tasks"] = parts.tasks(chosen, logs)
        named = options.user.get("WOOCOMMERCE_URL", "").strip()
        if options.demo_shop if options.demo_shop is not None else not named:
            self.parts["shop"] = parts.shop(chosen, logs)
        if options.model == "scripted":
            self.parts["model"] = parts.model(chosen, logs)
        if names := _stood_in_for(options.user):
            webhook = self.parts["webhook"].url
            self.parts["platforms"] = parts.platforms(chosen, logs, names, webhook)

        with (logs / "guard.log").open("ab") as log:
            self._guard = Guard(self._postgres.folder, log)
        self._postgres.start()
        environment = self._environment()
        for part in self.parts.values():
            part.process.environment = {**options.user, **environment, **part.process.environment}
            part.process.start(self._guard.group)
        # The functions load while the database is made ready.
        prepare(Settings.load({**options.user, **environment}))
        for name in self.parts:
            self.wait_for(name)
        self._tell_serving(environment)
        assert self.state is not None
        return self.state

    def tell(self, status: str) -> None:
        """Lets others see this status in the stack's `State`."""
        assert self.state is not None
        self._tell(self.state.with_(status=status))

    def _environment(self) -> dict[str, str]:
        # Empty values keep what the user set for the cloud away from this machine.
        variables = {
            "ENVIRONMENT": "local_machine",
            "DATABASE_URL": self._postgres.url("postgres"),
            "CLOUD_SQL_INSTANCE": "",
        }
        if self.options.model == "none":
            variables["OPENAI_API_KEY"] = ""
        for part in self.parts.values():
            variables |= part.variables
        return variables

    def wait_for(self, name: str) -> None:
        """Until this part serves. Raises ProcessDied."""
        part = self.parts[name]
        if name == "tasks":
            part.process.wait_until(lambda: _accepts(part.url))
        else:
            part.process.wait_until(lambda: _answers(part.url))

    def check(self, except_for: Collection[str] = ()) -> None:
        """Raises ProcessDied when a part has ended by itself."""
        for name, part in self.parts.items():
            if name not in except_for:
                part.process.check()

    def restart(self, name: str) -> None:
        """Ends this part and starts it anew at the same address. Raises ProcessDied when that fails."""
        assert self._guard is not None
        self.parts[name].process.stop()
        self.parts[name].process.start(self._guard.group)
        self.wait_for(name)
        assert self.state is not None
        self._tell_serving(self.state.environment, self.state.status)

    def stop(self) -> None:
        """Ends everything that was started; harmless when called again."""
        for part in self.parts.values():
            part.process.ask_to_stop()
        for part in self.parts.values():
            part.process.stop()
            if part.process.listening is not None:
                part.process.listening.close()
        self.parts = {}
        self._postgres.stop()
        if self._guard is not None:
            self._guard.release()
            self._guard = None
        if self._lock is not None:
            if self.state is not None:
                self.state.remove()
            self._lock.close()
            self._lock = None

    def _take_folder(self) -> None:
        self._lock = (self.folder / ".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            self._lock = None
            here = _shown(self.folder)
            raise StackError(
                f"A stack is already up in {here}: `tendero local down --data {here}` stops it;"
                " another --name starts one beside it."
            ) from error

    def _tell_serving(self, environment: dict[str, str], status: str = "serving") -> None:
        assert self.state is not None
        processes = {name: part.process.identity for name, part in self.parts.items()}
        self._tell(
            self.state.with_(
                status=status,
                processes={name: identity for name, identity in processes.items() if identity},
                urls=self._urls() | {"database": environment["DATABASE_URL"]},
                environment=environment,
            )
        )

    def _urls(self) -> dict[str, str]:
        urls: dict[str, str] = {}
        for name, part in self.parts.items():
            urls |= part.more or {name: part.url}
        return urls

    def _tell(self, state: State) -> None:
        self.state = state
        state.write()


def _stood_in_for(user: Mapping[str, str]) -> list[str]:
    """Those that a stand-in is started for: the user has no account of theirs."""
    from infra.local.platforms.chosen import not_owned

    return not_owned(user)


def _accepts(address: str) -> bool:
    host, port = address.split(":")
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False


def _answers(url: str) -> bool:
    # functions-framework answers this path by itself, so asking costs no work of a function's own.
    parts_of = urlsplit(url)
    connection = http.client.HTTPConnection(parts_of.hostname or ports.HOST, parts_of.port, timeout=1)
    try:
        connection.request("GET", "/robots.txt")
        connection.getresponse().read()
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _shown(folder: Path) -> str:
    return os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)
