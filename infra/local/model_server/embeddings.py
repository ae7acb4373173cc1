"""`POST /v1/embeddings`: hashed word stems and letter trigrams, so that alike texts lie close."""

from __future__ import annotations

import base64
import math
from array import array
from collections import Counter
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from infra.local.model_server.errors import ApiError
from infra.local.model_server.models import EMBEDDING_DIMENSIONS, require_model
from infra.local.model_server.tokens import approximate_tokens
from infra.local.model_server.words import STOP_WORDS, stem, words

MAX_INPUTS = 2_048
MAX_TOKENS_PER_INPUT = 8_192
MAX_TOKENS_PER_REQUEST = 300_000


def embeddings(body: dict[str, Any], *, reverse: bool = False) -> dict[str, Any]:
    """The answer to one request; `reverse` sends the vectors in backward order, their `index` still right.

    Raises ApiError for what the real API refuses.
    """
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise ApiError("you must provide a model parameter", param="model")
    require_model(model, tuple(EMBEDDING_DIMENSIONS))
    size = _dimensions(model, body.get("dimensions"))
    encoding = body.get("encoding_format", "float")
    if encoding not in ("float", "base64"):
        raise ApiError(
            f"Invalid value for 'encoding_format': {encoding!r}. Supported values are: 'float' and 'base64'.",
            param="encoding_format",
        )
    texts, counts = _inputs(body.get("input"))
    data = [
        {"object": "embedding", "index": index, "embedding": _encode(embed(text, size), encoding)}
        for index, text in enumerate(texts)
    ]
    used = sum(counts)
    return {
        "object": "list",
        "data": data[::-1] if reverse else data,
        "model": model,
        "usage": {"prompt_tokens": used, "total_tokens": used},
    }


def embed(text: str, dimensions: int) -> array[float]:
    """A unit vector of 32-bit floats. Two equal texts get equal vectors on every machine."""
    vector = [0.0] * dimensions
    for word, count in Counter(words(text) or [text]).items():
        factor = 1.0 + math.log(count)
        for slot, weight in _features(word):
            vector[slot % dimensions] += factor * weight
    length = math.sqrt(math.fsum(value * value for value in vector))
    if length == 0.0:
        vector[0] = length = 1.0
    return array("f", (value / length for value in vector))


@lru_cache(maxsize=50_000)
def _features(word: str) -> tuple[tuple[int, float], ...]:
    """(hash, signed weight) of a word's stem and of its trigrams; a stop word weighs a fifth."""
    scale = 0.2 if word in STOP_WORDS else 1.0
    padded = f"^{word}$"
    trigrams = [padded[i : i + 3] for i in range(max(1, len(padded) - 2))]
    parts = [(f"stem {stem(word)}", scale)]
    parts += [(f"trigram {part}", 0.5 * scale / math.sqrt(len(trigrams))) for part in trigrams]
    features = []
    for name, weight in parts:
        number = int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        features.append((number >> 1, weight if number & 1 else -weight))
    return tuple(features)


def _encode(vector: array[float], encoding: str) -> str | list[float]:
    return base64.b64encode(vector.tobytes()).decode() if encoding == "base64" else vector.tolist()


def _dimensions(model: str, asked: Any) -> int:
    full = EMBEDDING_DIMENSIONS[model]
    if asked is None:
        return full
    if not model.startswith("text-embedding-3"):
        raise ApiError("This model does not support specifying dimensions.", param="dimensions")
    if isinstance(asked, bool) or not isinstance(asked, int) or not 1 <= asked <= full:
        raise ApiError(
            f"Invalid value for 'dimensions' = {asked}. Must be between 1 and {full}.",
            param="dimensions",
            code="invalid_value",
        )
    return asked


def _inputs(given: Any) -> tuple[list[str], list[int]]:
    """The texts and the tokens of each; a token array is read as a text of its numbers."""
    if given is None:
        raise ApiError(
            "Missing required parameter: 'input'.", param="input", code="missing_required_parameter"
        )
    inputs = given if isinstance(given, list) and not _is_tokens(given) else [given]
    if not inputs:
        raise ApiError("Invalid 'input': empty array.", param="input", code="empty_array")
    if len(inputs) > MAX_INPUTS:
        raise ApiError(
            f"Invalid 'input': array too long. Expected an array with maximum length {MAX_INPUTS}, "
            f"but got an array with length {len(inputs)} instead.",
            param="input",
            code="array_above_max_length",
        )
    pairs = [_one_input(item, index) for index, item in enumerate(inputs)]
    total = sum(count for _, count in pairs)
    if total > MAX_TOKENS_PER_REQUEST:
        raise ApiError(
            f"Requested {total} tokens, max {MAX_TOKENS_PER_REQUEST} tokens per request",
            type="max_tokens_per_request",
            code="max_tokens_per_request",
        )
    return [text for text, _ in pairs], [count for _, count in pairs]


def _one_input(item: Any, index: int) -> tuple[str, int]:
    if isinstance(item, str) and item:
        text, count = item, approximate_tokens(item)
    elif _is_tokens(item):
        text, count = " ".join(map(str, item)), len(item)
    else:
        fault = "an empty string" if item == "" else f"of type {type(item).__name__}"
        raise ApiError(f"Invalid 'input[{index}]': input cannot be {fault}.", param="input")
    if count > MAX_TOKENS_PER_INPUT:
        raise ApiError(
            f"This model's maximum context length is {MAX_TOKENS_PER_INPUT} tokens, however you requested "
            f"{count} tokens ({count} in your prompt; 0 for the completion). Please reduce your prompt.",
            param="input",
        )
    return text, count


def _is_tokens(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(type(token) is int for token in value)
