"""The demo shop on a port of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.demo_shop.app import create_app
from infra.local.demo_shop.shop import Shop
from infra.local.wsgi_server import WsgiServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Server(WsgiServer):
    """Serves a shop; permalinks and pictures carry its base URL. Stopping lets hanging requests go."""

    # The shop's clock may be another than the machine's.
    adds_date = False

    def __init__(self, host: str = "127.0.0.1", port: int = 0, shop: Shop | None = None) -> None:
        super().__init__(host, port)
        self.shop = shop or Shop()

    def application(self) -> WSGIApplication:
        self.shop.stopping.clear()
        self.shop.base_url = self.base_url
        return create_app(self.shop)

    def stop(self) -> None:
        self.shop.stopping.set()
        self.shop.webhooks.stop()
        super().stop()
