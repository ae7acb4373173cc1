"""Hands a conversation to the shop's people: labels, attributes and assignment, then the status `open`.

Each part can be done again. What is only convenient may fail: a person must be called in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from tendero.channels.chatwoot.api import Api
from tendero.channels.chatwoot.conversation import Address, Conversation, part
from tendero.platform.deadline import Deadline
from tendero.platform.errors import HttpError
from tendero.platform.logs import logger

_log = logger("chatwoot")
_ATTRIBUTE = "tendero_handoff_at"


@dataclass(frozen=True, slots=True)
class Handoff:
    """What is to be set beside the status. `at` is when it was decided, as ISO 8601."""

    at: str
    labels: Sequence[str] = ()
    person: int | None = None
    team: int | None = None

    @classmethod
    def now(cls, labels: Sequence[str], person: int | None, team: int | None) -> Handoff:
        return cls(datetime.now(UTC).isoformat(timespec="seconds"), labels, person, team)


def hand_over(api: Api, at: Address, handoff: Handoff, deadline: Deadline) -> None:
    """Raises HttpError or ServiceUnavailable where the conversation could not be read or opened."""
    shown = api.conversation(at, deadline)
    conversation = Conversation.of(shown, at.account)
    if conversation is None or conversation.status != "pending":
        # Somebody was faster.
        return
    # The API replaces labels and attributes as a whole.
    held = [each for each in shown.get("labels") or () if isinstance(each, str)]
    if missing := [each for each in handoff.labels if each not in held]:
        _tolerated("labels", partial(api.set_labels, at, [*held, *missing], deadline))
    attributes = {**part(shown, "custom_attributes"), _ATTRIBUTE: handoff.at}
    _tolerated("attributes", partial(api.set_custom_attributes, at, attributes, deadline))
    if handoff.team is not None:
        _tolerated("team", partial(api.assign, at, deadline, team=handoff.team))
    if handoff.person is not None:
        _tolerated("person", partial(api.assign, at, deadline, person=handoff.person))
    # Last: the news of it ends what the assistant still has to do here.
    api.set_status(at, "open", deadline)


def _tolerated(what: str, call: Callable[[], None]) -> None:
    try:
        call()
    except HttpError as error:
        # Older servers close some of these to bots; a label or person may be gone.
        _log.warning("a part of the handoff failed", part=what, status=error.status, reason=str(error))
