"""Twilio's REST API on this machine: takes messages and contents, lists them, tells how messages fare."""

from __future__ import annotations

import re
import time
from base64 import b64decode
from binascii import Error as Base64Error
from contextlib import suppress
from email.utils import formatdate
from typing import ClassVar

import requests
from werkzeug.wrappers import Request, Response

from infra.local.recording import Fault
from infra.local.stand_in import json_response
from infra.local.telling import Telling
from infra.local.twilio_server import content, listing, message
from infra.local.twilio_server.message import Json
from infra.local.twilio_server.refusal import Refusal, said
from tendero.channels.twilio.signature import HEADER, signature

ACCOUNT = "AC" + "0" * 32
TOKEN = "twilio_demo_token"  # noqa: S105
# What a messaging service sends from.
_POOL_NUMBER = "+15005550006"
_MESSAGES = re.compile(r"/2010-04-01/Accounts/([^/]+)/Messages(?:/([^/]+))?\.json")
_TYPING = "/v2/Indicators/Typing.json"
_REFUSED = (21211, 21610)
_FAILING = (63013, 63016, 63018)
_CALLBACK_SECONDS = 10.0


class Server(Telling):
    """One account. Where a message names a `StatusCallback`, it is told there, signed, what becomes of it."""

    kinds: ClassVar = {
        **{str(code): f"refused: {said(code)}" for code in _REFUSED},
        **{str(code): f"taken, then undelivered: {said(code)}; templates pass" for code in _FAILING},
    }

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        account: str = ACCOUNT,
        token: str = TOKEN,
        steps: tuple[str, ...] = ("sent", "delivered"),
        pause: float = 0.05,
    ) -> None:
        super().__init__(host, port, steps=steps, pause=pause)
        self.account = account
        self.token = token
        # By SID. An account keeps them: `reset` does not forget them.
        self.contents: dict[str, Json] = {}

    def answer(self, request: Request, fault: Fault | None) -> Response:
        try:
            self._authorise(request)
            if request.path == _TYPING and request.method == "POST":
                return json_response({"success": True})
            if request.path == content.PATH:
                return self._contents(request)
            return self._messages(request, int(fault.kind) if fault else 0)
        except Refusal as refusal:
            return refusal.response()

    def refusal(self, status: int) -> Response:
        return Refusal(20429 if status == 429 else 20500).response()

    def _contents(self, request: Request) -> Response:
        if request.method == "GET":
            page = content.page(list(self.contents.values()), request.args.to_dict(), self.base_url)
            return json_response(page)
        made = content.made(request.get_json(silent=True), self.account, self.base_url)
        self.contents[made["sid"]] = made
        return json_response(made, 201)

    def _messages(self, request: Request, failing: int) -> Response:
        match = _MESSAGES.fullmatch(request.path)
        if match is None or match[1] != self.account:
            raise Refusal(20404)
        if request.method == "POST" and match[2] is None:
            return self._create(request, failing)
        if match[2] is None:
            return json_response(listing.page(self.recording.sent, request.args.to_dict(), request.path))
        for record in self.recording.sent:
            if record["sid"] == match[2]:
                return json_response(message.public(record))
        raise Refusal(20404)

    def _create(self, request: Request, failing: int) -> Response:
        if failing in _REFUSED:
            raise Refusal(failing)
        record = message.made(request.form, self.account, self.contents)
        answer = json_response(message.public(record), 201)
        self.recording.add_sent(record)
        self.later(self._fare, record, self._failure(record, failing))
        return answer

    def _failure(self, record: Json, failing: int) -> int:
        """Which code a message fails with after all, 0 for none."""
        own = self.contents.get(record["content_sid"])
        if own is not None and not content.is_allowed(own):
            return 63013
        return 0 if record["content_sid"] and own is None else failing

    def _fare(self, record: Json, failing: int) -> None:
        with requests.Session() as session:
            for state in self.states("undelivered" if failing else ""):
                now = formatdate(time.time()).replace("-0000", "+0000")
                record |= {"status": state, "date_sent": now, "date_updated": now}
                record["from"] = record["from"] or _POOL_NUMBER
                if failing:
                    record |= {"error_code": failing, "error_message": said(failing)}
                if record["status_callback"]:
                    self._tell(session, record)

    def _tell(self, session: requests.Session, record: Json) -> None:
        fields = {
            "MessageSid": record["sid"],
            "SmsSid": record["sid"],
            "MessageStatus": record["status"],
            "SmsStatus": record["status"],
            "To": record["to"],
            "From": record["from"],
            "AccountSid": self.account,
            "ApiVersion": record["api_version"],
        }
        if record["error_code"]:
            fields |= {"ErrorCode": str(record["error_code"]), "ErrorMessage": record["error_message"]}
        url = record["status_callback"]
        headers = {HEADER: signature(url, fields.items(), self.token)}
        with suppress(requests.RequestException):
            session.post(url, data=fields, headers=headers, timeout=_CALLBACK_SECONDS)

    def _authorise(self, request: Request) -> None:
        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        try:
            pair = b64decode(given, validate=True).decode()
        except (Base64Error, UnicodeDecodeError) as error:
            raise Refusal(20003) from error
        if pair != f"{self.account}:{self.token}":
            raise Refusal(20003)
