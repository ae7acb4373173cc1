"""Chatwoot's stand-in: what it tells whom, and how it is told to act."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from infra.local.chatwoot_server.rest import BOT_TOKEN, PERSON_TOKEN
from infra.local.chatwoot_server.server import Server
from tests.loopback import Loopback, loopback, says


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(retry_seconds=0.01) as running:
        yield running


def control(server: Server, act: str, expected: int = 200, **order: Any) -> dict[str, Any]:
    answer = requests.post(f"{server.base_url}/control/{act}", json=order, timeout=10)
    assert answer.status_code == expected
    return dict(answer.json())


def call(server: Server, method: str, path: str, token: str = BOT_TOKEN, **body: Any) -> requests.Response:
    url = f"{server.base_url}/api/v1/accounts/1/conversations/{path}"
    headers = {"api-access-token": token} if token else {}
    return requests.request(method, url, json=body or None, headers=headers, timeout=10)


def told(target: Loopback, server: Server) -> list[str]:
    server.happenings.deliveries.wait_until_told()
    return [json.loads(each.body)["event"] for each in target.seen]


def test_each_way_is_told_of_its_own_events(server: Server) -> None:
    with loopback(says("{}")) as bot, loopback(says("{}")) as account:
        control(server, "webhooks", url=bot.url, secret="s", way="bot")
        control(server, "webhooks", url=account.url, way="account")
        conversation = control(server, "says", content="hola")["id"]
        control(server, "status", conversation=conversation, status="open")
        changes = ["conversation_status_changed", "conversation_updated"]
        assert told(account, server) == ["message_created", *changes]
        assert told(bot, server) == ["message_created", "conversation_opened", *changes]
        assert "X-Chatwoot-Signature" not in account.seen[0].headers
        first = bot.seen[0]
        text = first.headers["X-Chatwoot-Timestamp"].encode() + b"." + first.body
        assert first.headers["X-Chatwoot-Signature"] == (
            "sha256=" + hmac.new(b"s", text, hashlib.sha256).hexdigest()
        )


@pytest.mark.parametrize(("status", "attempts"), [(500, 3), (429, 3), (503, 1), (401, 1)])
def test_a_bot_that_cannot_be_told_loses_the_conversation(server: Server, status: int, attempts: int) -> None:
    with loopback(says("", status)) as bot:
        control(server, "webhooks", url=bot.url)
        conversation = control(server, "says", content="hola")["id"]
        assert told(bot, server).count("message_created") == attempts
        assert call(server, "GET", str(conversation)).json()["status"] == "open"


def test_labels_and_attributes_are_replaced(server: Server) -> None:
    conversation = control(server, "says", content="hola")["id"]
    for labels in (["a"], ["b"]):
        call(server, "POST", f"{conversation}/labels", labels=labels)
        call(server, "POST", f"{conversation}/custom_attributes", custom_attributes={labels[0]: 1})
    shown = call(server, "GET", str(conversation)).json()
    assert (shown["labels"], shown["custom_attributes"]) == (["b"], {"b": 1})


def test_who_may_call_what(server: Server) -> None:
    conversation = control(server, "says", content="hola")["id"]
    path = f"{conversation}/messages"
    assert [call(server, "GET", path, token).status_code for token in (BOT_TOKEN, PERSON_TOKEN, "")] == [
        401, 200, 401,
    ]  # fmt: skip
    assert call(server, "GET", "999").status_code == 404


def test_a_persons_token_that_opens_a_conversation_takes_it(server: Server) -> None:
    conversation = control(server, "says", content="hola")["id"]
    call(server, "POST", f"{conversation}/toggle_status", PERSON_TOKEN, status="open")
    assert call(server, "GET", str(conversation)).json()["meta"]["assignee_type"] == "User"


def test_what_cannot_be_done_is_said(server: Server) -> None:
    assert "unknown way" in control(server, "webhooks", 400, url="http://x", way="pigeon")["error"]
    assert "KeyError" in control(server, "replies", 400, conversation=99, content="x")["error"]
    assert "one of" in control(server, "dances", 404)["error"]
