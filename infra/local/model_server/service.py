"""What each `/v1` path answers, as bytes, before anything goes wrong on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from infra.local.model_server import models
from infra.local.model_server.chat_rules import check_chat
from infra.local.model_server.completion import Completion, cut_to_limit, scripted_answer
from infra.local.model_server.embeddings import embeddings
from infra.local.model_server.errors import ApiError
from infra.local.model_server.script import Step
from infra.local.model_server.shopkeeper import decide


@dataclass(frozen=True)
class Payload:
    """A body in pieces; more than one piece means a stream of server-sent events."""

    pieces: tuple[bytes, ...]
    streamed: bool = False
    status: int = 200
    content_type: str = "application/json"


def as_json(value: Any, status: int = 200) -> Payload:
    """A JSON body in one piece."""
    return Payload((json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"),), status=status)


def endpoint_of(method: str, path: str) -> str | None:
    """`chat`, `embeddings`, `models`, or None for a path that the API does not have."""
    if method == "GET":
        return "models" if path == "/v1/models" or path.startswith("/v1/models/") else None
    return {"/v1/chat/completions": "chat", "/v1/embeddings": "embeddings"}.get(path)


def respond(endpoint: str, path: str, body: Any, step: Step, extra_models: tuple[str, ...]) -> Payload:
    """The answer of an endpoint. Raises ApiError for what the API refuses."""
    if endpoint == "models":
        name = path.removeprefix("/v1/models").strip("/")
        if not name:
            return as_json(models.listing(extra_models))
        models.require_model(name, (*models.CHAT_MODELS, *extra_models, *models.EMBEDDING_DIMENSIONS))
        return as_json(models.card(name))
    if not isinstance(body, dict):
        raise ApiError("We could not parse the JSON body of your request: an object is expected.")
    if endpoint == "embeddings":
        vectors = embeddings(body, reverse=step.reverse)
        return as_json({k: v for k, v in vectors.items() if not (step.no_usage and k == "usage")})
    return _chat(body, step, extra_models)


def _chat(body: dict[str, Any], step: Step, extra_models: tuple[str, ...]) -> Payload:
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise ApiError("you must provide a model parameter", param="model")
    models.require_model(body["model"], (*models.CHAT_MODELS, *extra_models))
    check_chat(body)
    answer = scripted_answer(step) if step.speaks else cut_to_limit(decide(body), body)
    completion = Completion(body, answer, with_usage=not step.no_usage)
    if not body.get("stream"):
        return as_json(completion.whole())
    events = [json.dumps(chunk, ensure_ascii=False) for chunk in completion.chunks()] + ["[DONE]"]
    return Payload(
        tuple(f"data: {event}\n\n".encode("utf-8", "replace") for event in events),
        streamed=True,
        content_type="text/event-stream; charset=utf-8",
    )
