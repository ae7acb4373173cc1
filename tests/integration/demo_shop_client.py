"""How tests talk to the demo shop: the official client over OAuth, and a plain session over "HTTPS"."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from woocommerce import API

from infra.local.demo_shop import Server, Shop

KEY, SECRET = "ck_demo_tendero", "cs_demo_tendero"


def official(base_url: str, key: str = KEY, secret: str = SECRET) -> API:
    return API(url=base_url, consumer_key=key, consumer_secret=secret, version="wc/v3", timeout=20)


class Client:
    """Requests below /wp-json/wc/v3 with Basic keys, as behind a proxy that ended TLS."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["X-Forwarded-Proto"] = "https"
        self.session.auth = (KEY, SECRET)

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        url = f"{self.server.base_url}/wp-json/wc/v3{path}"
        return self.session.request(method, url, timeout=20, **options)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self("GET", path, params=query)

    def ids(self, path: str, **query: Any) -> list[int]:
        return [row["id"] for row in self.get(path, **query).json()]


@contextmanager
def serving(shop: Shop | None = None) -> Iterator[Client]:
    with Server(shop=shop or Shop()) as server:
        client = Client(server)
        yield client
        client.session.close()
