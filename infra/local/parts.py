"""The processes of a stack: which command runs each part, and which variables point at it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.build import ROOT, SOURCES, build
from infra.local import ports
from infra.local.process import Process

PROJECT, LOCATION = "tendero-local", "europe-west1"
# Each function that a queue calls, and that queue.
_QUEUES = {"sync": "tendero-sync", "embed": "tendero-embed", "reply": "tendero-reply"}
_PREFERRED = {
    "webhook": 8080,
    "sync": 8081,
    "embed": 8082,
    "reply": 8083,
    "shop": 8090,
    "model": 8091,
    "tasks": 8123,
}
DEMO_SHOP = {
    "WOOCOMMERCE_KEY": "ck_demo_tendero",
    "WOOCOMMERCE_SECRET": "cs_demo_tendero",
    "WOOCOMMERCE_WEBHOOK_SECRET": "ws_demo_tendero",
    "SHOP_NAME": "La Tienda de Lola",
}


@dataclass(frozen=True)
class Ports:
    """How the parts get their ports: `webhook` was asked for; 0 gives any free one to every part."""

    webhook: int | None = None

    def listen(self, part: str) -> socket.socket:
        """Raises PortInUse."""
        return ports.listen(self.webhook if part == "webhook" else None, self._preferred(part))

    def free(self, part: str, preferred: int = 0) -> int:
        return ports.free(self._preferred(part, preferred))

    def _preferred(self, part: str, preferred: int = 0) -> int:
        return 0 if self.webhook == 0 else preferred or _PREFERRED[part]


@dataclass(frozen=True)
class Part:
    """A process, its address, and the variables by which the others find it. `more` are further addresses
    that it serves, by name."""

    process: Process
    url: str
    variables: dict[str, str]
    more: dict[str, str] = field(default_factory=dict)


def tasks(chosen: Ports, logs: Path) -> Part:
    """The Cloud Tasks server with its queues."""
    port = chosen.free("tasks")
    queues = [f"projects/{PROJECT}/locations/{LOCATION}/queues/{each}" for each in _QUEUES.values()]
    command = _module(
        "infra.local.tasks_server", "--port", str(port), *(f"--queue={each}" for each in queues)
    )
    variables = {
        "GCP_PROJECT_ID": PROJECT,
        "TASKS_LOCATION": LOCATION,
        **{f"{function.upper()}_QUEUE": queue for function, queue in _QUEUES.items()},
        "TASKS_SERVICE_ACCOUNT": "",
        "CLOUD_TASKS_EMULATOR_HOST": f"{ports.HOST}:{port}",
    }
    return Part(_server("tasks server", command, logs / "tasks.log"), f"{ports.HOST}:{port}", variables)


def shop(chosen: Ports, logs: Path) -> Part:
    """The demo shop."""
    port = chosen.free("shop")
    url = f"http://{ports.HOST}:{port}"
    command = _module("infra.local.demo_shop", "--port", str(port))
    return Part(_server("demo shop", command, logs / "shop.log"), url, {"WOOCOMMERCE_URL": url, **DEMO_SHOP})


def model(chosen: Ports, logs: Path) -> Part:
    """The scripted model server."""
    port = chosen.free("model")
    url = f"http://{ports.HOST}:{port}/v1"
    command = _module("infra.local.model_server", "--port", str(port))
    variables = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "scripted"}
    return Part(_server("model server", command, logs / "model.log"), url, variables)


def platforms(chosen: Ports, logs: Path, names: Sequence[str], webhook: str) -> Part:
    """The stand-ins of these chat platforms, which tell the function at `webhook` what happens."""
    from infra.local.platforms.chosen import PLATFORMS

    taken = {name: chosen.free(name, PLATFORMS[name].preferred_port) for name in names}
    urls = {name: f"http://{ports.HOST}:{port}" for name, port in taken.items()}
    command = _module(
        "infra.local.platforms", f"--webhook={webhook}", *(f"{name}={port}" for name, port in taken.items())
    )
    variables: dict[str, str] = {}
    for name, url in urls.items():
        variables |= PLATFORMS[name].variables(url, webhook)
    process = _server("chat platforms", command, logs / "platforms.log")
    return Part(process, urls[names[-1]], variables, urls)


def functions(chosen: Ports, logs: Path) -> dict[str, Part]:
    """The functions, each served from its upload folder as in the cloud. Raises PortInUse."""
    return {name: _function(name, chosen.listen(name), logs / f"{name}.log") for name in SOURCES}


def _function(name: str, listening: socket.socket, log: Path) -> Part:
    folder = build(SOURCES[name])
    port = listening.getsockname()[1]
    command = _module(
        "functions_framework",
        f"--target={name}",
        f"--source={folder / 'main.py'}",
        f"--host={ports.HOST}",
        f"--port={port}",
    )
    environment = {
        # The library in the upload folder, before the one that this environment has installed.
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        # functions-framework reads it too, and would leave its production server.
        "DEBUG": "false",
    }
    process = Process(f"function {name}", command, environment, log, folder, listening)
    url = f"http://{ports.HOST}:{port}"
    return Part(process, url, {f"{name.upper()}_URL": url} if name in _QUEUES else {})


def _server(name: str, command: list[str], log: Path) -> Process:
    return Process(name, command, {}, log, ROOT)


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]
