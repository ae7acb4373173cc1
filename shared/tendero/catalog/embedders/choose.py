"""Which embedder the settings ask for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tendero.catalog.embedder import Embedder
from tendero.platform.errors import SecretError, SettingsError
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings


def embedder(settings: Settings, secrets: Secrets) -> Embedder:
    """OpenAI's where EMBEDDER says so, or says `auto` and there is a key; else the local one.

    Loads and asks nothing. Raises SettingsError when model and length do not fit together.
    """
    if settings.embedder == "openai" or (settings.embedder == "auto" and _has_key(secrets)):
        from tendero.catalog.embedders.openai import OpenAIEmbedder

        return OpenAIEmbedder(
            settings.openai_embedding_model,
            settings.openai_embedding_dimensions,
            settings.openai_base_url,
            secrets,
        )
    from tendero.catalog.embedders.local import LocalEmbedder

    return LocalEmbedder()


def by_name(settings: Settings, secrets: Secrets) -> Callable[[str, int], Embedder]:
    """Gives embedders by their `model` and `dimensions`; see `named`."""
    return partial(named, settings, secrets)


def named(settings: Settings, secrets: Secrets, model: str, dimensions: int | None = None) -> Embedder:
    """The embedder of a model: `wordllama-256`, `text-embedding-3-large`, `text-embedding-3-small@512`.

    Without `dimensions` and `@…`, vectors have the model's own length. Loads and asks nothing. Raises
    SettingsError when model and length do not fit together.
    """
    from tendero.catalog.embedders.local import LocalEmbedder

    if model == LocalEmbedder.model:
        if dimensions not in (None, LocalEmbedder.dimensions):
            raise SettingsError(f"{model} gives vectors of {LocalEmbedder.dimensions} numbers only.")
        return LocalEmbedder()
    from tendero.catalog.embedders.openai import LENGTHS, OpenAIEmbedder

    name, _, length = model.partition("@")
    if length:
        if not length.isdecimal() or dimensions not in (None, int(length)):
            raise SettingsError(f"{model}: after @ stands the length of the vectors, as in {name}@512.")
        dimensions = int(length)
    if dimensions is None:
        dimensions = LENGTHS.get(name)
    if dimensions is None:
        known = ", ".join([LocalEmbedder.model, *LENGTHS])
        raise SettingsError(f"How long are the vectors of {name}? Say {name}@N. Known without: {known}.")
    return OpenAIEmbedder(name, dimensions, settings.openai_base_url, secrets)


def _has_key(secrets: Secrets) -> bool:
    try:
        return bool(secrets.get("openai_api_key"))
    except SecretError:
        # There is one, unreadable just now; the other model would fill the catalogue with vectors anew.
        return True
