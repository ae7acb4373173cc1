"""Which path of the public function leads to which channel."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache, partial

from flask import Request, Response

from tendero import __version__
from tendero.channels import registry
from tendero.channels.door import ChatDoor, reply_queue
from tendero.channels.parts import CurrentParts, Parts, build
from tendero.channels.woocommerce import WooCommerceHook
from tendero.platform.errors import BadRequest
from tendero.platform.incoming import reply_json
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

Handler = Callable[[Request], Response]


class _Later:
    """A handler that is made at its first request: an instance is often started for one path only."""

    def __init__(self, make: Callable[[], Handler]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Handler | None = None

    def __call__(self, request: Request) -> Response:
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return self._made(request)


class Webhook:
    """Dispatches by path and method: functions-framework hands every request to the one function."""

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        build_parts: Callable[[Settings, Secrets], Parts] = build,
    ) -> None:
        self._parts = CurrentParts(settings, secrets, build_parts)
        self._settings = settings
        self._secrets = secrets
        dialogflow = _Later(self._dialogflow)
        self._routes: dict[str, dict[str, Handler]] = {
            "/": {"GET": _about, "POST": dialogflow},
            "/dialogflow": {"POST": dialogflow},
            "/api/webhook": {"POST": dialogflow},
            "/woocommerce": {"POST": WooCommerceHook(settings, secrets)},
            "/health": {"GET": self._health},
        }
        queue = cache(partial(reply_queue, settings))
        doors = {
            name: ChatDoor(name, settings, secrets, queue, lambda: self._parts().database)
            for name in registry.NAMES
        }
        for path, name in registry.PATHS.items():
            self._routes[path] = {"GET": doors[name].greet, "POST": doors[name]}

    def __call__(self, request: Request) -> Response:
        """The response of the path's handler. Raises BadRequest, 404 for a path that is none."""
        methods = self._routes.get(request.path.rstrip("/") or "/")
        if methods is None:
            raise BadRequest("There is nothing at this path.", status=404)
        # Werkzeug leaves out the body of an answer to HEAD.
        handler = methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is not None:
            return handler(request)
        allowed = {"Allow": ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])}
        if request.method == "OPTIONS":
            return Response(status=204, headers=allowed)
        response = reply_json({"error": f"This path does not take {request.method}."}, 405)
        response.headers.update(allowed)
        return response

    def _dialogflow(self) -> Handler:
        from tendero.channels.dialogflow.door import Dialogflow

        return Dialogflow(self._settings, self._secrets, self._parts)

    def _health(self, _: Request) -> Response:
        from tendero.channels.health import health

        report = health(self._parts)
        return reply_json(report, 503 if report["status"] == "down" else 200)


def _about(_: Request) -> Response:
    text = f"Tendero {__version__}. Dialogflow's fulfilment goes here with POST; /health tells the state.\n"
    return Response(text, mimetype="text/plain")
