"""Customers in Chatwoot: from the delivery to the answer in its API, beside the shop's people."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from infra.local.chatwoot_server.desk import Conversation, Message
from infra.local.chatwoot_server.rest import BOT_TOKEN
from infra.local.chatwoot_server.server import Server
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.acceptance.chat_shop import LUCCA, TURNS, ChatShop, chat_shop
from tests.chatwoot_events import body, signed
from tests.integration.assistant_shop import fill
from tests.integration.tasks_stack import wait_until
from tests.loopback import Loopback, loopback, says

SECRETS = {"bot": "of-the-bot", "account": "of-the-webhook", "inbox": "of-the-inbox"}
QUESTION = "¿Tenéis cafeteras italianas?"
STATES = Query.parse("states", "select distinct state from outbox order by state")
HANDED = Query.parse("handed", "select external_id from conversations where handed_over_at is not null")
COMPLETION = {
    "id": "one",
    "object": "chat.completion",
    "created": 0,
    "model": "gpt-4o-mini",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "¡Claro que sí!"}}
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


@dataclass
class Shop:
    """The shop's functions, and Chatwoot before and behind them."""

    functions: ChatShop
    chatwoot: Server

    def after(self, happening: Callable[[], Any]) -> Any:
        """What a happening gives, once all that followed from it is done."""
        done = happening()
        # An answer makes deliveries of its own.
        for _ in range(2):
            self.chatwoot.happenings.deliveries.wait_until_told()
            self.functions.wait_until_done()
        return done

    def ask(self, words: str, conversation: int | None = None, **more: Any) -> Conversation:
        return self.after(lambda: self.chatwoot.happenings.customer_says(words, conversation, **more))


@contextmanager
def shop(folder: Path, database_url: str, db: Database, **more: str) -> Iterator[Shop]:
    with Server(retry_seconds=0.1) as chatwoot:
        settings = {
            "BURST_SECONDS": "0.1",
            "CHATWOOT_BASE_URL": chatwoot.base_url,
            "CHATWOOT_API_TOKEN": BOT_TOKEN,
            "CHATWOOT_WEBHOOK_SECRET": ",".join(SECRETS.values()),
            "CHATWOOT_REQUESTS_PER_MINUTE": "6000",
        }
        with chat_shop(folder, database_url, db, **settings, **more) as functions:
            for way, secret in SECRETS.items():
                chatwoot.tells(f"{functions.webhook.url}/chatwoot", secret, way)
            yield Shop(functions, chatwoot)


def answers(conversation: Conversation) -> list[Message]:
    """What the bot said to the customer."""
    return [
        each
        for each in conversation.messages
        if each.sender and each.sender.get("type") == "agent_bot" and not each.private
    ]


def test_the_assistant_answers_while_a_conversation_is_its_own(
    tmp_path: Path, database_url: str, db: Database
) -> None:
    fill(db)
    with shop(tmp_path, database_url, db) as chat:
        # All three ways of delivery tell of each message.
        conversation = chat.ask(QUESTION)
        (answer,) = answers(conversation)
        assert LUCCA in (answer.content or "")
        assert len(db.fetch(TURNS)) == 1
        ways = {each["way"] for each in chat.chatwoot.happenings.deliveries.results if each["status"] == 200}
        assert ways == set(SECRETS)

        # A person who answers has it, though it is still pending.
        happenings = chat.chatwoot.happenings
        chat.after(lambda: happenings.person_replies(conversation.id, "Nota", private=True))
        chat.after(lambda: happenings.person_replies(conversation.id, "Hola, soy Lola."))
        chat.ask(QUESTION, conversation.id)
        assert len(answers(conversation)) == 1
        # Once it is closed, the next question is the assistant's again.
        chat.after(lambda: happenings.set_status(conversation.id, "resolved"))
        chat.ask(QUESTION, conversation.id)
        assert len(answers(conversation)) == 2

        # Whoever asks for a person gets one, who reads why.
        asking = chat.ask("Quiero hablar con una persona", inbox=2)
        assert (asking.status, asking.labels) == ("open", ["handoff"])
        (promise,) = answers(asking)
        (note,) = [each for each in asking.messages if each.private]
        assert "Quiero hablar con una persona" in (note.content or "")
        chat.ask("¿Hola?", asking.id)
        assert answers(asking) == [promise]
        chat.after(lambda: happenings.set_status(asking.id, "pending"))
        chat.ask(QUESTION, asking.id)
        assert LUCCA in (answers(asking)[-1].content or "")
        assert {each["state"] for each in db.fetch(STATES)} == {"sent"}

        # A message whose sending is cut off is there once.
        chat.chatwoot.recording.fail("cut_after", method="POST", path="/messages")
        assert len(answers(chat.ask(QUESTION, inbox=2))) == 1

        # Nobody else is listened to.
        content = json.dumps(body("text")).encode()
        for headers in ({}, signed(content, "another"), signed(content, SECRETS["bot"], 1)):
            for path in ("/chatwoot", "/webhook/chatwoot"):
                refused = requests.post(
                    chat.functions.webhook.url + path, data=content, headers=headers, timeout=30
                )
                assert refused.status_code == 401
        assert "pubsub" not in chat.functions.webhook.log + chat.functions.reply.log


@contextmanager
def slow_model() -> Iterator[tuple[Loopback, threading.Event]]:
    """A model that answers when the event is set."""
    thought = threading.Event()

    def answer(handler: Any) -> None:
        thought.wait(30)
        says(json.dumps(COMPLETION), Content_Type="application/json")(handler)

    with loopback(answer) as server:
        try:
            yield server, thought
        finally:
            thought.set()


def test_a_person_who_comes_while_the_assistant_thinks_silences_it(
    tmp_path: Path, database_url: str, db: Database
) -> None:
    fill(db)
    with slow_model() as (model, thought):
        key = {"OPENAI_BASE_URL": f"{model.url}/v1", "OPENAI_API_KEY": "any"}
        with shop(tmp_path, database_url, db, **key) as chat:
            happenings = chat.chatwoot.happenings
            replied, opened = (happenings.customer_says(QUESTION, inbox=2) for _ in range(2))
            wait_until(lambda: len(model.seen) == 2)
            happenings.person_replies(replied.id, "Hola, soy Lola.")
            happenings.set_status(opened.id, "open")
            wait_until(lambda: len(db.fetch(HANDED)) == 2)
            chat.after(thought.set)
            assert answers(replied) == answers(opened) == []
            assert chat.chatwoot.recording.sent == []
