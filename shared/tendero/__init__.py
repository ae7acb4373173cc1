"""Tendero: answers a shop's customers from the shop's own data."""

from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Every function imports this package; only who asks for the engine pays for it.
    if name == "ProductsSyncEngine":
        from tendero.catalog.engine import ProductsSyncEngine

        return ProductsSyncEngine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
