"""One command of a deployment."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

_PLACE = re.compile(r"(\$\{[A-Z_]+\})")


@dataclass(frozen=True, slots=True)
class Step:
    """Arguments of one `gcloud` command. `${NAME}` in them stands for what an earlier step with `gives` NAME
    printed; `fix` says what to look at when it fails."""

    title: str
    command: tuple[str, ...]
    fix: str = ""
    gives: str = ""

    def filled(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The arguments with the values in their places. Raises KeyError for one that is not known."""
        return tuple(_PLACE.sub(lambda match: values[match[1][2:-1]], word) for word in self.command)

    @property
    def shell(self) -> str:
        """As a line for a shell, which also keeps what the step gives."""
        line = " ".join(["gcloud", *map(_quoted, self.command)])
        return f'{self.gives}="$({line})"' if self.gives else line


def place(name: str) -> str:
    """What stands in a command for a value that is not known yet."""
    return f"${{{name}}}"


def _quoted(word: str) -> str:
    # Only the places are left to the shell: a dollar sign in a shop's name means itself.
    parts = filter(None, _PLACE.split(word))
    return "".join(f'"{part}"' if _PLACE.fullmatch(part) else shlex.quote(part) for part in parts)
