"""Customers on Meta's WhatsApp: from a signed delivery to the answer in Meta's API, and its fate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.whatsapp_server.server import Server
from tendero.platform.database import Database
from tests.acceptance.chat_shop import LUCCA, OUTBOX, TURNS, ChatShop, chat_shop
from tests.integration.assistant_shop import fill
from tests.integration.tasks_stack import wait_until
from tests.whatsapp_events import SETTINGS, deliveries


@dataclass
class Shop:
    """The shop's functions, and Meta before and behind them."""

    chat: ChatShop
    meta: Server

    def deliver(self, case: str, user: str) -> list[int]:
        """The statuses that Meta is answered for a case, as this customer's."""
        url = f"{self.chat.webhook.url}/whatsapp-cloud"
        sent = deliveries(case, f"{user}{case}", user)
        return [requests.post(url, each.body, headers=each.headers, timeout=30).status_code for each in sent]

    def tell(self, case: str, user: str) -> list[dict[str, Any]]:
        """What this customer is sent in all, once there is no work left."""
        assert set(self.deliver(case, user)) == {200}
        self.chat.wait_until_done()
        return self.sent(user)

    def sent(self, user: str) -> list[dict[str, Any]]:
        return [each for each in self.meta.recording.sent if each.get("recipient") == user]


@pytest.fixture
def shop(tmp_path: Path, database_url: str, db: Database) -> Iterator[Shop]:
    fill(db)
    with Server() as meta:
        settings = {name.upper(): value for name, value in SETTINGS.items()}
        with chat_shop(tmp_path, database_url, db, WHATSAPP_API_URL=meta.api_url, **settings) as chat:
            shop = Shop(chat, meta)
            chat.warm_up(lambda: shop.deliver("text", "ES.0")[0])
            meta.webhook_url = f"{chat.webhook.url}/whatsapp-cloud"
            yield shop


def words(sent: list[dict[str, Any]]) -> str:
    """Everything that a customer reads."""
    bodies = [each["interactive"]["body"]["text"] for each in sent if each["type"] == "interactive"]
    return "\n".join([*bodies, *(each["text"]["body"] for each in sent if each["type"] == "text")])


def test_customers_of_whatsapp_are_answered_once_each_whatever_meta_does(shop: Shop, db: Database) -> None:
    # The address is proved first.
    proof = {"hub.mode": "subscribe", "hub.challenge": "1158", "hub.verify_token": "ábrete"}
    answer = requests.get(f"{shop.chat.webhook.url}/whatsapp-cloud", proof, timeout=30)
    assert (answer.status_code, answer.text) == (200, "1158")

    assert LUCCA in words(shop.tell("text", "ES.1"))
    wait_until(lambda: {row["delivery"] for row in db.fetch(OUTBOX)} == {"delivered"})

    # Three messages are one turn; one that comes twice is answered once.
    shop.tell("burst", "ES.2")
    shop.tell("duplicate", "ES.3")
    assert len(db.fetch(TURNS)) == 3

    # Without a visible number, too; what asks nothing is left alone, and so is what Meta has not signed.
    (sent, *_) = shop.tell("no_number", "ES.4")
    assert "to" not in sent
    assert not shop.tell("reaction", "ES.5")
    assert shop.deliver("bad_signature", "ES.6") == [401]
    assert len(db.fetch(TURNS)) == 4

    # Taken, but the answer never came: the status tells. Before it, typing is shown at the same path.
    shop.meta.recording.fail("cut_after", next=2)
    sent = shop.tell("text", "ES.7")
    assert LUCCA in words(sent)
    assert len({each["biz_opaque_callback_data"] for each in sent}) == len(sent)

    # The customer's last message is older than a day.
    shop.meta.recording.fail("window", next=2)
    shop.tell("text", "ES.8")
    wait_until(lambda: "131047" in [row["error_code"] for row in db.fetch(OUTBOX)])
