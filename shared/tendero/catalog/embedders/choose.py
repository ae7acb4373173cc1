"""Which embedder the settings ask for."""

from __future__ import annotations

from tendero.catalog.embedder import Embedder
from tendero.platform.errors import SecretError
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


def _has_key(secrets: Secrets) -> bool:
    try:
        return bool(secrets.get("openai_api_key"))
    except SecretError:
        # There is one, unreadable just now; the other model would fill the catalogue with vectors anew.
        return True
