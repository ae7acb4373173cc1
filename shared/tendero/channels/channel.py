"""What a chat platform is to the rest: it verifies and reads events, writes replies in its form, and sends.

A new channel is one subclass of `Channel`, named in `channels/registry.py`. Events go through a queue to the
function `reply` (`channels/worker.py`), which answers them.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar

from flask import Request, Response

from tendero.assistant.reply import Reply
from tendero.platform.deadline import Deadline
from tendero.platform.errors import BadRequest, TenderoError
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

Json = dict[str, Any]


class Undeliverable(TenderoError):
    """The platform will never take this message. `code` is its own error code, or the HTTP status."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Kind(StrEnum):
    """What an event is about."""

    MESSAGE = "message"  # a customer wrote
    TAKEN_OVER = "taken_over"  # a person has the conversation now
    GIVEN_BACK = "given_back"  # the assistant has it again
    # One of our own messages comes back: `details["outbox"]`, `details["provider_id"]`; `conversation` is ""
    # where the platform does not say surely which it was in.
    SENT = "sent"
    STATUS = "status"  # how a sent message fared: `details["provider_id"]`, `["delivery"]`, `["code"]`


class Media(StrEnum):
    """What a customer sent beside or instead of words."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    CONTACT = "contact"
    STICKER = "sticker"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a platform, as a task carries it to `reply`.

    `id` is the platform's own, the same in every delivery of the event. `conversation` is the channel's id of
    the conversation, `contact` of the customer, `inbox` of the number or inbox written to. `at` is when it
    happened (epoch seconds; arrival where the platform does not say). A tapped button's or list row's visible
    text is `text`. `address` is what the channel needs to answer, of plain strings and numbers.
    `language` is what the platform says of the customer's language.
    """

    channel: str
    kind: Kind = Kind.MESSAGE
    id: str
    conversation: str
    contact: str = ""
    inbox: str = ""
    at: float = field(default_factory=time.time)
    text: str = ""
    media: tuple[Media, ...] = ()
    name: str = ""
    language: str | None = None
    address: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> Json:
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**plain, "address": dict(self.address), "details": dict(self.details)}

    @classmethod
    def from_json(cls, value: Json) -> Event:
        """Raises BadRequest for what `to_json` has not written."""
        try:
            return cls(
                **{
                    **value,
                    "kind": Kind(value["kind"]),
                    "media": tuple(Media(each) for each in value.get("media", ())),
                }
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest(f"This is no event: {error}.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a reply goes: a conversation as its channel knows it."""

    conversation: str
    contact: str
    inbox: str
    address: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One call to the platform out of the outbox. `key` is unique to it, the same at every attempt.

    `content` is what the channel wrote; `since` (epoch seconds) when the first attempt began. `known` are the
    platform's ids of what was sent in this conversation, this one excepted.
    """

    key: str
    content: Json
    since: float
    known: frozenset[str] = frozenset()


class Channel(ABC):
    """One platform. Threads share an instance; nothing is opened before it is used.

    Secrets (`secrets.get`) are read at each use, so that a rotated one counts without a restart.
    """

    name: ClassVar[str]
    # Whether a conversation can be handed to a person on the platform.
    has_persons: ClassVar[bool] = False
    # Whether events may come by GET, too.
    delivers_by_get: ClassVar[bool] = False
    # What the platform is answered when the queue takes nothing: the status that makes it try again.
    busy_status: ClassVar[int] = 503

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self.settings = settings
        self.secrets = secrets
        # Waits for the turn to call a service (its name, calls a minute): set where events are worked off.
        self.pace: Callable[[str, int, Deadline], None] | None = None

    @abstractmethod
    def receive(self, request: Request) -> Sequence[Event]:
        """The events of a delivery whose signature is right; none for what is to be ignored.

        Raises BadRequest (401 or 403 for a wrong signature); SecretError where the secret cannot be read.
        """

    def greet(self, request: Request) -> Response:
        """The answer to a GET, by which some platforms prove the address. Raises BadRequest."""
        raise BadRequest("This path takes POST.", status=405)

    def acknowledge(self) -> Response:
        """What the platform expects as the answer to a delivery."""
        return Response("{}", mimetype="application/json")

    @abstractmethod
    def write(self, reply: Reply, place: Place) -> list[Json]:
        """The reply as contents of the outbox, in the order of sending: each is one call."""

    def write_handoff(self, summary: str, place: Place) -> list[Json]:
        """The calls that hand the conversation to a person. Only where the channel has persons."""
        return []

    @abstractmethod
    def send(self, sending: Sending, place: Place, deadline: Deadline) -> str:
        """Makes the call; the platform's id of the message, "" where it has none.

        Raises Undeliverable for what the platform never takes; ServiceUnavailable with status 429 where it
        certainly has not taken it; ServiceUnavailable otherwise where it may have.
        """

    @abstractmethod
    def find_sent(self, sending: Sending, place: Place, deadline: Deadline) -> str | None:
        """Asks the platform whether an attempt that was cut off arrived: its id ("" without one), or None.

        Raises ServiceUnavailable where it cannot be asked now.
        """

    def may_speak(self, place: Place, deadline: Deadline) -> bool:
        """Whether the platform says that the assistant still has the conversation: asked before sending.

        Raises ServiceUnavailable.
        """
        return True

    def instead(self, content: Json, code: str) -> Json | None:
        """What to send instead of a message that failed with this code, if anything: a template, mostly."""
        return None

    def pause_after(self, code: str) -> float | None:
        """Seconds after which a message that failed with this code may be sent again; None: never."""
        return None

    def show_typing(self, event: Event, deadline: Deadline) -> None:
        """Shows the customer that an answer is being written, where the platform can; never raises."""
        return
