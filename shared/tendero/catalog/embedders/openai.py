"""Vectors from OpenAI's embeddings API, or from a service that speaks it.

Plain HTTP rather than the SDK, whose import alone takes longer than a query's embedding.
Source of the limits: https://platform.openai.com/docs/api-reference/embeddings
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

from tendero.catalog.embedder import Vector
from tendero.platform.deadline import Deadline
from tendero.platform.errors import (
    EmbeddingError,
    HttpError,
    ServiceRefused,
    ServiceUnavailable,
    SettingsError,
    SpendLimitReached,
)
from tendero.platform.http import HttpClient, Response
from tendero.platform.secrets import Secrets
from tendero.platform.spending import MONEY_CODES

if TYPE_CHECKING:
    from requests import PreparedRequest
    from requests.auth import AuthBase

_MOST_TEXTS = 2_048
# A token is at least one byte, so that these bounds on bytes hold the limits on tokens (8,192 and 300,000).
_MOST_BYTES_PER_TEXT = 8_192
_MOST_BYTES = 300_000
_TIMEOUT_SECONDS = 30.0
LENGTHS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
_TEXT_REFUSED = {400, 413, 422}


class OpenAIEmbedder:
    """`name` with vectors of `dimensions` numbers. Threads may share it.

    The key is asked of `secrets` at every request, so that it can be rotated. Raises SettingsError when the
    model cannot give vectors of that length.
    """

    paid = True

    def __init__(self, name: str, dimensions: int, base_url: str, secrets: Secrets) -> None:
        longest = LENGTHS.get(name)
        self._adjustable = name.startswith("text-embedding-3")
        if longest and (dimensions > longest or (dimensions < longest and not self._adjustable)):
            raise SettingsError(f"OPENAI_EMBEDDING_DIMENSIONS={dimensions}: {name} gives {longest}.")
        self.model = name if dimensions == longest else f"{name}@{dimensions}"
        self.dimensions = dimensions
        self._name = name
        self._secrets = secrets
        self._http = HttpClient(
            "The embedding service",
            base_url,
            auth=cast("AuthBase", self._authorised),
            refusal=_about_money,
        )

    @property
    def ready(self) -> bool:
        return True

    def load(self) -> None:
        """Nothing: the model is the service's."""

    def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[Vector]:
        """Texts beyond 8,192 bytes are cut. One request per 2,048 texts or 300,000 bytes."""
        cut = [_cut(text) for text in texts]
        if not all(cut):
            raise EmbeddingError("An empty text has no vector.")
        return [vector for batch in _batches(cut) for vector in self._request(batch, deadline)]

    def _request(self, texts: list[str], deadline: Deadline | None) -> list[Vector]:
        body: dict[str, Any] = {"model": self._name, "input": texts, "encoding_format": "float"}
        if self._adjustable:
            body["dimensions"] = self.dimensions
        try:
            answer = self._http.request(
                "POST", "embeddings", json=body, deadline=deadline, timeout=_TIMEOUT_SECONDS
            )
            return self._vectors(answer.json(), len(texts))
        except ServiceUnavailable:
            raise
        except HttpError as error:
            if error.status in _TEXT_REFUSED:
                raise EmbeddingError(str(error)) from error
            # A wrong key, model or address: no text is at fault.
            raise ServiceRefused(
                f"{error} Check OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_EMBEDDING_MODEL.",
                status=error.status,
            ) from error

    def _vectors(self, answer: Any, count: int) -> list[Vector]:
        try:
            data = sorted(answer["data"], key=lambda each: each["index"])
            vectors = [array("f", each["embedding"]) for each in data]
            fitting = [each["index"] for each in data] == list(range(count)) and all(
                len(vector) == self.dimensions and all(map(isfinite, vector)) for vector in vectors
            )
        except (KeyError, TypeError, OverflowError) as error:
            raise EmbeddingError("The embedding service's answer holds no vectors.") from error
        if not fitting:
            lengths = sorted({len(vector) for vector in vectors})
            raise EmbeddingError(
                f"The embedding service answered {len(vectors)} vectors of {lengths} numbers, not {count} of"
                f" {self.dimensions} (OPENAI_EMBEDDING_DIMENSIONS)."
            )
        return vectors

    def _authorised(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._secrets.get('openai_api_key').strip()}"
        return request


def _about_money(answer: Response) -> SpendLimitReached | None:
    if answer.status != 429:
        return None
    try:
        error = answer.json()["error"]
        said, codes = error.get("message"), {error.get("code"), error.get("type")}
    except (HttpError, KeyError, TypeError, AttributeError):
        return None
    if MONEY_CODES.isdisjoint(codes):
        return None
    return SpendLimitReached(f"The embedding service refuses because of money: {said}")


def _cut(text: str) -> str:
    encoded = text.strip().encode("utf-8", "replace")
    return encoded[:_MOST_BYTES_PER_TEXT].decode("utf-8", "ignore")


def _batches(texts: list[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode())
        if batch and (len(batch) == _MOST_TEXTS or size + length > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch
