"""Twilio's REST API. Source: twilio.com/docs/messaging/api/message-resource."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, urlencode

from tendero.channels.channel import Json
from tendero.channels.twilio.contents import Contents
from tendero.platform.deadline import Deadline
from tendero.platform.errors import (
    DeadlineExceeded,
    HttpError,
    SecretError,
    ServiceRefused,
    ServiceUnavailable,
)
from tendero.platform.http import HttpClient
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

if TYPE_CHECKING:
    from requests import PreparedRequest
    from requests.auth import AuthBase

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_SEND_SECONDS, _TYPING_SECONDS = 15.0, 3.0
_PAGE_SIZE, _MOST_PAGES = 100, 5
# A wrong token or account: somebody has to mend the settings first.
_REFUSED_STATUSES, _PAUSE_SECONDS = (401, 403, 404), 60.0


class Api:
    """One account's messages, and its `contents`. `code_of` tells Twilio's own code of an error that these
    raise.
    """

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._account = settings.twilio_account_sid
        self._secrets = secrets
        self._messages = f"/2010-04-01/Accounts/{quote(self._account, safe='')}/Messages.json"
        auth = cast("AuthBase", self._authorised)
        self._http = HttpClient("Twilio", settings.twilio_api_url, auth=auth)
        # Other hosts: what they lack must not close the way to this one.
        typing_url = settings.twilio_api_url.replace("//api.", "//messaging.", 1)
        self._typing = HttpClient("Twilio's typing indicator", typing_url, auth=auth)
        contents_url = settings.twilio_api_url.replace("//api.", "//content.", 1)
        self.contents = Contents(HttpClient("Twilio's Content API", contents_url, auth=auth))

    def create(self, form: bytes, deadline: Deadline) -> str:
        """Sends a message: its SID. Raises HttpError for what Twilio refuses, ServiceUnavailable with status
        429 where it has certainly not taken it, ServiceUnavailable otherwise.
        """
        try:
            answer = self._http.request(
                "POST",
                self._messages,
                data=form,
                headers=_FORM,
                deadline=deadline,
                timeout=_SEND_SECONDS,
                attempts=1,
            )
        except (DeadlineExceeded, SecretError) as error:
            raise ServiceUnavailable(f"Nothing was sent: {error}", status=429) from error
        except ServiceUnavailable:
            raise
        except HttpError as error:
            raise _named(error) from error
        try:
            return str(answer.json()["sid"])
        except (HttpError, KeyError, TypeError) as error:
            raise ServiceUnavailable("Twilio took a message without telling its SID.") from error

    def sent(self, to: str, sender: str, deadline: Deadline) -> Iterator[Json]:
        """Messages to an address, the newest few hundred, from this sender (from any where it is "").

        Not asked for by date: a message that is still queued has no date of sending. Raises
        ServiceUnavailable.
        """
        params = {"To": to, **({"From": sender} if sender else {}), "PageSize": _PAGE_SIZE}
        path = f"{self._messages}?{urlencode(params)}"
        for _ in range(_MOST_PAGES):
            page = self._page(path, deadline)
            messages = page.get("messages")
            if isinstance(messages, list):
                yield from (each for each in messages if isinstance(each, dict))
            path = str(page.get("next_page_uri") or "")
            if not path.startswith("/"):
                return

    def show_typing(self, message_sid: str, deadline: Deadline) -> None:
        """Shows on WhatsApp that an answer to this message is being written, for 25 s. Raises HttpError,
        DeadlineExceeded or SecretError.
        """
        form = urlencode({"channel": "whatsapp", "messageId": message_sid}).encode()
        self._typing.request(
            "POST",
            "/v2/Indicators/Typing.json",
            data=form,
            headers=_FORM,
            deadline=deadline,
            timeout=_TYPING_SECONDS,
            attempts=1,
        )

    def _page(self, path: str, deadline: Deadline) -> Mapping[str, object]:
        try:
            page = self._http.request("GET", path, deadline=deadline, attempts=3).json()
        except ServiceUnavailable:
            raise
        except (HttpError, DeadlineExceeded, SecretError) as error:
            raise ServiceUnavailable(f"Twilio does not list its messages: {error}") from error
        return page if isinstance(page, dict) else {}

    def _authorised(self, request: PreparedRequest) -> PreparedRequest:
        # The token is read for each call: a rotated one counts at once.
        pair = f"{self._account}:{self._secrets.get('twilio_auth_token').strip()}"
        request.headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return request


def code_of(error: HttpError) -> str:
    """Twilio's code of a refusal (`21610`), else the HTTP status."""
    try:
        said = json.loads(error.body)
    except ValueError:
        said = None
    code = said.get("code") if isinstance(said, dict) else None
    return str(code or error.status or "")


def _named(error: HttpError) -> HttpError:
    if error.status in _REFUSED_STATUSES:
        return ServiceRefused(
            f"{error} Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.",
            status=429,
            retry_after=_PAUSE_SECONDS,
            body=error.body,
        )
    if error.status is None or error.status >= 500:
        return ServiceUnavailable(str(error), status=error.status, body=error.body)
    return error
