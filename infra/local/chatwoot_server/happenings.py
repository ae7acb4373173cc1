"""What happens at the desk, and whom Chatwoot tells of it."""

from __future__ import annotations

import time
from typing import Any

from infra.local.chatwoot_server.deliveries import Deliveries
from infra.local.chatwoot_server.desk import PERSON, Conversation, Desk, Json, Message
from infra.local.chatwoot_server.shapes import webhook_conversation, webhook_message


class Happenings:
    """Changes the desk as Chatwoot does, and delivers the events of each change."""

    def __init__(self, desk: Desk, retry_seconds: float = 3.0) -> None:
        self.desk = desk
        self.deliveries = Deliveries(self._bot_failed, retry_seconds)

    def customer_says(
        self, content: str | None, conversation: int | None = None, *, inbox: int = 1, **more: Any
    ) -> Conversation:
        """An incoming message, in a new conversation where none is named; a resolved one becomes pending."""
        with self.desk.lock:
            found = self.desk.begin(inbox) if conversation is None else self.desk.conversations[conversation]
            if found.status == "resolved":
                self.set_status(found.id, "pending")
            self.add(found, content, "incoming", found.contact, **more)
            return found

    def person_replies(self, conversation: int, content: str, *, private: bool = False) -> Message:
        """A message of the shop's own; it leaves a pending conversation pending."""
        with self.desk.lock:
            found = self.desk.conversations[conversation]
            return self.add(found, content, "outgoing", PERSON, private=private)

    def customer_chooses(self, conversation: int, title: str) -> Message:
        """The customer taps one of the choices of the newest message that has some. Raises StopIteration."""
        with self.desk.lock:
            found = self.desk.conversations[conversation]
            message = next(each for each in reversed(found.messages) if each.content_type == "input_select")
            message.content_attributes["submitted_values"] = [{"title": title, "value": title}]
            self.deliveries.tell(webhook_message("message_updated", message, found))
            return message

    def message_fails(self, conversation: int, error: str) -> Message:
        """The platform behind the inbox refuses the newest outgoing message."""
        with self.desk.lock:
            found = self.desk.conversations[conversation]
            message = next(each for each in reversed(found.messages) if each.kind == "outgoing")
            message.status = "failed"
            message.content_attributes["external_error"] = error
            self.deliveries.tell(webhook_message("message_updated", message, found))
            return message

    def set_status(self, conversation: int, status: str) -> None:
        with self.desk.lock:
            found = self.desk.conversations[conversation]
            if found.status != status:
                before, found.status = found.status, status
                self._changed(found, "status", before, status)

    def assign(self, conversation: int, person: Json | None = PERSON) -> None:
        """To a person, a bot or nobody."""
        with self.desk.lock:
            found = self.desk.conversations[conversation]
            before, found.assignee = found.assignee, person
            self._changed(found, "assignee_id", before and before["id"], person and person["id"])

    def add(
        self, conversation: Conversation, content: str | None, kind: str, sender: Json | None, **more: Any
    ) -> Message:
        """A message of any kind, and its event. Activities have none."""
        with self.desk.lock:
            message = self.desk.add(conversation, content, kind, sender, **more)
            if kind != "activity":
                self.deliveries.tell(webhook_message("message_created", message, conversation))
            return message

    def _changed(self, conversation: Conversation, name: str, before: Any, after: Any) -> None:
        conversation.updated_at = time.time()
        events = ["conversation_updated"]
        if name == "status":
            events.insert(0, "conversation_status_changed")
            if after in ("open", "resolved"):
                events.insert(0, "conversation_opened" if after == "open" else "conversation_resolved")
        changes = [{name: {"previous_value": before, "current_value": after}}]
        for event in events:
            told = {"event": event, **webhook_conversation(conversation)}
            if event in ("conversation_status_changed", "conversation_updated"):
                told["changed_attributes"] = changes
            self.deliveries.tell(told)

    def _bot_failed(self, payload: Json) -> None:
        """A bot that cannot be told of a message loses its conversation (since 4.7)."""
        if payload["event"] not in ("message_created", "message_updated"):
            return
        with self.desk.lock:
            found = self.desk.conversations.get(payload["conversation"]["id"])
            if found and found.status == "pending":
                self.desk.add(found, "Conversation was marked open by system", "activity", None)
                self.set_status(found.id, "open")
