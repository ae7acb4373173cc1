"""What the doctor says of the chat platforms, asked of their stand-ins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from infra.cli.checks.channels import checks
from infra.local import ports
from infra.local.askyourdatabase_server import API_KEY, BOT_ID, AskYourDatabaseServer
from infra.local.chatwoot_server.rest import BOT_TOKEN
from infra.local.chatwoot_server.server import Server as ChatwootServer
from infra.local.tasks_server.server import Server as TasksServer
from infra.local.twilio_server.server import ACCOUNT
from infra.local.twilio_server.server import TOKEN as TWILIO_TOKEN
from infra.local.twilio_server.server import Server as TwilioServer
from infra.local.whatsapp_server.server import PHONE_NUMBER_ID
from infra.local.whatsapp_server.server import TOKEN as META_TOKEN
from infra.local.whatsapp_server.server import Server as MetaServer
from tendero.platform.settings import Settings


@pytest.fixture(scope="module")
def right() -> Iterator[dict[str, str]]:
    """Settings with which everything is well."""
    with ExitStack() as stack:
        tasks = stack.enter_context(TasksServer(queues=["projects/demo/locations/here/queues/reply"]))
        twilio, chatwoot = stack.enter_context(TwilioServer()), stack.enter_context(ChatwootServer())
        meta, ayd = stack.enter_context(MetaServer()), stack.enter_context(AskYourDatabaseServer())
        yield {
            "GCP_PROJECT_ID": "demo",
            "TASKS_LOCATION": "here",
            "REPLY_QUEUE": "reply",
            "REPLY_URL": "https://reply.example",
            "CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{tasks.port}",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
            "TWILIO_API_URL": twilio.base_url,
            "TWILIO_WEBHOOK_URL": "https://shop.example/twilio",
            "CHATWOOT_BASE_URL": chatwoot.base_url,
            "CHATWOOT_API_TOKEN": BOT_TOKEN,
            "CHATWOOT_WEBHOOK_SECRET": "s",
            "WHATSAPP_API_URL": meta.api_url,
            "WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
            "WHATSAPP_TOKEN": META_TOKEN,
            "WHATSAPP_APP_SECRET": "s",
            "WHATSAPP_VERIFY_TOKEN": "sesame",
            "ASKYOURDATABASE_URL": ayd.base_url,
            "ASKYOURDATABASE_API_KEY": API_KEY,
            "ASKYOURDATABASE_CHAT_ID": BOT_ID,
        }


def told(settings: dict[str, str]) -> list[tuple[str, str, str]]:
    """Name, level and text of every check that is not well."""
    found = checks(Settings.load(settings))
    return [(each.name, each.level.value, f"{each.seen} {each.fix}") for each in found if each.level != "ok"]


def test_a_shop_without_chat_platforms_is_told_nothing() -> None:
    assert list(checks(Settings())) == []


def test_all_is_well_where_every_platform_knows_its_token(right: dict[str, str]) -> None:
    # The stand-in has no certificate.
    assert told(right) == [
        ("chatwoot", "warn", "the token travels unencrypted Let CHATWOOT_BASE_URL begin with https://.")
    ]
    names = [each.name for each in checks(Settings.load(right))]
    assert names == ["twilio", "chatwoot", "whatsapp", "replies", "askyourdatabase"]


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        ({"TWILIO_AUTH_TOKEN": "other"}, "twilio", "Check TWILIO_AUTH_TOKEN."),
        ({"CHATWOOT_API_TOKEN": "other"}, "chatwoot", "Check CHATWOOT_API_TOKEN."),
        ({"WHATSAPP_TOKEN": "other"}, "whatsapp", "Check WHATSAPP_TOKEN."),
        ({"ASKYOURDATABASE_API_KEY": "other"}, "askyourdatabase", "Check ASKYOURDATABASE_API_KEY"),
        ({"WHATSAPP_PHONE_NUMBER_ID": "1"}, "whatsapp", "Check WHATSAPP_PHONE_NUMBER_ID."),
        ({"CHATWOOT_WEBHOOK_SECRET": ""}, "chatwoot", "CHATWOOT_WEBHOOK_SECRET or CHATWOOT_URL_TOKEN"),
        ({"CHATWOOT_API_TOKEN": "", "WHATSAPP_TOKEN": ""}, "whatsapp", "not set: WHATSAPP_TOKEN"),
        ({"WHATSAPP_VERIFY_TOKEN": ""}, "whatsapp", "Set WHATSAPP_VERIFY_TOKEN"),
        ({"TWILIO_WEBHOOK_URL": "http://shop.example/twilio"}, "twilio", "is not https"),
        ({"TWILIO_WEBHOOK_URL": "https://shop.example/"}, "twilio", "Let it end in /twilio"),
        ({"TWILIO_API_URL": f"http://127.0.0.1:{ports.free()}"}, "twilio", "Check TWILIO_ACCOUNT_SID."),
        ({"REPLY_URL": ""}, "replies", "REPLY_URL is not set"),
        ({"REPLY_QUEUE": "other"}, "replies", "Check GCP_PROJECT_ID, TASKS_LOCATION and REPLY_QUEUE."),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(
    right: dict[str, str], change: dict[str, str], name: str, words: str
) -> None:
    assert any(each == name and words in text for each, _, text in told({**right, **change}))
