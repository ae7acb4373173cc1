"""The stand-in for AskYourDatabase's API."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from infra.local.askyourdatabase_server.threads import Threads
from infra.local.recording import Fault
from infra.local.stand_in import StandIn, json_response

API_KEY = "ayd_demo_key"
BOT_ID = "d3a0b07c0ffee"
# Odd enough to cut characters, lines and events.
_PIECE_BYTES = 11


class AskYourDatabaseServer(StandIn):
    """Sessions by `POST /api/chatbot/v2/session` and the address that it gives; questions by `POST /api/ask`.

    `answers` writes the answer to a question, the how manieth of its thread it is. `max_age` is that of the
    session's cookie. `POST /_expire` ends every session. What was asked is in `recording.sent`.
    """

    kinds: ClassVar = {
        "drip": "a byte of the answer every `seconds`",
        "silence": "200 and a stream without any text",
        "half": "the connection is cut in the middle of the answer",
        "elsewhere": "the session's address is on another host",
        "no_cookie": "the session's address gives no token",
    }

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host, port)
        self.threads = Threads()
        self.answers: Callable[[str, int], str] = _told
        self.max_age: int | None = 30 * 24 * 3600

    def reset(self) -> None:
        super().reset()
        self.threads = Threads()

    def refusal(self, status: int) -> Response:
        said = {429: "Too many requests", 500: "Internal server error"}
        return json_response({"error": said[status]}, status)

    def answer(self, request: Request, fault: Fault | None) -> Response:
        routes = {
            ("POST", "/api/chatbot/v2/session"): self._session,
            ("GET", "/api/chatbot/auth/callback"): self._callback,
            ("POST", "/api/ask"): self._ask,
            ("POST", "/_expire"): self._expire,
        }
        route = routes.get((request.method, request.path))
        return route(request, fault) if route else json_response({"error": "Not found"}, 404)

    def _session(self, request: Request, fault: Fault | None) -> Response:
        if request.headers.get("Authorization") != f"Bearer {API_KEY}":
            return json_response({"error": "Unauthorized"}, 401)
        body = _object(request)
        if body.get("chatbotid") != BOT_ID:
            return json_response({"error": "Chatbot not found"}, 404)
        if not body.get("name") or not body.get("email"):
            return json_response({"error": "name and email are required"}, 400)
        code = self.threads.code(str(body["name"]), str(body["email"]))
        host = "https://elsewhere.example" if fault and fault.kind == "elsewhere" else self.base_url
        return json_response({"url": f"{host}/api/chatbot/auth/callback?code={code}"})

    def _callback(self, request: Request, fault: Fault | None) -> Response:
        token = self.threads.redeem(request.args.get("code", ""))
        if token is None:
            return json_response({"error": "Invalid or expired code"}, 400)
        response = Response(status=302, headers={"Location": f"/chatbot/{BOT_ID}"})
        response.set_cookie("locale", "en")
        if not (fault and fault.kind == "no_cookie"):
            response.set_cookie("accessToken", token, max_age=self.max_age, httponly=True, samesite="None")
        return response

    def _ask(self, request: Request, fault: Fault | None) -> Response:
        body = _object(request)
        token = request.headers.get("x-ayd-access-token") or request.cookies.get("accessToken", "")
        question = str(body.get("question") or "")
        if not question or body.get("botid") != BOT_ID:
            return json_response({"error": "question and botid are required"}, 400)
        asked = self.threads.ask(token, question)
        if asked is None:
            return json_response({"error": "Unauthorized"}, 401)
        self.recording.add_sent({"question": question, "asked": asked, "body": body})
        kind = fault.kind if fault else ""
        text = "" if kind == "silence" else self.answers(question, asked)
        return Response(self._stream(_events(text), fault), mimetype="text/event-stream")

    def _expire(self, _: Request, __: Fault | None) -> Response:
        self.threads.expire()
        return json_response({"ok": True})

    def _stream(self, body: bytes, fault: Fault | None) -> Iterator[bytes]:
        kind = fault.kind if fault else ""
        size = 1 if kind == "drip" else _PIECE_BYTES
        for start in range(0, len(body), size):
            if kind == "half" and start * 2 > len(body):
                # The server takes it for the client's hanging up, and ends the connection as it stands.
                raise ConnectionAbortedError
            yield body[start : start + size]
            if fault and kind == "drip" and self.stopping.wait(fault.seconds):
                return


def _object(request: Request) -> dict[str, Any]:
    try:
        value = json.loads(request.get_data())
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _told(question: str, asked: int) -> str:
    return f"Pregunta {asked} de esta conversación: «{question}». Encontré 3 filas en la base de datos."


def _events(text: str) -> bytes:
    """The stream: a function's state, what is no JSON, and the text word by word."""
    words = [f" {word}" for word in text.split(" ")] if text else []
    objects = [
        {"id": f"function_{time.time_ns()}", "type": "function_status", "status": "running"},
        *(
            {"isText": True, "content": word.removeprefix(" ") if not n else word}
            for n, word in enumerate(words)
        ),
    ]
    lines = [f"data: {json.dumps(each, ensure_ascii=False)}\n\n" for each in objects]
    return "".join([": keep-alive\n\n", "data: ping\n\n", *lines]).encode()
