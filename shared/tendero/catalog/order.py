"""What the functions `sync` and `embed` are told to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tendero.platform.errors import BadRequest

_FIELDS = ("source", "full", "dry_run", "ids", "continue")
_MOST_SYNCED = 100
_MOST_EMBEDDED = 2048
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class SyncOrder:
    """A run of one source, or of each configured one where `source` is empty; with `ids`, only these products
    of it are read anew; with `continues`, only where this run of it still waits to be gone on with."""

    source: str
    full: bool
    dry_run: bool
    ids: tuple[str, ...]
    continues: int | None = None

    @classmethod
    def parse(cls, body: dict[str, Any]) -> SyncOrder:
        """Raises BadRequest."""
        for name in body:
            if name not in _FIELDS:
                raise BadRequest(f"Unknown field {name!r}; accepted: {', '.join(_FIELDS)}.")
        source = body.get("source", "")
        full, dry_run = body.get("full", False), body.get("dry_run", False)
        if not (isinstance(source, str) and {type(full), type(dry_run)} == {bool}):
            raise BadRequest("`source` is a string; `full` and `dry_run` are true or false.")
        ids = _ids(body, "ids", _MOST_SYNCED) if "ids" in body else []
        continues = body.get("continue")
        if continues is not None and not _is_id(continues):
            raise BadRequest("`continue` is the id of a run.")
        if [bool(ids), continues is not None, full or dry_run].count(True) > 1:
            raise BadRequest("`ids` and `continue` go without each other, `full` and `dry_run`.")
        if (ids or continues) and "source" not in body:
            raise BadRequest("`ids` and `continue` need a `source`.")
        return cls(source, full, dry_run, tuple(map(str, ids)), continues)


@dataclass(frozen=True, slots=True)
class EmbedOrder:
    """Products by their own ids; an empty `model` means the active one."""

    product_ids: list[int]
    model: str

    @classmethod
    def parse(cls, body: dict[str, Any]) -> EmbedOrder:
        """Raises BadRequest."""
        model = body.get("model", "")
        if not isinstance(model, str):
            raise BadRequest("`model` is the name of an embedding model.")
        return cls(_ids(body, "product_ids", _MOST_EMBEDDED), model)


def _ids(body: dict[str, Any], name: str, most: int) -> list[int]:
    ids: Any = body.get(name)
    usable = isinstance(ids, list) and all(map(_is_id, ids))
    if not usable or not 0 < len(ids) <= most:
        raise BadRequest(f"`{name}` must be a list of 1 to {most} whole numbers.")
    return list(ids)


def _is_id(value: Any) -> bool:
    # A truth value is an int, too.
    return type(value) is int and 0 < value <= _LARGEST_ID
