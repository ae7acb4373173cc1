"""Chatwoot: agent bots, account webhooks and API inboxes of one installation."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from flask import Request

from tendero.assistant.reply import Reply
from tendero.channels.channel import Channel, Event, Place, Sending, Undeliverable
from tendero.channels.chatwoot.api import Api
from tendero.channels.chatwoot.conversation import Address, Conversation, Json, items, number, part, seconds
from tendero.channels.chatwoot.event import MARK, is_private, mark, message_type, read
from tendero.channels.chatwoot.handoff import Handoff, hand_over
from tendero.channels.chatwoot.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, is_signed
from tendero.platform.deadline import Deadline
from tendero.platform.errors import (
    BadRequest,
    DeadlineExceeded,
    HttpError,
    ServiceRefused,
    ServiceUnavailable,
    TenderoError,
)
from tendero.platform.incoming import parsed, read_body
from tendero.platform.logs import logger
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

T = TypeVar("T")

_log = logger("chatwoot")
_MOST_BYTES = 4_000_000
# Where it is shown to the customer: other platforms are not told.
_SHOW_TYPING = ("Channel::WebWidget", "Channel::Api")
# Longer than this, typing takes its turn from what is said.
_TYPING_SECONDS = 2.0
# By then a message that arrived has come back by webhook; and how long to wait before asking again.
_ECHO_SECONDS, _ASK_AGAIN_SECONDS = 60.0, 10.0
# What two clocks may differ by.
_SKEW_SECONDS = 60.0
_WRONG_TOKEN, _MENDED_SECONDS = 401, 60.0
_INVALID = "422"


class Chatwoot(Channel):
    """See `Channel`. Acts where Chatwoot leaves a conversation to bots: pending and assigned to no person."""

    name = "chatwoot"
    has_persons = True
    # It tries an agent bot again on this and 429 alone.
    busy_status = 500

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        super().__init__(settings, secrets)
        self._api = Api(
            settings.chatwoot_base_url, lambda: secrets.get("chatwoot_api_token"), self._wait_for_turn
        )

    def receive(self, request: Request) -> Sequence[Event]:
        """See `Channel.receive`. What is delivered is never logged: it holds the widget's credentials."""
        body = read_body(request, _MOST_BYTES)
        self._verify(request, body)
        return read(parsed(body), self.settings.chatwoot_account_id.strip())

    def write(self, reply: Reply, place: Place) -> list[Json]:
        """See `Channel.write`."""
        from tendero.channels.chatwoot.writing import messages

        written = messages(reply, str(place.address.get("channel")))
        return [_content(message, place) for message in written]

    def write_handoff(self, summary: str, place: Place) -> list[Json]:
        """A private note with the summary, then what `handoff.hand_over` does."""
        handoff = Handoff.now(
            self.settings.chatwoot_handoff_labels,
            person=self.settings.chatwoot_handoff_assignee_id or None,
            team=self.settings.chatwoot_handoff_team_id or None,
        )
        return [_content({"content": summary, "private": True}, place), {"handoff": asdict(handoff)}]

    def send(self, sending: Sending, place: Place, deadline: Deadline) -> str:
        """See `Channel.send`."""
        at, content = _address(place), sending.content
        try:
            if "handoff" in content:
                hand_over(self._api, at, Handoff(**content["handoff"]), deadline)
                return ""
            return str(self._api.send_message(at, _marked(content["message"], sending.key), deadline))
        except DeadlineExceeded as error:
            raise ServiceUnavailable(str(error), status=429, retry_after=1) from error
        except ServiceUnavailable:
            raise
        except HttpError as error:
            raise _refused(error) from error

    def find_sent(self, sending: Sending, place: Place, deadline: Deadline) -> str | None:
        """See `Channel.find_sent`.

        The last message tells it, mostly. Where others have come since and the token is a bot's, which may
        not list them, the message itself comes back by webhook in a moment, or never. Where Chatwoot refuses
        to tell, it refuses the next attempt too.
        """
        at, content = _address(place), sending.content
        shown = self._asked(lambda: self._api.conversation(at, deadline))
        if shown is None:
            return None
        if "handoff" in content:
            # Doing it again does no harm, except to what a person has made of it since.
            return None if shown.get("status") == "pending" else ""
        last = [*items(shown.get("messages")), part(shown, "last_non_activity_message")]
        newest = max(number(each.get("id")) or 0 for each in last)
        found = _found(last, sending)
        nothing_since = newest <= content["after"] or str(newest) in sending.known
        # Notes may be left out of what is shown.
        if found is not None or (nothing_since and not is_private(content["message"])):
            return found
        listed = self._asked(lambda: self._api.messages(at, deadline, after=content["after"]))
        if listed is not None:
            return _found(listed, sending)
        if time.time() < sending.since + _ECHO_SECONDS:
            raise ServiceUnavailable(
                "Chatwoot's bot may not see whether its message arrived; its webhook will tell.",
                retry_after=_ASK_AGAIN_SECONDS,
            )
        return None

    def instead(self, content: Json, code: str) -> Json | None:
        """See `Channel.instead`: the words alone where this server takes no choices below them."""
        message = part(content, "message")
        if code != _INVALID or message.get("content_type") != "input_select":
            return None
        return {**content, "message": {"content": message["content"]}}

    def may_speak(self, place: Place, deadline: Deadline) -> bool:
        """See `Channel.may_speak`. Where Chatwoot refuses to tell, what is sent is refused too."""
        at = _address(place)
        shown = self._asked(lambda: self._api.conversation(at, deadline))
        conversation = Conversation.of(shown or {}, at.account)
        return conversation is None or conversation.is_the_bots

    def show_typing(self, event: Event, deadline: Deadline) -> None:
        """See `Channel.show_typing`: in the website's chat window, which ends it with the next message."""
        if event.address.get("channel") not in _SHOW_TYPING:
            return
        try:
            self._api.show_typing(_at(event.address), deadline.within(_TYPING_SECONDS))
        except TenderoError as error:
            _log.info("typing not shown", reason=str(error))

    def _verify(self, request: Request, body: bytes) -> None:
        timestamp = request.headers.get(TIMESTAMP_HEADER, "")
        signature = request.headers.get(SIGNATURE_HEADER, "")
        if timestamp or signature:
            secrets = [each.strip() for each in self.secrets.get("chatwoot_webhook_secret").split(",")]
            known = [each for each in secrets if each]
            if not is_signed(body, timestamp, signature, secrets=known, now=time.time()):
                raise BadRequest("The signature is wrong or too old.", status=401)
            return
        expected = self.secrets.get("chatwoot_url_token").strip()
        sent = request.args.get("token", "")
        if not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
            raise BadRequest("The delivery is not signed.", status=401)

    def _wait_for_turn(self, deadline: Deadline) -> None:
        if self.pace:
            self.pace(self.name, self.settings.chatwoot_requests_per_minute, deadline)

    def _asked(self, question: Callable[[], T]) -> T | None:
        """The answer, or None where Chatwoot refuses it. Raises ServiceUnavailable."""
        try:
            return question()
        except DeadlineExceeded as error:
            raise ServiceUnavailable(str(error), status=429, retry_after=1) from error
        except ServiceUnavailable:
            raise
        except HttpError as error:
            _log.info("Chatwoot refuses to tell", status=error.status, reason=str(error))
            return None


