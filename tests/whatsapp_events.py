"""Meta's sample deliveries of WhatsApp, with their places filled in and signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.whatsapp_server.server import APP_SECRET, PHONE_NUMBER_ID, TOKEN
from tendero.channels.whatsapp import WhatsApp
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

_FOLDER = Path(__file__).parent / "events" / "whatsapp"
NAMES = sorted(path.stem for path in _FOLDER.glob("*.json"))
SETTINGS: dict[str, Any] = {
    "whatsapp_phone_number_id": PHONE_NUMBER_ID,
    "whatsapp_token": TOKEN,
    "whatsapp_app_secret": APP_SECRET,
    "whatsapp_verify_token": "ábrete",
}


@dataclass(frozen=True)
class Delivery:
    """One delivery as it is posted."""

    body: bytes
    headers: dict[str, str]


def channel(**settings: Any) -> WhatsApp:
    chosen = Settings(**{**SETTINGS, **settings})
    return WhatsApp(chosen, Secrets(chosen, environment={}))


USER = "ES.13491208655302741918"


def deliveries(case: str, id_: str = "A1B2C3", user: str = USER, at: float | None = None) -> list[Delivery]:
    """The deliveries of a case from this user; `id_` makes its message ids."""
    text = (_FOLDER / f"{case}.json").read_text(encoding="utf-8").replace(USER, user)
    places = {"id": id_, "now": str(int(at or time.time())), "phone_number_id": PHONE_NUMBER_ID}
    for name, value in places.items():
        text = text.replace("{{" + name + "}}", value)
    return [signed(each["json"], each["signed"]) for each in json.loads(text)["deliveries"]]


def signed(value: Any, how: bool | str = True) -> Delivery:
    """Any JSON as Meta would deliver it: escaped, and signed over these very bytes."""
    body = json.dumps(value).encode()
    secret = APP_SECRET if how is True else "another"
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Delivery(body, {"X-Hub-Signature-256": f"sha256={digest}"} if how else {})
