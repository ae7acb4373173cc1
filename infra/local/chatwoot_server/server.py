"""The stand-in on a port of this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Request, Response

from infra.local.chatwoot_server.deliveries import Target
from infra.local.chatwoot_server.desk import Desk
from infra.local.chatwoot_server.happenings import Happenings
from infra.local.chatwoot_server.rest import Rest
from infra.local.chatwoot_server.shapes import api_conversation
from infra.local.recording import Fault
from infra.local.stand_in import StandIn, json_response

_CONTROL = "/control/"


class Server(StandIn):
    """Chatwoot with one account. `happenings` makes customers and the shop's people act.

    For a server in a process of its own, beside `StandIn`'s paths, POST under `/control/`: `webhooks` {"url",
    "secret", "way": "bot"|"account"|"inbox"}, `says` {"content", "conversation"?, "inbox"?}, `chooses`
    {"conversation", "title"}, `replies` {"conversation", "content", "private"?}, `status` {"conversation",
    "status"}, `assign` {"conversation"}, `fails` {"conversation", "error"}. Each answers with the
    conversation.
    """

    kinds: ClassVar[Mapping[str, str]] = {
        "401": "refused as with a wrong token",
        "404": "refused as with an unknown conversation",
        "422": "refused as invalid",
        "too_many_messages": "422: more than 200 messages a minute in a conversation",
    }

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, retry_seconds: float = 3.0) -> None:
        super().__init__(host, port)
        self.happenings = Happenings(Desk(), retry_seconds)
        self.rest = Rest(self.happenings, self.recording.add_sent)

    def answer(self, request: Request, fault: Fault | None) -> Response:
        kind = fault.kind if fault else ""
        if kind == "401":
            return json_response({"error": "Invalid Access Token"}, 401)
        if kind == "404":
            return json_response({"error": "Resource could not be found"}, 404)
        if kind == "422":
            return json_response({"message": "Content is invalid", "attributes": ["content"]}, 422)
        if kind == "too_many_messages":
            return json_response({"error": "Too many messages"}, 422)
        return self.rest.answer(request)

    def refusal(self, status: int) -> Response:
        if status == 429:
            return Response("Retry later\n", 429, mimetype="text/plain")
        return json_response({"status": 500, "error": "Internal Server Error"}, 500)

    def tells(self, url: str, secret: str = "", way: str = "bot") -> None:
        """From now on an address is told of what happens. Raises ValueError for an unknown way."""
        self.happenings.deliveries.add(Target(url, secret, way))

    def stop(self) -> None:
        self.happenings.deliveries.stop()
        super().stop()

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(_CONTROL):
            return self._control(request)(environ, start_response)
        return super()._serve(environ, start_response)

    def _control(self, request: Request) -> Response:
        happenings, act = self.happenings, request.path.removeprefix(_CONTROL)
        acts: dict[str, Callable[..., Any]] = {
            "webhooks": self.tells,
            "says": happenings.customer_says,
            "chooses": happenings.customer_chooses,
            "replies": happenings.person_replies,
            "status": happenings.set_status,
            "assign": happenings.assign,
            "fails": happenings.message_fails,
        }
        if request.method != "POST" or act not in acts:
            return json_response({"error": f"POST {_CONTROL} and one of {', '.join(acts)}"}, 404)
        try:
            order = json.loads(request.get_data())
            done = acts[act](**order)
        except (ValueError, TypeError, KeyError, StopIteration) as error:
            return json_response({"error": f"{type(error).__name__}: {error}"}, 400)
        number = done.id if act == "says" else order.get("conversation")
        if number is None:
            return json_response({"ok": True})
        with happenings.desk.lock:
            return json_response(api_conversation(happenings.desk.conversations[number]))
