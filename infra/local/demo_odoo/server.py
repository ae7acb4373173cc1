"""The demo Odoo on a port of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.demo_odoo.app import create_app
from infra.local.demo_odoo.odoo import Odoo
from infra.local.wsgi_server import WsgiServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Server(WsgiServer):
    """Serves an Odoo. Stopping lets hanging requests go."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, odoo: Odoo | None = None) -> None:
        super().__init__(host, port)
        self.odoo = odoo or Odoo.demo()

    def application(self) -> WSGIApplication:
        self.odoo.stopping.clear()
        return create_app(self.odoo)

    def stop(self) -> None:
        self.odoo.stopping.set()
        super().stop()
