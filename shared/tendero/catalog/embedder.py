"""The port that turns texts into vectors."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Protocol, TypeAlias

from tendero.platform.deadline import Deadline

# Single-precision floats (type code "f"), packed: a list would take eight times the memory, and much longer
# to turn into PostgreSQL's form.
Vector: TypeAlias = "array[float]"


class Embedder(Protocol):
    """Gives one unit-length vector of `dimensions` numbers per text, in the order of the texts.

    `model` names model and length together (`wordllama-256`; `text-embedding-3-small@512` where it is not the
    model's own length): vectors of different models are never compared. `paid`: each text is sent to a
    service. `ready` is false while the first call would have to `load` the model.
    """

    model: str
    dimensions: int
    paid: bool

    @property
    def ready(self) -> bool: ...

    def load(self) -> None: ...

    def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[Vector]:
        """Raises EmbeddingError, ServiceUnavailable, SpendLimitReached or DeadlineExceeded."""
        ...
