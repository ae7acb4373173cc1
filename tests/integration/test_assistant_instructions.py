"""The shop's own instructions, on their way to the model and through the proof."""

from __future__ import annotations

from infra.local.model_server.server import ModelServer
from tendero.assistant.asked import Asked
from tendero.assistant.reply import EngineName
from tendero.assistant.thought import Thought
from tendero.people.agent_config import AgentConfig
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings
from tests.integration.assistant_shop import Counter, fill

CONFIG = AgentConfig(instructions="Trata de usted. Envío gratis desde 50 €: {ojo}.", shop_name="Verde")


def think(db: Database, server: ModelServer, config: AgentConfig) -> Thought:
    settings = Settings.load(
        {
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": server.base_url,
            "WOOCOMMERCE_URL": "https://shop.example",
        }
    )
    counter = Counter(db, settings, rows=fill(db))
    asked = Asked("¿cuánto cuesta el envío?", counter.conversation, config=config)
    return counter.assistant.think(asked, Deadline(20))


def test_instructions_stand_behind_the_rules_and_what_they_say_may_be_said(db: Database) -> None:
    with ModelServer(
        script=[{"content": "El envío cuesta según destino; envío gratis desde 50 €."}]
    ) as server:
        reply = think(db, server, CONFIG).reply
        told = server.requests[0]["body"]["messages"][0]["content"]
    assert reply.texts == ("El envío cuesta según destino; envío gratis desde 50 €.",)
    assert reply.engine is EngineName.OPENAI
    assert told.startswith("You are the assistant in the chat of Verde.")
    assert told.endswith("Trata de usted. Envío gratis desde 50 €: {ojo}.")


def test_what_they_do_not_say_is_not_said(db: Database) -> None:
    false = {"content": "El envío cuesta 3 €."}
    with ModelServer(script=[false, false]) as server:
        assert "3 €" not in think(db, server, CONFIG).reply.texts[0]


def test_where_templates_are_to_answer_no_model_is_asked(db: Database) -> None:
    with ModelServer() as server:
        thought = think(db, server, AgentConfig(engine="templates"))
        assert server.requests == []
    assert thought.reply.engine is EngineName.TEMPLATES
