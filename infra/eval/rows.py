"""Files of one JSON object a line, plain or in gzip: read with the places of errors, and replaced whole."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tendero.catalog.text import clean
from tendero.platform.errors import TenderoError

_GZIP = b"\x1f\x8b"
_MOST_SHOWN = 60


class BadFile(TenderoError):
    """A file cannot be used; the message names line and column."""


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a file. Its methods give a column's value; of another kind, it raises BadFile."""

    file: Path
    line: int
    values: dict[str, Any]

    def wrong(self, column: str, problem: str) -> BadFile:
        return BadFile(f'{self.file}, line {self.line}, column "{column}": {problem}.')

    def needs(self, column: str, what: str) -> BadFile:
        return self.wrong(column, f"{what} is needed, found {shown(self.values.get(column))}")

    def text(self, column: str) -> str:
        """Of a column that must be there, and not be empty."""
        value = self.values.get(column)
        if isinstance(value, str) and value.strip():
            return clean(value)
        raise self.needs(column, "a text")

    def maybe_text(self, column: str) -> str | None:
        value = self.values.get(column)
        if value is None or isinstance(value, str):
            return clean(value or "") or None
        raise self.needs(column, "a text or null")

    def texts(self, column: str) -> tuple[str, ...]:
        value = self.values.get(column) or []
        # A path written as "a > b" is taken for what it means.
        found = value.split(">") if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise self.needs(column, "a list of texts")
        return tuple(clean(each).strip() for each in found if each.strip())

    def amount(self, column: str) -> Decimal | None:
        value = self.values.get(column)
        if value is None or value == "":
            return None
        try:
            amount = Decimal("nan") if isinstance(value, bool) else Decimal(str(value))
        except InvalidOperation:
            amount = Decimal("nan")
        if amount.is_finite() and amount >= 0:
            return amount
        raise self.needs(column, "an amount such as 29.90 or null")

    def flag(self, column: str) -> bool | None:
        value = self.values.get(column)
        if value is None or isinstance(value, bool):
            return value
        raise self.needs(column, "true, false or null")


def read(file: Path) -> Iterator[Row]:
    """The objects of a file; empty lines are left out. Raises BadFile."""
    number = 0
    try:
        with file.open("rb") as found:
            packed = found.read(2) == _GZIP
        # Bytes are split at line feeds only; a text may hold the rarer ends of lines.
        with gzip.open(file, "rb") if packed else file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield Row(file, number, _object(f"{file}, line {number}, column", line))
    except (OSError, EOFError, zlib.error) as error:
        after = f" after line {number}" if number else ""
        raise BadFile(f"{file} cannot be read{after}: {error}.") from error


def write(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Replaces the file by these objects. Raises BadFile."""
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    replace(file, gzip.compress(lines) if file.suffix == ".gz" else lines)


def replace(file: Path, content: bytes) -> None:
    """Replaces the whole file at once, so that who is stopped halfway loses nothing. Raises BadFile."""
    written = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        written.write_bytes(content)
        written.replace(file)
    except OSError as error:
        written.unlink(missing_ok=True)
        raise BadFile(f"{file} cannot be written: {error}.") from error


def shown(value: Any) -> str:
    """A value as an error shows it."""
    text = json.dumps(value, ensure_ascii=False)
    return "nothing" if value is None else text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _object(place: str, line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadFile(f"{place} {error.start + 1}: this is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadFile(f"{place} {error.colno}: this is not JSON ({error.msg}).") from error
    if not isinstance(value, dict):
        raise BadFile(f"{place} 1: a JSON object is needed, found {shown(value)}.")
    return value
