"""What a running stack tells others about itself, in `state.json` in its data folder."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from infra.local.identity import Identity

STACKS = Path(".tendero")


@dataclass(frozen=True, kw_only=True)
class State:
    """A stack's parts.

    `urls` holds the address of every part by name. `environment` holds the variables that point Tendero at
    this stack. `status` is `starting`, `serving` while the last steps go on, such as the first sync, then
    `ready`, or `unsynced` where that sync failed.
    """

    name: str
    folder: Path
    supervisor: Identity
    status: str = "starting"
    processes: dict[str, Identity] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        return self.supervisor.alive

    def with_(self, **changes: Any) -> State:
        return replace(self, **changes)

    def write(self) -> None:
        """Replaces the file at once, readable by its owner only."""
        content = asdict(self) | {"folder": str(self.folder)}
        temporary = self.folder / ".state.json"
        number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
        temporary.replace(self.folder / "state.json")

    def remove(self) -> None:
        (self.folder / "state.json").unlink(missing_ok=True)

    @classmethod
    def read(cls, folder: Path) -> State | None:
        """The state in this data folder; None when there is none."""
        try:
            content = json.loads((folder / "state.json").read_text(encoding="utf-8"))
            return cls(
                name=content["name"],
                folder=folder,
                supervisor=Identity(**content["supervisor"]),
                status=content["status"],
                processes={name: Identity(**each) for name, each in content["processes"].items()},
                urls=content["urls"],
                environment=content["environment"],
            )
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            # Written by another version: whatever it described cannot be told from here.
            return None

    @classmethod
    def running(cls, stacks: Path = STACKS) -> list[State]:
        """The stacks that are up below this folder, the newest first."""
        found = [cls.read(path.parent) for path in stacks.glob("*/state.json")]
        alive = [state for state in found if state is not None and state.alive]
        return sorted(alive, key=lambda state: state.supervisor.created, reverse=True)
