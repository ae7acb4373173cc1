"""The chat platforms that are answered through the queue: settings, tokens, addresses, the queue itself."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from infra.cli.checks.check import Check, fail, ok, warn
from infra.cli.checks.services import running
from tendero.channels import registry
from tendero.platform.deadline import Deadline
from tendero.platform.errors import HttpError, TenderoError
from tendero.platform.http import HttpClient
from tendero.platform.settings import Settings

_SECONDS = 10.0
# What only `reply` needs, beside what `registry.lacking` names.
_TOKENS = {"chatwoot": "chatwoot_api_token", "whatsapp": "whatsapp_token"}
_TOKEN_AND_ADDRESS = {
    "twilio": ("TWILIO_AUTH_TOKEN", "TWILIO_ACCOUNT_SID"),
    "chatwoot": ("CHATWOOT_API_TOKEN", "CHATWOOT_BASE_URL"),
    "whatsapp": ("WHATSAPP_TOKEN", "WHATSAPP_PHONE_NUMBER_ID"),
}


def checks(settings: Settings) -> Iterator[Check]:
    """One line for each platform that the shop has begun to set up; `settings` have their secrets."""
    wanted = registry.wanted(settings)
    for name in wanted:
        yield _channel(name, settings)
    if "twilio" in wanted:
        yield from _signed_address(settings)
    if wanted:
        yield _queue(settings)
    if settings.askyourdatabase_chat_id or settings.askyourdatabase_channels:
        yield _askyourdatabase(settings)


def _channel(name: str, settings: Settings) -> Check:
    lacking = registry.lacking(name, settings)
    token = _TOKENS.get(name)
    if token and not getattr(settings, token):
        lacking.append(token.upper())
    if lacking:
        return fail(name, f"not set: {', '.join(lacking)}", "Set them, or customers there get no answer.")
    try:
        return {"twilio": _twilio, "chatwoot": _chatwoot, "whatsapp": _whatsapp}[name](settings)
    except HttpError as error:
        return fail(name, str(error), _fix(name, error))


def _twilio(settings: Settings) -> Check:
    from requests.auth import HTTPBasicAuth

    account = settings.twilio_account_sid
    auth = HTTPBasicAuth(account, settings.twilio_auth_token)
    client = HttpClient("Twilio", settings.twilio_api_url, auth=auth)
    _get(client, f"2010-04-01/Accounts/{account}/Messages.json", PageSize="1")
    return ok("twilio", f"account {account} answers, the token may read messages")


def _chatwoot(settings: Settings) -> Check:
    """Asks for a conversation that there cannot be: a bot's token may ask for little else."""
    headers = {"api-access-token": settings.chatwoot_api_token}
    client = HttpClient("Chatwoot", settings.chatwoot_base_url, headers=headers)
    try:
        _get(client, f"api/v1/accounts/{settings.chatwoot_account_id or 0}/conversations/0")
    except HttpError as error:
        if error.status not in (401, 404) or b"Invalid Access Token" in error.body:
            raise
    if urlsplit(settings.chatwoot_base_url).scheme != "https":
        return warn("chatwoot", "the token travels unencrypted", "Let CHATWOOT_BASE_URL begin with https://.")
    return ok("chatwoot", f"{settings.chatwoot_base_url} knows the token")


def _whatsapp(settings: Settings) -> Check:
    headers = {"Authorization": f"Bearer {settings.whatsapp_token}"}
    client = HttpClient("WhatsApp", settings.whatsapp_api_url, headers=headers)
    number = _get(client, settings.whatsapp_phone_number_id, fields="display_phone_number")
    shown = number.get("display_phone_number", "") if isinstance(number, dict) else ""
    if not settings.whatsapp_verify_token:
        fix = "Set WHATSAPP_VERIFY_TOKEN, and the same word in Meta's console."
        return warn("whatsapp", f"the token knows the number {shown}; Meta cannot verify the webhook", fix)
    return ok("whatsapp", f"the token knows the number {shown}")


def _signed_address(settings: Settings) -> Iterator[Check]:
    url = settings.twilio_webhook_url
    parts = urlsplit(url)
    if not url:
        return
    if parts.scheme != "https":
        yield warn(
            "twilio", f"TWILIO_WEBHOOK_URL={url} is not https", "Give Twilio the function's own address."
        )
    paths = [path for path, leads_to in registry.PATHS.items() if leads_to == "twilio"]
    if not parts.path.rstrip("/").endswith(tuple(paths)):
        yield fail(
            "twilio",
            f"TWILIO_WEBHOOK_URL={url} leads to no path of Twilio's",
            f"Let it end in {registry.path('twilio')}, here and in Twilio's console.",
        )


def _queue(settings: Settings) -> Check:
    if urlsplit(settings.reply_url).scheme not in ("http", "https"):
        return fail(
            "replies", "REPLY_URL is not set: every message is refused", "Set it to the address of `reply`."
        )
    return running("replies", settings, settings.reply_queue, "REPLY_QUEUE")


def _askyourdatabase(settings: Settings) -> Check:
    from tendero.assistant.askyourdatabase.client import Client

    name = "askyourdatabase"
    try:
        settings.require("askyourdatabase_api_key", "askyourdatabase_chat_id")
        client = Client(settings.askyourdatabase_url, settings.askyourdatabase_chat_id)
        key = settings.askyourdatabase_api_key
        # Opening a session is the least that tells whether key and chatbot belong together.
        client.open(key, name="Tendero", email="doctor@tendero.invalid", deadline=Deadline(_SECONDS))
    except HttpError as error:
        return fail(name, str(error), "Check ASKYOURDATABASE_API_KEY and ASKYOURDATABASE_CHAT_ID.")
    except TenderoError as error:
        return fail(name, str(error))
    return ok(name, f"the chatbot {settings.askyourdatabase_chat_id} opens a session")


def _get(client: HttpClient, path: str, **params: str) -> object:
    try:
        return client.request("GET", path, params=params, timeout=_SECONDS, attempts=1).json()
    finally:
        client.close()


def _fix(name: str, error: HttpError) -> str:
    token, address = _TOKEN_AND_ADDRESS[name]
    return f"Check {token}." if error.status in (401, 403) else f"Check {address}."
