"""A stand-in for Meta's WhatsApp Cloud API: takes messages, and tells the webhook how they fare."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from infra.local.recording import Fault
from infra.local.stand_in import json_response
from infra.local.telling import Telling
from infra.local.whatsapp_server.rules import Refused, authorise, check

TOKEN = "stand-in-token"  # noqa: S105 - opens nothing but this server
APP_SECRET = "stand-in-app-secret"  # noqa: S105
PHONE_NUMBER_ID = "106540352242922"
VERSION = "v23.0"
_DISPLAY_NUMBER = "34911222333"
# Kinds of faults that are told by a status only, with their codes.
_LATER = {"window_later": 131047, "picture_later": 131053}


class Server(Telling):
    """One business number. `tell` sends a signed status of a message to `webhook_url`; where that is set,
    each message goes through the states in `steps` by itself.

    In a process of its own: POST `/webhook` {"url"} sets where statuses go, POST `/status` {"id", "status",
    "code"} sends one; without "id" it is about the newest message.
    """

    kinds: ClassVar[Mapping[str, str]] = {
        "window": "refused: the customer's last message is older than 24 hours (131047)",
        "pair": "refused: too many messages to this customer (131056)",
        "throughput": "refused: too many messages in this second (130429)",
        "token": "refused: the access token has expired (190)",
        "picture": "refused: the picture cannot be loaded (131053)",
        "window_later": "taken, then failed: as `window`",
        "picture_later": "taken, then failed: as `picture`",
    }

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        steps: tuple[str, ...] = ("sent", "delivered"),
        pause: float = 0.05,
    ) -> None:
        super().__init__(host, port, steps=steps, pause=pause)
        self.webhook_url = ""
        self._count = itertools.count(1)

    @property
    def api_url(self) -> str:
        """What WHATSAPP_API_URL is set to."""
        return f"{self.base_url}/{VERSION}"

    def answer(self, request: Request, fault: Fault | None) -> Response:
        if request.method == "POST" and request.path in ("/webhook", "/status"):
            return self._operated(request)
        try:
            if fault and fault.kind not in _LATER:
                raise Refused.of(fault.kind)
            if request.method == "GET" and request.path == f"/{VERSION}/{PHONE_NUMBER_ID}":
                authorise(request, TOKEN)
                return json_response({"display_phone_number": _DISPLAY_NUMBER, "id": PHONE_NUMBER_ID})
            body = check(request, f"/{VERSION}/{PHONE_NUMBER_ID}/messages", TOKEN)
        except Refused as refused:
            return json_response(refused.body, refused.status)
        if "status" in body:
            return json_response({"success": True})
        return self._taken(body, _LATER.get(fault.kind) if fault else None)

    def refusal(self, status: int) -> Response:
        refused = Refused.of("calls" if status == 429 else "outage")
        return json_response(refused.body, status)

    def tell(self, message_id: str, status: str, code: int | None = None) -> int:
        """Sends a status of a taken message; the webhook's HTTP status.

        Raises KeyError for a message that was not taken, OSError where nobody listens.
        """
        message = next((each for each in self.recording.sent if each["id"] == message_id), None)
        if message is None:
            raise KeyError(message_id)
        told: dict[str, Any] = {"id": message_id, "status": status, "timestamp": str(int(time.time()))}
        for name, own in (("to", "recipient_id"), ("recipient", "recipient_user_id")):
            told |= {own: message[name]} if name in message else {}
        if key := message.get("biz_opaque_callback_data"):
            told["biz_opaque_callback_data"] = key
        if code is not None:
            told["errors"] = [{"code": code, "title": "failed", "message": "failed"}]
        return self._deliver({"statuses": [told]})

    def _taken(self, body: dict[str, Any], failing: int | None) -> Response:
        message_id = f"wamid.{next(self._count):08d}"
        self.recording.add_sent({"id": message_id, **body})
        if self.webhook_url:
            self.later(self._fare, message_id, failing)
        contact = {"input": body.get("to", body.get("recipient")), "wa_id": body.get("to")}
        if "recipient" in body:
            contact["user_id"] = body["recipient"]
        answer = {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": message_id}]}
        return json_response(answer)

    def _fare(self, message_id: str, failing: int | None) -> None:
        for state in self.states("failed" if failing else ""):
            with suppress(OSError, KeyError):
                self.tell(message_id, state, failing)

    def _operated(self, request: Request) -> Response:
        order = json.loads(request.get_data())
        if request.path == "/webhook":
            self.webhook_url = order["url"]
            return json_response({"ok": True})
        newest = self.recording.sent[-1]["id"] if self.recording.sent else ""
        with suppress(KeyError):
            told = self.tell(order.get("id", newest), order["status"], order.get("code"))
            return json_response({"webhook": told})
        return json_response({"error": "no such message was taken"}, 404)

    def _deliver(self, value: dict[str, Any]) -> int:
        metadata = {"display_phone_number": _DISPLAY_NUMBER, "phone_number_id": PHONE_NUMBER_ID}
        whole = {"messaging_product": "whatsapp", "metadata": metadata, **value}
        change = {"field": "messages", "value": whole}
        entry = {"id": "102290129340398", "changes": [change]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        signed = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signed}"}
        request = urllib.request.Request(self.webhook_url, body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
