"""Chatwoot's REST API for one account's conversations, at the pace that all instances keep together.

Source: app/controllers/api/v1/accounts of 4.15. An agent bot's token opens what is about a conversation;
lists of messages and contacts take a user's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from tendero.channels.chatwoot.conversation import Address, Json, items, number
from tendero.platform.deadline import Deadline
from tendero.platform.errors import HttpError, ServiceUnavailable
from tendero.platform.http import HttpClient, Response

if TYPE_CHECKING:
    from requests import PreparedRequest
    from requests.auth import AuthBase

# Its counters start anew with each minute, and no Retry-After tells when that is.
_REFUSED_SECONDS = 20.0
_READ_ATTEMPTS = 2

Status = Literal["open", "pending", "resolved"]


class Api:
    """Calls that raise HttpError where Chatwoot refuses, and ServiceUnavailable with status 429 where it has
    certainly done nothing, otherwise where it may have.

    `token` gives the access token at each call, `pace` waits for the turn before each.
    """

    def __init__(self, base_url: str, token: Callable[[], str], pace: Callable[[Deadline], None]) -> None:
        self._token = token
        self._pace = pace
        self._http = HttpClient(
            "Chatwoot",
            f"{base_url.rstrip('/')}/api/v1/accounts",
            auth=cast("AuthBase", self._authorised),
            refusal=_too_many,
        )

    def send_message(self, at: Address, message: Json, deadline: Deadline) -> int:
        """Creates a message; its id. `message` is Chatwoot's own form, without `message_type`."""
        body = {"message_type": "outgoing", **message}
        created = number(_object(self._call("POST", at, "/messages", deadline, json=body)).get("id"))
        if created is None:
            raise ServiceUnavailable("Chatwoot does not say which message it has made.")
        return created

    def conversation(self, at: Address, deadline: Deadline) -> Json:
        """The conversation as it is now, with its last message."""
        return _object(self._call("GET", at, "", deadline))

    def messages(self, at: Address, deadline: Deadline, *, after: int = 0) -> list[Json]:
        """At most 100 messages behind the one of this id, oldest first; the newest 20 for 0.

        Not for an agent bot's token: HttpError 401.
        """
        params = {"after": after} if after else None
        answer = self._call("GET", at, "/messages", deadline, params=params)
        return items(_object(answer).get("payload"))

    def contact(self, account: int, contact: int, deadline: Deadline) -> Json:
        """What Chatwoot knows of a customer. Not for an agent bot's token: HttpError 401."""
        answer = self._request("GET", f"{account}/contacts/{contact}", deadline)
        payload = _object(answer).get("payload")
        return payload if isinstance(payload, dict) else {}

    def set_status(self, at: Address, status: Status, deadline: Deadline) -> None:
        """Opening a pending conversation with an agent bot's token counts as its handoff."""
        self._call("POST", at, "/toggle_status", deadline, json={"status": status})

    def assign(
        self, at: Address, deadline: Deadline, *, person: int | None = None, team: int | None = None
    ) -> None:
        """Gives the conversation to a person, or to a team."""
        body = {"team_id": team} if person is None else {"assignee_id": person}
        self._call("POST", at, "/assignments", deadline, json=body)

    def set_labels(self, at: Address, labels: Sequence[str], deadline: Deadline) -> None:
        """Replaces all labels. Agent bots may since 4.14.2."""
        self._call("POST", at, "/labels", deadline, json={"labels": list(labels)})

    def set_custom_attributes(self, at: Address, attributes: Json, deadline: Deadline) -> None:
        """Replaces all custom attributes."""
        self._call("POST", at, "/custom_attributes", deadline, json={"custom_attributes": attributes})

    def show_typing(self, at: Address, deadline: Deadline) -> None:
        """Until the next message. Agent bots may since 4.11.2."""
        self._call("POST", at, "/toggle_typing_status", deadline, json={"typing_status": "on"})

    def _call(
        self,
        method: str,
        at: Address,
        path: str,
        deadline: Deadline,
        *,
        json: Json | None = None,
        params: Json | None = None,
    ) -> Response:
        path = f"{at.account}/conversations/{at.conversation}{path}"
        return self._request(method, path, deadline, json=json, params=params)

    def _request(
        self,
        method: str,
        path: str,
        deadline: Deadline,
        *,
        json: Json | None = None,
        params: Json | None = None,
    ) -> Response:
        self._pace(deadline)
        attempts = _READ_ATTEMPTS if method == "GET" else 1
        return self._http.request(
            method, path, json=json, params=params, deadline=deadline, attempts=attempts
        )

    def _authorised(self, request: PreparedRequest) -> PreparedRequest:
        # Written with `_`, as the manual has it, proxies drop it; the server takes both.
        request.headers["api-access-token"] = self._token().strip()
        return request


def _too_many(answer: Response) -> ServiceUnavailable | None:
    refused = answer.status == 429 or (answer.status == 422 and b"Too many messages" in answer.content)
    if not refused:
        return None
    said = answer.headers.get("Retry-After", "")
    pause = float(said) if said.isascii() and said.isdigit() else _REFUSED_SECONDS
    return ServiceUnavailable(
        "Chatwoot takes no more requests for now.", status=429, retry_after=pause, body=answer.content
    )


def _object(answer: Response) -> Json:
    """The JSON object of an answer. Raises ServiceUnavailable for a page of something in between."""
    try:
        value: Any = answer.json()
    except HttpError as error:
        raise ServiceUnavailable(str(error)) from error
    return value if isinstance(value, dict) else {}
