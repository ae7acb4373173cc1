"""A model that is late: the templates answer, and what it says afterwards is a thought of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.model_server.server import ModelServer
from tendero.assistant.asked import Asked
from tendero.assistant.model import ChatClient
from tendero.assistant.reply import EngineName
from tendero.assistant.thought import Thought
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tests.integration.assistant_shop import Counter, fill

ROMA = "Cafetera espresso Roma"
QUESTION = "¿cuánto cuesta la cafetera espresso?"
TRUE = f"La {ROMA} cuesta 189,00 € y queda 1 unidad."
FALSE = f"La {ROMA} cuesta solo 99 €."


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def counter(db: Database, server: ModelServer) -> Counter:
    variables = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": server.base_url, "DB_POOL_SIZE": "5"}
    settings = Settings.load(variables)
    model = ChatClient(settings, Secrets(settings))
    # Loading the SDK takes longer than these turns have.
    model.prepare()
    return Counter(db, settings, model, fill(db))


def think(counter: Counter, seconds: float, patience: float | None) -> Thought:
    return counter.assistant.think(
        Asked(QUESTION, counter.conversation, "es"),
        Deadline(seconds),
        None if patience is None else Deadline(patience),
    )


def test_a_model_in_time_leaves_nothing_for_later(counter: Counter, server: ModelServer) -> None:
    server.control([{"content": TRUE}])
    thought = think(counter, 8.0, 20.0)
    assert (thought.reply.engine, thought.late) == (EngineName.OPENAI, None)


def test_a_late_model_is_heard_after_the_templates(counter: Counter, server: ModelServer) -> None:
    server.control([{"hang": 1.5, "content": TRUE}])
    thought = think(counter, 1.0, 20.0)
    assert thought.reply.engine is EngineName.TEMPLATES
    assert "189,00 €" in thought.reply.texts[0]
    assert thought.reply.usage.calls == 0
    assert thought.late is not None
    with pytest.raises(DeadlineExceeded):
        thought.late(Deadline(0))
    late = thought.late(Deadline(20))
    assert (late.message, late.reply.texts, late.reply.engine) == (QUESTION, (TRUE,), EngineName.OPENAI)
    assert [product.name for product in late.reply.products] == [ROMA]
    assert (late.reply.usage.calls, late.reply.language) == (1, "es")


def test_what_a_late_model_says_is_proved_too(counter: Counter, server: ModelServer) -> None:
    server.control([{"hang": 1.2, "content": FALSE}, {"content": FALSE}])
    thought = think(counter, 1.0, 20.0)
    assert thought.late is not None
    late = thought.late(Deadline(20))
    assert (late.reply.texts, late.reply.usage.calls) == ((), 2)


def test_without_patience_a_late_model_is_given_up(counter: Counter, server: ModelServer) -> None:
    server.control([{"hang": 5, "content": TRUE}])
    assert think(counter, 1.0, None).late is None