def _content(message: Json, place: Place) -> Json:
    """`after` is a message of the conversation that is older than this one will be."""
    return {"message": message, "after": number(place.address.get("newest")) or 0}


def _marked(message: Json, key: str) -> Json:
    # A `source_id` would tell it as well, but Chatwoot takes messages that have one for the platform's own,
    # and does not send them on (app/services/base/send_on_channel_service.rb).
    return {**message, "content_attributes": {**part(message, "content_attributes"), MARK: key}}


def _found(messages: Sequence[Json], sending: Sending) -> str | None:
    """The id of the one that was sent; by its words where an older server has dropped the mark."""
    wanted = sending.content["message"]
    for message in messages:
        identifier = str(message.get("id"))
        if mark(message) == sending.key:
            return identifier
        same = (
            not mark(message)
            and message_type(message) == "outgoing"
            and message.get("content") == wanted["content"]
            and is_private(message) == is_private(wanted)
        )
        recent = seconds(message.get("created_at")) > sending.since - _SKEW_SECONDS
        if same and recent and identifier not in sending.known:
            return identifier
    return None


def _refused(error: HttpError) -> Exception:
    """A wrong token is mended in the settings: until then the answer is kept."""
    if error.status == _WRONG_TOKEN:
        return ServiceRefused(
            f"{error} Check CHATWOOT_API_TOKEN.", status=429, retry_after=_MENDED_SECONDS, body=error.body
        )
    return Undeliverable(str(error), code=str(error.status or ""))


def _address(place: Place) -> Address:
    return _at(place.address)


def _at(address: Mapping[str, Any]) -> Address:
    account, conversation = number(address.get("account")), number(address.get("conversation"))
    if not account or not conversation:
        raise Undeliverable("The conversation's address lacks its account or id.", code="address")
    return Address(account=account, conversation=conversation)
