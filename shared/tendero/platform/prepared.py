"""Statements that a connection keeps prepared: parsed once, planned a few times, sent in one round trip."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

# Each holds some memory of the server's for as long as the connection lives; those not asked for longest go.
_MOST = 100
# The statement is gone, or gives other columns since a migration: it must be prepared anew.
_STALE = {"26000", "0A000"}


def execute(connection: Any, text: str, values: Sequence[Any]) -> Any:
    """What pg8000's `execute_unnamed` gives, which takes three round trips and plans each time.

    PostgreSQL makes a plan for the values at hand the first five times; from then on one for all values,
    unless that would cost more. Raises pg8000's errors.
    """
    from pg8000.converters import make_params

    held = _held(connection)
    if text in held:
        held.move_to_end(text)
    else:
        if len(held) >= _MOST:
            _, (oldest, _, _) = held.popitem(last=False)
            connection.close_prepared_statement(oldest)
        held[text] = connection.prepare_statement(text, ())
    name, columns, decoders = held[text]
    try:
        return connection.execute_named(
            name, make_params(connection.py_types, values), columns, decoders, text
        )
    except Exception as error:
        details = error.args[0] if error.args else None
        if isinstance(details, dict) and details.get("C") in _STALE:
            held.clear()
        raise


def _held(connection: Any) -> OrderedDict[str, tuple[bytes, Any, Any]]:
    held: OrderedDict[str, tuple[bytes, Any, Any]]
    try:
        held = connection.tendero_statements
    except AttributeError:
        held = connection.tendero_statements = OrderedDict()
    return held
