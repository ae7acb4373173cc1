"""A local server that answers like Odoo 16 to 19 over XML-RPC, JSON-RPC and JSON-2, with its own products."""

from infra.local.demo_odoo.accounts import ADMIN, CLERK, CUSTOMER, KEYS, SYNC, Account, ApiKey
from infra.local.demo_odoo.app import create_app
from infra.local.demo_odoo.odoo import Odoo
from infra.local.demo_odoo.server import Server

__all__ = [
    "ADMIN",
    "CLERK",
    "CUSTOMER",
    "KEYS",
    "SYNC",
    "Account",
    "ApiKey",
    "Odoo",
    "Server",
    "create_app",
]
