"""A model server for tests and demos: speaks the OpenAI HTTP API, needs no key and no network."""

from infra.local.model_server.server import ModelServer

__all__ = ["ModelServer"]
