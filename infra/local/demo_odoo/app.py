"""The demo Odoo as a WSGI application."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Request, Response

from infra.local.demo_odoo import control, json2, json_rpc, pages, xml_rpc
from infra.local.demo_odoo.errors import OdooError, SessionExpired
from infra.local.demo_odoo.faults import Fault
from infra.local.demo_odoo.replies import Job, Reply, failing, html_reply, not_found

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo

_XML = re.compile(r"/xmlrpc/2/(\w+)")


class Conflict(OdooError):
    python_name = "psycopg2.errors.SerializationFailure"
    fault = 1
    status = 500


class App:
    """Answers every request of one Odoo. Faults and latency touch all but `/_control`."""

    def __init__(self, odoo: Odoo) -> None:
        self.odoo = odoo

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        path = re.sub("/{2,}", "/", request.path)
        if path == "/_control":
            reply, fault = control.answer(self.odoo, request), None
        else:
            reply, fault = self._answer(request, path.rstrip("/") or "/")
        response = Response(reply.body, reply.status, reply.headers, content_type=reply.content_type)
        if fault and fault.kind == "cut":
            response.response = _half(reply.body, environ.get("werkzeug.socket"))
        return response(environ, start_response)

    def _answer(self, request: Request, path: str) -> tuple[Reply, Fault | None]:
        job = self._read(request, path)
        fault = self.odoo.faults.take(job.label)
        waited = self.odoo.latency + (fault.seconds if fault and fault.kind == "hang" else 0)
        if waited:
            self.odoo.stopping.wait(waited)
        reply = (fault_reply(fault) if fault else None) or _run(job, fault)
        self.odoo.requests.append((job.label, reply.status))
        return reply, fault

    def _read(self, request: Request, path: str) -> Job:
        odoo = self.odoo
        rpc = _XML.fullmatch(path)
        if rpc or path == "/jsonrpc":
            if request.method != "POST":
                return _page(path, html_reply("405 Method Not Allowed", "The method is not allowed.", 405))
            body = request.get_data()
            return xml_rpc.read(odoo, rpc[1], path, body) if rpc else json_rpc.read(odoo, path, body)
        if path == "/json/2" or path.startswith("/json/2/"):
            if odoo.release.has_json2:
                return json2.read(odoo, path, request)
            return _page(path, pages.to_login() if odoo.release.major == 18 else not_found())
        return _page(path, pages.answer(odoo, path))


def create_app(odoo: Odoo) -> App:
    """The WSGI application of `odoo`."""
    return App(odoo)


def _page(path: str, reply: Reply) -> Job:
    return Job(path, lambda: reply, lambda result: result, lambda _: reply)


def _run(job: Job, fault: Fault | None) -> Reply:
    run = job.run
    if fault and fault.kind == "session_expired":
        run = failing(SessionExpired("Session expired"))
    elif fault and fault.kind == "conflict":
        run = failing(Conflict("could not serialize access due to concurrent update\n"))
    elif fault and fault.kind == "empty_list" and job.finds:
        run = list
    try:
        return job.tell(run())
    except Exception as e:
        return job.refuse(e)


def fault_reply(fault: Fault) -> Reply | None:
    """The whole answer of a fault that replaces the true one, or None."""
    if fault.kind == "html":
        return html_reply("Odoo", "Log in")
    pages_by_kind = {
        "too_many_requests": ("429 Too Many Requests", 429),
        "server_error": ("500 Internal Server Error", 500),
        "bad_gateway": ("502 Bad Gateway", 502),
        "maintenance": ("503 Service Unavailable: this database is under maintenance", 503),
    }
    if fault.kind not in pages_by_kind:
        return None
    title, status = pages_by_kind[fault.kind]
    reply = html_reply(title, title.partition(" ")[2], status)
    if status in (429, 503):
        reply.headers["Retry-After"] = str(fault.retry_after)
    return reply


def _half(body: bytes, connection: socket.socket | None) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
