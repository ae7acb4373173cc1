"""`tendero embeddings` over a real database, the demo shop and the scripted model server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.model_server.server import ModelServer
from tests.integration.test_cli import _KEYS, Tendero, configure, shop, tendero, the_json, the_only_line

__all__ = ["shop", "tendero"]
SMALL = "text-embedding-3-small@64"


@pytest.fixture
def provider() -> Iterator[ModelServer]:
    with ModelServer(api_key="sk-test") as running:
        yield running


@pytest.fixture
def synced(tendero: Tendero, database_url: str, shop: str, provider: ModelServer) -> Tendero:
    """The command, where the catalogue is synced and embedded by the local model."""
    configure(
        DATABASE_URL=database_url,
        WOOCOMMERCE_URL=shop,
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=provider.base_url,
        **_KEYS,
    )
    the_json(tendero("sync", "--json"))
    return tendero


def test_a_shop_is_switched_to_another_model_and_back(synced: Tendero, provider: ModelServer) -> None:
    status = the_json(synced("embeddings", "status", "--json"))
    products = status["products"]
    assert status["active"] == {"model": "wordllama-256", "dimensions": 256}
    assert status["next"] is None
    assert [(each["embedded"], each["lacking"]) for each in status["models"]] == [(products, 0)]

    done = the_json(synced("embeddings", "switch", "--model", SMALL, "--json"))
    assert done == {"active": SMALL, "next": None, "embeddings": products}
    asked = len(provider.requests)
    assert the_json(synced("search", "cafetera", "--json"))["vector_used"]
    assert len(provider.requests) == asked + 1
    roles = {
        each["model"]: each["role"] for each in the_json(synced("embeddings", "status", "--json"))["models"]
    }
    assert roles == {SMALL: "active", "wordllama-256": "unused"}
    out = synced("embeddings", "status")[1]
    assert "The settings name wordllama-256" in out
    # A sync now follows the model in use, not the one that the settings name.
    assert the_json(synced("sync", "--full", "--json"))["embeddings"] == 0
    assert [each["name"] for each in the_json(synced("doctor", "--json")) if each["level"] == "fail"] == []

    back = the_json(synced("embeddings", "switch", "--model", "wordllama-256", "--json"))
    assert back == {"active": "wordllama-256", "next": None, "embeddings": 0}
    assert the_json(synced("embeddings", "prune", "--json")) == {"removed": {SMALL: products}}
    assert the_json(synced("embeddings", "prune", "--json")) == {"removed": {}}


def test_a_model_that_does_not_work_changes_nothing(synced: Tendero, provider: ModelServer) -> None:
    assert "@N" in the_only_line(synced("embeddings", "switch", "--model", "bge-m3"))
    provider.control({"mode": {"status": 429, "code": "insufficient_quota"}})
    assert "money" in the_only_line(synced("embeddings", "switch", "--model", SMALL))
    assert the_json(synced("embeddings", "status", "--json"))["next"] is None


def test_money_that_runs_out_in_a_switch_keeps_the_old_model(synced: Tendero, provider: ModelServer) -> None:
    broke = {"status": 429, "code": "insufficient_quota"}
    provider.control([{}, {}, broke])
    status, _, told = synced("embeddings", "switch", "--model", SMALL)
    assert status == 1
    assert "tendero embeddings retry" in told
    described = the_json(synced("embeddings", "status", "--json"))
    assert described["active"]["model"] == "wordllama-256"
    (filling,) = [each for each in described["models"] if each["role"] == "next"]
    assert 0 < filling["embedded"] < described["products"]
    assert "money" in filling["stopped"]
    assert "is stopped" in synced("embeddings", "status")[1]

    again = the_json(synced("embeddings", "retry", "--json"))
    assert again == {"embeddings": filling["lacking"], "queued": False, "problems": []}
    assert the_json(synced("embeddings", "status", "--json"))["active"]["model"] == SMALL
