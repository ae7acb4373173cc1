"""A Google Cloud project behind the stand-in for `gcloud`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

NAME = "acme-shop"
SCRIPT = Path(__file__).with_name("gcloud_stand_in.py")
_READS = {"list", "describe", "get-iam-policy"}


class Project:
    """What the project holds, and what was asked of it. `folder` gets the command `gcloud` in `bin`."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "project.json"
        self.bin = folder / "bin"
        self.bin.mkdir()
        launcher = self.bin / "gcloud"
        launcher.write_text(
            f"#!/bin/sh\nSTAND_IN_PROJECT='{self.file}' exec '{sys.executable}' -I -S '{SCRIPT}' \"$@\"\n"
        )
        launcher.chmod(0o755)
        self.change(
            project=NAME,
            logged_in=[{"account": "dev@agency.example", "status": "ACTIVE"}],
            fails={},
            services=[],
            accounts=[],
            policies={},
            instances={},
            secrets={},
            queues={},
            jobs={},
            functions={},
        )

    @property
    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.file.read_text()))

    def change(self, **changes: Any) -> None:
        held = self.state if self.file.is_file() else {}
        self.file.write_text(json.dumps(held | changes))

    @property
    def asked(self) -> list[list[str]]:
        """The arguments of every command so far."""
        log = self.file.with_suffix(".log")
        return [json.loads(line) for line in log.read_text().splitlines()] if log.is_file() else []

    @property
    def written(self) -> list[str]:
        """The commands so far that change something, without their options."""
        words = [[each for each in command if not each.startswith("--")] for command in self.asked]
        return [" ".join(each) for each in words if not _READS & set(each)]

    def forget(self) -> None:
        self.file.with_suffix(".log").unlink(missing_ok=True)
