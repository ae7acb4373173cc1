"""A local server that answers like WooCommerce REST v3, with a catalogue of its own."""

from infra.local.demo_shop.app import create_app
from infra.local.demo_shop.auth import DEMO_KEYS, Key
from infra.local.demo_shop.server import Server
from infra.local.demo_shop.shop import Shop

__all__ = ["DEMO_KEYS", "Key", "Server", "Shop", "create_app"]
