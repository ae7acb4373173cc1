"""The demo's course: sync the demo shop, wait for the embeddings, ask, check, tell."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Mapping
from typing import Any

import requests

from infra.cli.checks.check import Level
from infra.cli.checks.embeddings import progress
from infra.cli.checks.services import model
from infra.local.demo.chats import ChatWindow, Heard, WhatsApp
from infra.local.demo.owner import Owner
from infra.local.demo.questions import CHAT_WINDOW, QUESTIONS, WHATSAPP
from infra.local.demo.transcript import Transcript
from infra.local.demo.turn import Turn
from infra.local.demo.webhook import Agent, DemoFailed
from infra.local.state import State
from tendero.catalog.embedders.choose import embedder
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.tasks import CloudTasksQueue

_SYNC_SECONDS = 120
_FAN_OUT_SECONDS = 120


def run(state: State, variables: Mapping[str, str], transcript: Transcript) -> None:
    """Shows the product on a stack that is up. Raises DemoFailed at the first thing that is not right."""
    settings = Settings.load({**variables, **state.environment})
    _check_model(settings)
    pool = database(settings, size=2)
    try:
        _sync(state, settings, pool, transcript)
        transcript.step("Customers ask, through the Dialogflow webhook:")
        agent = Agent(state.urls["webhook"], {**variables, **state.environment})
        owner = Owner(state.environment)
        turns = []
        for question in QUESTIONS:
            if question.left is not None:
                owner.set_stock(*question.left)
                transcript.sold(*question.left)
            said = agent.ask(question.text, question.language, question.session)
            turn = Turn.of(said, pool, agent.conversation(question.session))
            transcript.turn(question, turn)
            turn.check(question)
            turns.append(turn)
        owner.close()
        transcript.times(turns)
        _chats(state, settings, transcript)
    finally:
        pool.close()


def _chats(state: State, settings: Settings, transcript: Transcript) -> None:
    if "twilio" in state.urls:
        transcript.step("A customer writes on WhatsApp, through Twilio and the function reply:")
        phone = WhatsApp(state.urls, settings)
        for texts, part in WHATSAPP:
            heard = phone.write(*texts)
            transcript.chat(texts, heard)
            _check(texts[-1], heard, part)
        phone.close()
    if "chatwoot" in state.urls:
        transcript.step("Another one in the website's chat window, through Chatwoot:")
        window = ChatWindow(state.urls)
        for texts, part in CHAT_WINDOW:
            heard = window.write(*texts)
            transcript.chat(texts, heard)
            _check(texts[-1], heard, part)
        window.wait_for_person()
        transcript.note("(The conversation is open now: a person answers, and the assistant is silent.)")
        window.close()


def _check(text: str, heard: Heard, part: str) -> None:
    if part not in "\n".join(heard.texts):
        raise DemoFailed(f"{text!r}: the answer lacks {part!r}: {heard.texts}")


def curl_line(state: State) -> str:
    """A command that asks the webhook as Dialogflow does."""
    request = {
        "session": "projects/p/agent/sessions/curl",
        "queryResult": {"queryText": "¿Tenéis botas de montaña?", "languageCode": "es"},
    }
    data = shlex.quote(json.dumps(request, ensure_ascii=False))
    return f"curl -s {state.urls['webhook']} -H 'Content-Type: application/json' -d {data}"


def _check_model(settings: Settings) -> None:
    """A key that does not work would only show as embeddings that never come."""
    seen = model(settings)
    if seen.level is Level.FAIL:
        raise DemoFailed(f"{seen.seen} {seen.fix} `make demo MODEL=none` does without a model.")


def _sync(state: State, settings: Settings, pool: Database, transcript: Transcript) -> None:
    transcript.step(f"Sync of the demo shop {state.urls['shop']}, through the function sync:")
    report = _report(state.urls["sync"])
    began = time.monotonic()
    embedded = _wait_for_embeddings(settings, pool)
    transcript.sync(report, embedded, time.monotonic() - began)


def _report(url: str) -> dict[str, Any]:
    try:
        answer = requests.post(url, json={}, timeout=_SYNC_SECONDS)
    except requests.RequestException as error:
        raise DemoFailed(f"The function sync gives no answer: {error}") from error
    if answer.status_code != 200:
        raise DemoFailed(f"The function sync answers {answer.status_code}: {answer.text[:300]}")
    report: dict[str, Any] = answer.json()
    if not report.get("inserted"):
        raise DemoFailed(f"The sync brought no products: {answer.text[:300]}")
    return report


def _wait_for_embeddings(settings: Settings, pool: Database) -> int:
    """Until the queue is empty and every product has its vector; how many have."""
    queue = CloudTasksQueue(settings, settings.embed_queue)
    name = embedder(settings, Secrets(settings)).model
    limit = time.monotonic() + _FAN_OUT_SECONDS
    while True:
        waiting = len(list(queue.client().list_tasks(parent=queue.path)))
        seen = progress(pool, name)
        if not waiting and not seen.missing:
            return seen.embedded
        if seen.refused:
            raise DemoFailed(f"{seen.refused} products could not be embedded: {seen.reason}")
        if time.monotonic() > limit:
            raise DemoFailed(
                f"After {_FAN_OUT_SECONDS} s, {waiting} tasks wait and {seen.missing} products lack a vector:"
                " embed.log says why."
            )
        time.sleep(0.1)
