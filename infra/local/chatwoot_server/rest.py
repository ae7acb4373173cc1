"""Chatwoot's REST API for conversations: who may call what, and how it refuses.

Source: app/controllers/api/v1/accounts, app/controllers/concerns/access_token_auth_helper.rb of 4.15.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from infra.local.chatwoot_server.desk import ACCOUNT, BOT, PERSON, TEAMS, Conversation, Json, Message
from infra.local.chatwoot_server.happenings import Happenings
from infra.local.chatwoot_server.shapes import api_conversation, api_message
from infra.local.stand_in import json_response

BOT_TOKEN, PERSON_TOKEN = "bot-token", "person-token"
_STATUSES = ("open", "resolved", "pending", "snoozed")
_CONVERSATION = re.compile(r"/api/v1/accounts/(\d+)/conversations/(\d+)(?:/(\w+))?")
_CONTACT = re.compile(r"/api/v1/accounts/(\d+)/contacts/(\d+)")
_LONGEST = 150_000
# What the validator of content attributes lets pass.
_ITEM_KEYS = {
    "input_select": {"title", "value"},
    "cards": {"title", "description", "media_url", "actions"},
    "form": {
        "type", "name", "label", "placeholder", "options", "default", "required", "pattern", "title",
        "pattern_error",
    },
    "article": {"title", "description", "link"},
}  # fmt: skip
_ACTION_KEYS = {"text", "type", "payload", "uri"}


class Rest:
    """Answers the API's calls. `taken` is told each message that is made.

    `keeps_attributes` false drops free content attributes, `bot_labels` false closes labels to bots, as older
    servers do.
    """

    def __init__(self, happenings: Happenings, taken: Callable[[Json], None]) -> None:
        self.happenings = happenings
        self.taken = taken
        self.keeps_attributes = True
        self.bot_labels = True

    def answer(self, request: Request) -> Response:
        token = request.headers.get("api-access-token", "")
        caller = {BOT_TOKEN: BOT, PERSON_TOKEN: PERSON}.get(token)
        if caller is None:
            return json_response({"error": "Invalid Access Token"}, 401)
        with self.happenings.desk.lock:
            return self._route(request, caller)

    def _route(self, request: Request, caller: Json) -> Response:
        if match := _CONTACT.fullmatch(request.path):
            return self._contact(int(match[1]), int(match[2]), caller)
        match = _CONVERSATION.fullmatch(request.path)
        if match is None or int(match[1]) != ACCOUNT["id"]:
            return _not_found()
        conversation = self.happenings.desk.find(int(match[2]))
        if conversation is None:
            return _not_found()
        call: Callable[..., Response] | None = {
            ("GET", None): self._show,
            ("GET", "messages"): self._list,
            ("POST", "messages"): self._create,
            ("POST", "toggle_status"): self._status,
            ("POST", "toggle_typing_status"): self._typing,
            ("POST", "assignments"): self._assign,
            ("GET", "labels"): self._labels,
            ("POST", "labels"): self._labels,
            ("POST", "custom_attributes"): self._attributes,
        }.get((request.method, match[3]))
        if call is None:
            return _not_found()
        closed = [self._list] if self.bot_labels else [self._list, self._labels]
        if caller is BOT and call in closed:
            return json_response({"error": "You are not authorized to access this resource"}, 401)
        return call(request, conversation, caller)

    def _contact(self, account: int, contact: int, caller: Json) -> Response:
        if caller is BOT:
            return json_response({"error": "You are not authorized to access this resource"}, 401)
        known = [each.contact for each in self.happenings.desk.conversations.values()]
        found = next((each for each in known if each["id"] == contact and account == ACCOUNT["id"]), None)
        return json_response({"payload": found}) if found else _not_found()

    def _show(self, _: Request, conversation: Conversation, __: Json) -> Response:
        return json_response(api_conversation(conversation))

    def _list(self, request: Request, conversation: Conversation, _: Json) -> Response:
        after = request.args.get("after", type=int)
        newer = [each for each in conversation.messages if each.id > (after or 0)]
        found = newer[:100] if after else newer[-20:]
        return json_response({"meta": {}, "payload": [api_message(each, conversation) for each in found]})

    def _create(self, request: Request, conversation: Conversation, caller: Json) -> Response:
        body = json.loads(request.get_data())
        if error := wrong(body):
            return json_response({"error": error}, 422)
        attributes = dict(body.get("content_attributes") or {})
        if not self.keeps_attributes:
            attributes = {name: attributes[name] for name in ("items",) if name in attributes}
        made: Message = self.happenings.add(
            conversation,
            body.get("content"),
            body.get("message_type", "outgoing"),
            caller,
            private=bool(body.get("private")),
            content_type=body.get("content_type") or "text",
            content_attributes=attributes,
            source_id=body.get("source_id"),
        )
        shown = api_message(made, conversation)
        self.taken(shown)
        return json_response({**shown, "echo_id": body.get("echo_id")})

    def _status(self, request: Request, conversation: Conversation, caller: Json) -> Response:
        wanted = json.loads(request.get_data() or b"{}").get("status")
        if wanted is not None and wanted not in _STATUSES:
            return json_response({"error": f"'{wanted}' is not a valid status"}, 422)
        if wanted is None:
            wanted = "resolved" if conversation.status == "open" else "open"
        self.happenings.set_status(conversation.id, wanted)
        if wanted == "open" and caller is PERSON:
            self.happenings.assign(conversation.id, PERSON)
        done = {"success": True, "conversation_id": conversation.id, "current_status": wanted}
        return json_response({"meta": {}, "payload": {**done, "snoozed_until": None}})

    def _typing(self, _: Request, __: Conversation, ___: Json) -> Response:
        return Response(status=200)

    def _assign(self, request: Request, conversation: Conversation, _: Json) -> Response:
        body = json.loads(request.get_data())
        if "team_id" in body:
            if body["team_id"] not in TEAMS:
                return _not_found()
            conversation.team = TEAMS[body["team_id"]]
            return json_response(conversation.team)
        person = {PERSON["id"]: PERSON}.get(body.get("assignee_id"))
        if body.get("assignee_id") and person is None:
            return _not_found()
        self.happenings.assign(conversation.id, person)
        return json_response(person)

    def _labels(self, request: Request, conversation: Conversation, _: Json) -> Response:
        if request.method == "POST":
            conversation.labels = list(json.loads(request.get_data())["labels"])
        return json_response({"payload": conversation.labels})

    def _attributes(self, request: Request, conversation: Conversation, _: Json) -> Response:
        conversation.custom_attributes = json.loads(request.get_data())["custom_attributes"]
        return json_response({"custom_attributes": conversation.custom_attributes})


def _not_found() -> Response:
    return json_response({"error": "Resource could not be found"}, 404)


def wrong(body: Json) -> str:
    """What the model's validations say of a message; "" where it is right."""
    content, kind = body.get("content"), body.get("content_type") or "text"
    if isinstance(content, str) and len(content) > _LONGEST:
        return f"Validation failed: Content is too long (maximum is {_LONGEST} characters)"
    if kind not in _ITEM_KEYS:
        return ""
    items: list[dict[str, Any]] = (body.get("content_attributes") or {}).get("items") or []
    if not items:
        return "Validation failed: Content attributes At least one item is required."
    if strange := {key for each in items for key in each} - _ITEM_KEYS[kind]:
        return f"Validation failed: Content attributes contains invalid keys for items : {sorted(strange)}"
    if kind != "cards":
        return ""
    if not all(each.get("actions") for each in items):
        return "Validation failed: Content attributes contains items missing actions"
    if strange := {key for each in items for action in each["actions"] for key in action} - _ACTION_KEYS:
        return f"Validation failed: Content attributes contains invalid keys for actions: {sorted(strange)}"
    return ""
