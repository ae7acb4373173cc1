"""The port that turns texts into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tendero.platform.deadline import Deadline

Vector = list[float]


class Embedder(Protocol):
    """Gives one unit-length vector of `dimensions` numbers per text, in the order of the texts.

    `model` names model and length together (`text-embedding-3-small`, `wordllama-256`): vectors of
    different models are never compared. `ready` is false while the first call would have to load the model.
    """

    model: str
    dimensions: int

    @property
    def ready(self) -> bool: ...

    def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[Vector]:
        """Raises EmbeddingError, ServiceUnavailable, SpendLimitReached or DeadlineExceeded."""
        ...
