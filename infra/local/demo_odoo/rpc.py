"""Which methods of a model may be called from outside, under which name, in which releases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Exposed:
    """`model_level` methods take no ids. From release `private_from` on the name is refused as private."""

    name: str
    attribute: str
    model_level: bool
    since: int
    until: int
    private_from: int


def rpc(
    *, name: str = "", model_level: bool = False, since: int = 0, until: int = 99, private_from: int = 99
) -> Callable[[F], F]:
    """Marks a method as callable from outside; a method that overrides it is callable as well."""

    def mark(method: F) -> F:
        exposed = Exposed(name or method.__name__, method.__name__, model_level, since, until, private_from)
        method.exposed = exposed  # type: ignore[attr-defined]
        return method

    return mark


@lru_cache(maxsize=256)
def exposed_methods(kind: type[Any], major: int) -> dict[str, Exposed]:
    """The methods of a class that the release has, by the name they are called by."""
    found: dict[str, Exposed] = {}
    for base in reversed(kind.__mro__):
        for method in vars(base).values():
            exposed = getattr(method, "exposed", None)
            if exposed and exposed.since <= major <= exposed.until:
                found[exposed.name] = exposed
    return found
