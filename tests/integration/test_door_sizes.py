"""What customers make large does not keep their message from the queue."""

from __future__ import annotations

from urllib.parse import urlencode

from tendero.channels.door import ChatDoor
from tendero.channels.twilio.signature import HEADER, signature
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tests.integration.test_door import Queue, no_database, post

URL = "https://shop.example/twilio"


def test_a_name_and_an_advertisement_without_end_are_cut() -> None:
    queue = Queue()
    settings = Settings(
        reply_url="https://r.example",
        twilio_account_sid="AC0",
        twilio_auth_token="token",
        twilio_webhook_url=URL,
    )
    door = ChatDoor("twilio", settings, Secrets(settings, environment={}), lambda: queue, no_database)
    fields = {
        "MessageSid": "SM1",
        "From": "whatsapp:+34600000000",
        "To": "whatsapp:+34600000001",
        "Body": "hola " * 9000,
        "ProfileName": "x" * 90_000,
        "ReferralHeadline": "y" * 90_000,
    }
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        HEADER: signature(URL, fields.items(), "token"),
    }
    assert post(door, "/twilio", urlencode(fields).encode(), headers).status_code == 200
    (payload,) = queue.tasks.values()
    event = payload["event"]
    assert (len(event["text"]), len(event["name"]), len(event["details"]["headline"])) == (10_000, 500, 500)
