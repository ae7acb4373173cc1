"""Named SQL blocks, kept in `.sql` files beside the module that runs them.

A block begins with a line `-- name: what_it_does`; the comment lines after it say why. Parameters are
written `:name`, and become PostgreSQL's `$1…` once, when the file is loaded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_BLOCK = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)
# A cast's `::type` and an array's `[1:2]` are not parameters.
_PARAMETER = re.compile(r"(?<![:\w\]]):([a-z_]\w*)")


@dataclass(frozen=True)
class Query:
    """One statement: its `name`, PostgreSQL `text` with `$1…`, and the parameters' names in that order.

    Connections keep a `prepared` one: for what is asked all the time, with values that need no plan of their
    own."""

    name: str
    text: str
    parameters: tuple[str, ...]
    prepared: bool = False

    @classmethod
    def parse(cls, name: str, sql: str, *, prepared: bool = False) -> Query:
        names: list[str] = []

        def number(match: re.Match[str]) -> str:
            if match[1] not in names:
                names.append(match[1])
            return f"${names.index(match[1]) + 1}"

        text = _PARAMETER.sub(number, _COMMENT.sub("", sql)).strip().rstrip(";")
        return cls(name, text, tuple(names), prepared)

    @property
    def named(self) -> str:
        """The text with `:parameters` by name, to be a part of another query."""
        return re.sub(r"\$(\d+)", lambda match: ":" + self.parameters[int(match[1]) - 1], self.text)

    def filled(self, **parts: str) -> Query:
        """With each `{part}` of the text replaced by SQL, which may have `:parameters` of its own.

        Only for SQL made of named blocks, never of what somebody typed: values are parameters.
        """
        return _filled(self, tuple(parts.items()))


@lru_cache(maxsize=256)
def _filled(query: Query, parts: tuple[tuple[str, str], ...]) -> Query:
    named = query.named
    for part, sql in parts:
        named = named.replace(f"{{{part}}}", sql)
    return Query.parse(query.name, named, prepared=query.prepared)


def load(module_file: str, *, prepared: bool = False) -> dict[str, Query]:
    """The blocks of the `.sql` file beside a module: call it with `__file__`."""
    text = Path(module_file).with_suffix(".sql").read_text(encoding="utf-8")
    parts = _BLOCK.split(text)
    blocks = zip(parts[1::2], parts[2::2], strict=True)
    return {name: Query.parse(name, body, prepared=prepared) for name, body in blocks}
