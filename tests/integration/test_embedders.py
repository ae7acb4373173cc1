"""The embedders: the local one as it is shipped, OpenAI's against the scripted model server."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.model_server import ModelServer
from tendero.catalog.embedders.choose import embedder
from tendero.catalog.embedders.local import LocalEmbedder
from tendero.catalog.embedders.openai import OpenAIEmbedder
from tendero.platform.deadline import Deadline
from tendero.platform.errors import (
    EmbeddingError,
    ServiceUnavailable,
    SettingsError,
    SpendLimitReached,
)
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

TEXTS = ["Cuchillo de cocina", "Kitchen knife", "🙂", "Zapatos de piel, talla 42", "x"]


def test_local_vectors_are_those_of_the_package() -> None:
    import wordllama

    folder = Path(wordllama.__file__).parent
    theirs = wordllama.WordLlama.load(cache_dir=folder, disable_download=True).embed(TEXTS, norm=True)
    for ours, other in zip(LocalEmbedder().embed(TEXTS), theirs, strict=True):
        assert ours == pytest.approx(other.tolist(), abs=1e-5)


PRODUCTS = [*TEXTS, "Taza\n\nLola\nHogar\n\nDe gres.", "Taza\n\n\n\nDe gres.", "Taza\n\nLola", "Taza\n\n\n\n"]


def test_many_local_vectors_at_once_are_those_of_single_texts() -> None:
    embedder = LocalEmbedder()
    for together, alone in zip(embedder.embed(PRODUCTS * 100), embedder.embed(PRODUCTS) * 100, strict=True):
        assert together == pytest.approx(alone, abs=1e-6)


def test_a_products_name_counts_as_much_as_everything_else() -> None:
    embedder = LocalEmbedder()
    texts = ["Taza", "Lola", "Lola gres gres", "Taza\n\nLola\n\ngres gres", "Taza\n\n\n\nTaza"]
    name, labels, both, whole, bare = embedder.embed(texts)
    added = [one + 0.5 * two + 0.5 * three for one, two, three in zip(name, labels, both, strict=True)]
    length = math.hypot(*added)
    assert whole == pytest.approx([value / length for value in added], abs=1e-5)
    assert bare == pytest.approx(name, abs=1e-6)


def test_local_vectors_have_unit_length_in_single_precision() -> None:
    embedder = LocalEmbedder()
    vectors = embedder.embed([*TEXTS, "palabra " * 5000])
    assert {len(vector) for vector in vectors} == {256}
    assert all(math.isclose(math.hypot(*vector), 1, abs_tol=1e-6) for vector in vectors)


def test_the_local_model_is_loaded_once_by_the_first_call() -> None:
    embedder = LocalEmbedder()
    assert not embedder.ready
    with ThreadPoolExecutor(4) as threads:
        vectors = list(threads.map(lambda _: embedder.embed(["té verde"])[0], range(8)))
    assert embedder.ready
    assert all(vector == vectors[0] for vector in vectors)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(api_key="sk-test") as running:
        yield running


def openai(server: ModelServer, dimensions: int = 64, **more: str) -> OpenAIEmbedder:
    secrets = Secrets(Settings.load({"OPENAI_API_KEY": "sk-test\n", **more}))
    return OpenAIEmbedder("text-embedding-3-small", dimensions, server.base_url, secrets)


def test_openai_vectors_come_in_the_order_of_the_texts(server: ModelServer) -> None:
    embedder = openai(server)
    apart = [embedder.embed([text])[0] for text in TEXTS]
    server.control([{"reverse": True}])
    assert embedder.embed(TEXTS) == apart
    assert {len(vector) for vector in apart} == {64}


def test_the_documented_request_is_sent(server: ModelServer) -> None:
    openai(server).embed(["té"])
    (request,) = server.requests
    assert request["body"] == {
        "model": "text-embedding-3-small",
        "input": ["té"],
        "encoding_format": "float",
        "dimensions": 64,
    }


def test_requests_stay_within_the_limits(server: ModelServer) -> None:
    vectors = openai(server, dimensions=2).embed(["a"] * 2_100 + ["palabra larga " * 1_000] * 60)
    assert len(vectors) == 2_160
    sizes = [request["body"]["input"] for request in server.requests]
    assert len(sizes) > 2
    assert all(
        len(texts) <= 2_048 and sum(len(text.encode()) for text in texts) <= 300_000 for texts in sizes
    )


@pytest.mark.parametrize("texts", [[""], ["té", "  "], ["\n"]])
def test_empty_texts_are_never_sent(server: ModelServer, texts: list[str]) -> None:
    for each in (openai(server), LocalEmbedder()):
        with pytest.raises(EmbeddingError, match="empty"):
            each.embed(texts)
    assert server.requests == []


def test_nothing_asked_is_nothing_sent(server: ModelServer) -> None:
    assert openai(server).embed([]) == []
    assert server.requests == []


def test_a_rate_limit_is_tried_again(server: ModelServer) -> None:
    server.control([{"status": 429, "retry_after": 0.01}])
    assert len(openai(server).embed(["té"])) == 1
    assert len(server.requests) == 2


def test_a_lasting_rate_limit_tells_when_to_come_back(server: ModelServer) -> None:
    server.control({"mode": {"status": 429, "retry_after": 7}})
    with pytest.raises(ServiceUnavailable) as caught:
        openai(server).embed(["té"], Deadline(1))
    assert caught.value.retry_after == 7


def test_a_refusal_because_of_money_is_never_retried(server: ModelServer) -> None:
    server.control({"mode": {"status": 429, "code": "insufficient_quota"}})
    with pytest.raises(SpendLimitReached):
        openai(server).embed(["té"])
    assert len(server.requests) == 1


def test_a_refused_text_is_its_own_error(server: ModelServer) -> None:
    server.control([{"status": 400, "message": "input is not valid"}])
    with pytest.raises(EmbeddingError, match="input is not valid"):
        openai(server).embed(["té"])


def test_a_wrong_key_is_no_texts_fault(server: ModelServer) -> None:
    with pytest.raises(ServiceUnavailable, match="OPENAI_API_KEY") as caught:
        openai(server, OPENAI_API_KEY="sk-wrong").embed(["té"])
    assert "sk-wrong" not in str(caught.value)


def test_a_service_that_is_down_is_unavailable(server: ModelServer) -> None:
    embedder = openai(server)
    server.stop()
    with pytest.raises(ServiceUnavailable):
        embedder.embed(["té"], Deadline(0.5))


@pytest.mark.parametrize(
    "data", [[], [{"index": 0, "embedding": [1.0]}], [{"index": 5, "embedding": [0.0] * 64}], "no", [{}]]
)
def test_an_answer_that_does_not_fit_is_an_error(server: ModelServer, data: object) -> None:
    with pytest.raises(EmbeddingError):
        openai(server)._vectors({"data": data}, 1)


def chosen(**environment: str) -> str:
    settings = Settings.load(environment)
    return embedder(settings, Secrets(settings, environment=environment)).model


def test_the_embedder_follows_key_and_setting() -> None:
    assert chosen() == "wordllama-256"
    assert chosen(OPENAI_API_KEY="sk-x") == "text-embedding-3-small"
    assert chosen(OPENAI_API_KEY="sk-x", EMBEDDER="local") == "wordllama-256"
    assert chosen(EMBEDDER="openai") == "text-embedding-3-small"
    assert chosen(OPENAI_API_KEY_FILE="/nowhere/key") == "text-embedding-3-small"


def test_a_models_name_tells_the_length_of_its_vectors() -> None:
    assert chosen(OPENAI_API_KEY="k", OPENAI_EMBEDDING_DIMENSIONS="512") == "text-embedding-3-small@512"
    with pytest.raises(SettingsError, match="1536"):
        chosen(OPENAI_API_KEY="k", OPENAI_EMBEDDING_DIMENSIONS="3072")
