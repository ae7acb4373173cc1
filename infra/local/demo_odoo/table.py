"""Rows in memory, with indexes and a journal to take changes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Row = dict[str, Any]


class Journal:
    """How to undo what the open transaction did. Outside of one nothing is kept."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] | None = None

    def begin(self) -> None:
        self._undo = []

    def note(self, undo: Callable[[], None]) -> None:
        if self._undo is not None:
            self._undo.append(undo)

    def end(self, *, keep: bool) -> None:
        undo, self._undo = self._undo or [], None
        if not keep:
            for step in reversed(undo):
                step()


class Table:
    """The rows of one model by id. Values that are lists or dicts are replaced, never changed in place."""

    def __init__(self, model: str, indexed: Iterable[str], journal: Journal) -> None:
        self.model = model
        self.rows: dict[int, Row] = {}
        self._journal = journal
        self._last_id = 0
        self._indexes: dict[str, dict[Any, dict[int, None]]] = {name: {} for name in indexed}

    def insert(self, row: Row) -> int:
        """Adds a row. Takes the id in it, or the next one; ids are never used twice."""
        row_id = row.get("id") or self._last_id + 1
        self._last_id = max(self._last_id, row_id)
        row["id"] = row_id
        row["_model"] = self.model
        self.rows[row_id] = row
        self._file(row)
        self._journal.note(lambda: self._drop(row))
        return row_id

    def update(self, row_id: int, changes: Row) -> None:
        row = self.rows[row_id]
        before = {name: row.get(name) for name in changes}
        self._set(row, changes)
        self._journal.note(lambda: self._set(row, before))

    def delete(self, row_id: int) -> None:
        row = self.rows[row_id]
        self._drop(row)
        self._journal.note(lambda: self._restore(row))

    def by(self, name: str, value: Any) -> list[Row]:
        """The rows whose indexed field has that value, oldest id first."""
        return [self.rows[row_id] for row_id in sorted(self._indexes[name].get(value, ()))]

    def _set(self, row: Row, changes: Row) -> None:
        for name in self._indexes.keys() & changes.keys():
            self._indexes[name].get(row.get(name), {}).pop(row["id"], None)
        row.update(changes)
        for name in self._indexes.keys() & changes.keys():
            self._indexes[name].setdefault(row[name], {})[row["id"]] = None

    def _file(self, row: Row) -> None:
        for name, index in self._indexes.items():
            index.setdefault(row.get(name), {})[row["id"]] = None

    def _drop(self, row: Row) -> None:
        del self.rows[row["id"]]
        for name, index in self._indexes.items():
            index[row.get(name)].pop(row["id"], None)

    def _restore(self, row: Row) -> None:
        self.rows[row["id"]] = row
        self._file(row)
