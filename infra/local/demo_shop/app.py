"""The demo shop as a WSGI application."""

from __future__ import annotations

import gzip
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from infra.local.demo_shop import control, hooks, pages, products, store, terms
from infra.local.demo_shop.auth import authorize
from infra.local.demo_shop.errors import ApiError, no_route
from infra.local.demo_shop.faults import Fault
from infra.local.demo_shop.params import read_query
from infra.local.demo_shop.replies import Call, Reply, error_reply, json_reply

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop

_V3 = "/wp-json/wc/v3"
_READ = ("GET",)
_ALL = ("GET", "POST", "PUT", "PATCH", "DELETE")

# (path, methods, endpoint). Endpoints are called with the shop, the call and the ids of the path.
_ROUTES: tuple[tuple[str, Iterable[str], Callable[..., Reply]], ...] = (
    ("/wp-json", _READ, store.index),
    (_V3, _READ, store.namespace),
    (f"{_V3}/products", ("GET", "POST"), products.product_list),
    (f"{_V3}/products/batch", ("POST", "PUT", "PATCH"), products.product_batch),
    (f"{_V3}/products/<int:product_id>", _ALL, products.product),
    (f"{_V3}/products/<int:product_id>/variations", ("GET", "POST"), products.variation_list),
    (f"{_V3}/products/<int:product_id>/variations/batch", ("POST", "PUT"), products.variation_batch),
    (f"{_V3}/products/<int:product_id>/variations/<int:variation_id>", _ALL, products.variation),
    (f"{_V3}/variations", _ALL, products.all_variations),
    (f"{_V3}/products/<any(categories,tags,brands):kind>", _READ, terms.term_list),
    (f"{_V3}/products/<any(categories,tags,brands):kind>/<int:term_id>", _READ, terms.term),
    (f"{_V3}/products/attributes", _READ, terms.attribute_list),
    (f"{_V3}/products/attributes/<int:attribute_id>/terms", _READ, terms.attribute_terms),
    (f"{_V3}/data/currencies/current", _READ, store.currency),
    (f"{_V3}/settings/general", _READ, store.settings),
    (f"{_V3}/settings/general/<key>", _READ, store.setting),
    (f"{_V3}/system_status", _READ, store.system_status),
    (f"{_V3}/webhooks", ("GET", "POST"), hooks.webhook_list),
    (f"{_V3}/webhooks/<int:webhook_id>", _ALL, hooks.webhook),
)
_OPEN = (store.index, store.namespace)
_STRAY = b"stray output "
_GZIP_FROM_BYTES = 1_000


