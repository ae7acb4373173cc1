"""JSON-RPC: `/jsonrpc`, every answer HTTP 200, errors by the name of their class."""

from __future__ import annotations

from typing import Any

from tendero.catalog.odoo.login import Login
from tendero.catalog.odoo.rpc import Rpc
from tendero.catalog.odoo.transport import Fault, Unreadable, Wire
from tendero.platform.deadline import Deadline
from tendero.platform.http import Response


class JsonRpc(Rpc):
    name = "JSON-RPC"

    def __init__(self, login: Login, timeout: float) -> None:
        super().__init__(login, Wire(login, timeout))

    def _ask(
        self, service: str, method: str, args: list[Any], deadline: Deadline | None, attempts: int
    ) -> Any:
        params = {"service": service, "method": method, "args": args}
        order = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        answer = self._wire.ask("jsonrpc", json=order, deadline=deadline, attempts=attempts)
        body = json_of(answer)
        if not isinstance(body, dict) or body.get("jsonrpc") != "2.0":
            raise Unreadable(f"no JSON-RPC answer: {answer.content[:80]!r}")
        if body.get("error"):
            raise _fault(body["error"])
        # A method that returns nothing is answered without the key.
        return body.get("result")


def json_of(answer: Response) -> Any:
    """The body of an answer below 400. Raises Unreadable for what is not JSON."""
    from tendero.platform.errors import HttpError

    try:
        return answer.json()
    except HttpError as error:
        raise Unreadable(str(error)) from error


def _fault(error: Any) -> Fault:
    # `code` differs between releases; data.name does not.
    data = error.get("data") if isinstance(error, dict) else None
    data = data if isinstance(data, dict) else {}
    return Fault(str(data.get("name", "")), str(data.get("message", "")))
