"""Which models the server knows and what sets them apart."""

from __future__ import annotations

import re
from typing import Any

from infra.local.model_server.errors import ApiError

# Vector length of each embedding model; `dimensions` may only shorten those of the third generation.
EMBEDDING_DIMENSIONS = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
CHAT_MODELS = (
    "gpt-5.6-luna",
    "gpt-5.6-terra",
    "gpt-5.6-sol",
    "gpt-5.5",
    "gpt-5.4",
    "gpt-5.4-mini",
    "gpt-5.4-nano",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5-nano",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-4.1-nano",
    "gpt-4o",
    "gpt-4o-mini",
    "o3",
    "o4-mini",
    "scripted",
)


def listing(extra: tuple[str, ...]) -> dict[str, Any]:
    """The answer of `GET /v1/models`."""
    return {"object": "list", "data": [card(name) for name in (*CHAT_MODELS, *extra, *EMBEDDING_DIMENSIONS)]}


def card(name: str) -> dict[str, Any]:
    """One model as `GET /v1/models/{name}` shows it."""
    return {"id": name, "object": "model", "created": 1700000000, "owned_by": "tendero"}


def require_model(name: str, known: tuple[str, ...]) -> None:
    """Refuse with 404 a name that is neither in `known` nor a dated snapshot of one in it."""
    if not any(name == model or re.fullmatch(rf"{re.escape(model)}-\d[\d-]*", name) for model in known):
        raise ApiError(
            f"The model `{name}` does not exist or you do not have access to it.",
            status=404,
            param="model",
            code="model_not_found",
        )


def reasons(model: str) -> bool:
    """Whether the model thinks before it speaks, which forbids `max_tokens` and `temperature`."""
    return re.match(r"gpt-5|o\d", model) is not None