class App:
    """Answers every request of one shop. Faults and latency touch only what is below `/wp-json`."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self._map = Map(
            [Rule(path, methods=[*methods, "OPTIONS"], endpoint=end) for path, methods, end in _ROUTES]
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        path = re.sub("/{2,}", "/", request.path).rstrip("/") or "/"
        if path == "/_control":
            reply, fault = control.answer(self.shop, request), None
        elif not path.startswith("/wp-json") and "rest_route" not in request.args:
            reply, fault = pages.answer(self.shop, request, path), None
        else:
            reply, fault = self._api(request, path)
        reply.headers["Date"] = http_date(self.shop.now())
        self.shop.requests.append(
            (request.method, path, request.query_string.decode("latin-1"), reply.status)
        )
        return _send(request, reply, fault, environ, start_response)

    def _api(self, request: Request, path: str) -> tuple[Reply, Fault | None]:
        fault = self.shop.faults.take(path)
        waited = self.shop.latency + (fault.seconds if fault and fault.kind == "hang" else 0)
        if waited:
            self.shop.stopping.wait(waited)
        reply = fault_reply(fault, request) if fault else None
        if reply is None:
            found = read_query(request.query_string.decode("latin-1"))
            if fault and fault.kind == "same_page":
                found.pop("page", None)
                found.pop("offset", None)
            reply = self._answer(Call(request, path, found))
        _common_headers(self.shop, reply)
        if fault:
            _spoil(reply, fault)
        return reply, fault

    def _answer(self, call: Call) -> Reply:
        request = call.request
        try:
            endpoint, ids = self._match(call)
            if endpoint not in _OPEN:
                authorize(request, self.shop.keys)
            if request.method == "OPTIONS":
                return json_reply({"namespace": "wc/v3"})
            with self.shop.lock:
                return endpoint(self.shop, call, **ids)
        except ApiError as error:
            return error_reply(error)

    def _match(self, call: Call) -> tuple[Callable[..., Reply], dict[str, Any]]:
        request = call.request
        if "rest_route" in request.args:
            # WooCommerce reads its keys only when the path itself holds `wp-json`.
            raise ApiError("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", 401)
        method = "GET" if request.method == "HEAD" else request.method
        try:
            endpoint, ids = self._map.bind("demo").match(call.path, method=method)
        except HTTPException as e:
            raise no_route() from e
        return endpoint, dict(ids)


def create_app(shop: Shop) -> App:
    """The WSGI application of `shop`."""
    return App(shop)


def fault_reply(fault: Fault, request: Request) -> Reply | None:
    """The whole answer of a fault that replaces the true one, or None."""
    as_json = "application/json" in request.headers.get("Accept", "")
    if fault.kind == "too_many_requests":
        error = ApiError("too_many_requests", "Too many requests.", 429)
        reply = error_reply(error)
        reply.headers["Retry-After"] = str(1 if fault.retry_after is None else fault.retry_after)
        return reply
    if fault.kind == "server_error":
        text = "There has been a critical error on this website."
        return _broken(500, "internal_server_error", text, as_json)
    if fault.kind == "bad_gateway":
        return _broken(502, "", "502 Bad Gateway", False)
    if fault.kind == "maintenance":
        text = "Briefly unavailable for scheduled maintenance. Check back in a minute."
        reply = _broken(503, "wp_die", text, as_json)
        reply.headers["Retry-After"] = str(600 if fault.retry_after is None else fault.retry_after)
        return reply
    if fault.kind == "html":
        return _broken(200, "", "Checking your browser before accessing the shop.", False)
    return error_reply(no_route()) if fault.kind == "woocommerce_off" else None


def _broken(status: int, code: str, text: str, as_json: bool) -> Reply:
    if as_json:
        return error_reply(ApiError(code, text, status))
    page = f"<!DOCTYPE html><html><head><title>Error</title></head><body><p>{text}</p></body></html>"
    return Reply(page.encode(), status, content_type="text/html; charset=UTF-8")


def _spoil(reply: Reply, fault: Fault) -> None:
    if fault.kind == "stray_output":
        reply.body = _STRAY + reply.body
    elif fault.kind == "empty_page":
        reply.body = b"[]"
    elif fault.kind == "lying_total":
        reply.headers["X-WP-Total"] = str(fault.total)
    elif fault.kind == "no_totals":
        for name in ("X-WP-Total", "X-WP-TotalPages", "Link"):
            reply.headers.pop(name, None)


def _common_headers(shop: Shop, reply: Reply) -> None:
    reply.headers.setdefault("Link", f'<{shop.base_url}/wp-json/>; rel="https://api.w.org/"')
    reply.headers |= {
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
        "Expires": "Wed, 11 Jan 1984 05:00:00 GMT",
        "Cache-Control": "no-cache, must-revalidate, max-age=0, no-store, private",
    }


def _send(
    request: Request,
    reply: Reply,
    fault: Fault | None,
    environ: WSGIEnvironment,
    start_response: StartResponse,
) -> Iterable[bytes]:
    body, headers = reply.body, dict(reply.headers)
    if len(body) > _GZIP_FROM_BYTES and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, compresslevel=1)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    response = Response(body, reply.status, headers, content_type=reply.content_type)
    if fault and fault.kind == "cut":
        response.response = _half(body, environ.get("werkzeug.socket"))
    return response(environ, start_response)


def _half(body: bytes, connection: socket.socket | None) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
