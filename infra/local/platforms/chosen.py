"""Which platforms are stood in for, at which ports, and the variables that point Tendero at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.local.askyourdatabase_server import server as askyourdatabase
from infra.local.chatwoot_server import rest as chatwoot
from infra.local.chatwoot_server.server import Server as Chatwoot
from infra.local.stand_in import StandIn
from infra.local.twilio_server import server as twilio
from infra.local.whatsapp_server import server as whatsapp

_CHATWOOT_SECRET = "chatwoot_demo_secret"  # noqa: S105 - signs what the stand-in delivers
_SENDER = "whatsapp:+14155238886"


@dataclass(frozen=True)
class Platform:
    """`owned` is the variable by which a user names an account of theirs: then nothing stands in for it.

    `make(port, webhook)` gives the stand-in, which tells the function at `webhook` what happens;
    `variables(url, webhook)` are Tendero's.
    """

    owned: str
    preferred_port: int
    make: Callable[[int, str], StandIn]
    variables: Callable[[str, str], dict[str, str]]


def _twilio(port: int, webhook: str) -> StandIn:
    return twilio.Server(port=port)


def _twilio_variables(url: str, webhook: str) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": twilio.ACCOUNT,
        "TWILIO_AUTH_TOKEN": twilio.TOKEN,
        "TWILIO_API_URL": url,
        "TWILIO_WEBHOOK_URL": f"{webhook}/twilio",
        "TWILIO_FROM_NUMBER": _SENDER,
    }


def _chatwoot(port: int, webhook: str) -> StandIn:
    server = Chatwoot(port=port)
    server.tells(f"{webhook}/chatwoot", _CHATWOOT_SECRET)
    return server


def _chatwoot_variables(url: str, webhook: str) -> dict[str, str]:
    return {
        "CHATWOOT_BASE_URL": url,
        "CHATWOOT_API_TOKEN": chatwoot.BOT_TOKEN,
        "CHATWOOT_WEBHOOK_SECRET": _CHATWOOT_SECRET,
    }


def _whatsapp(port: int, webhook: str) -> StandIn:
    server = whatsapp.Server(port=port)
    server.webhook_url = f"{webhook}/whatsapp-cloud"
    return server


def _whatsapp_variables(url: str, webhook: str) -> dict[str, str]:
    return {
        "WHATSAPP_API_URL": f"{url}/{whatsapp.VERSION}",
        "WHATSAPP_PHONE_NUMBER_ID": whatsapp.PHONE_NUMBER_ID,
        "WHATSAPP_TOKEN": whatsapp.TOKEN,
        "WHATSAPP_APP_SECRET": whatsapp.APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": "demo",
    }


def _askyourdatabase(port: int, webhook: str) -> StandIn:
    return askyourdatabase.AskYourDatabaseServer(port=port)


def _askyourdatabase_variables(url: str, webhook: str) -> dict[str, str]:
    return {
        "ASKYOURDATABASE_URL": url,
        "ASKYOURDATABASE_API_KEY": askyourdatabase.API_KEY,
        "ASKYOURDATABASE_CHAT_ID": askyourdatabase.BOT_ID,
    }


PLATFORMS = {
    "twilio": Platform("TWILIO_ACCOUNT_SID", 8093, _twilio, _twilio_variables),
    "chatwoot": Platform("CHATWOOT_BASE_URL", 8094, _chatwoot, _chatwoot_variables),
    "whatsapp": Platform("WHATSAPP_PHONE_NUMBER_ID", 8095, _whatsapp, _whatsapp_variables),
    "askyourdatabase": Platform(
        "ASKYOURDATABASE_API_KEY", 8096, _askyourdatabase, _askyourdatabase_variables
    ),
}


def not_owned(user: Mapping[str, str]) -> list[str]:
    """The platforms that the user has no account of."""
    return [name for name, each in PLATFORMS.items() if not user.get(each.owned, "").strip()]
