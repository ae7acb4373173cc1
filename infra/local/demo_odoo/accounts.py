"""Logins, passwords and API keys."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from infra.local.demo_odoo.errors import AccessDenied
from infra.local.demo_odoo.model import PORTAL, SALES, STOCK, SYSTEM, USER

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo


@dataclass(frozen=True)
class Account:
    """What res.users does not show of a user."""

    uid: int
    login: str
    password: str
    groups: frozenset[str]


@dataclass(frozen=True)
class ApiKey:
    """`expires` is naive UTC, None for a key without an end."""

    key: str
    uid: int
    expires: datetime | None = None


ADMIN = Account(2, "admin", "admin", frozenset({USER, SYSTEM, SALES, STOCK}))
SYNC = Account(7, "apisync", "apisync-contrasena", frozenset({USER, STOCK}))
CLERK = Account(8, "ventas", "ventas", frozenset({USER}))
CUSTOMER = Account(9, "cliente", "cliente", frozenset({PORTAL}))
ACCOUNTS = (ADMIN, SYNC, CLERK, CUSTOMER)
KEYS = (
    ApiKey("clave-admin", ADMIN.uid),
    ApiKey("clave-apisync", SYNC.uid),
    ApiKey("clave-ventas", CLERK.uid),
    ApiKey("clave-cliente", CUSTOMER.uid),
    ApiKey("clave-caducada", SYNC.uid, expires=datetime(2025, 1, 1)),
)


def log_in(odoo: Odoo, login: object, secret: object) -> Account | None:
    """The account of a login with its password or an API key of its own, or None."""
    for account in odoo.accounts.values():
        if account.login == login and _may_enter(odoo, account, secret):
            return account
    return None


def check(odoo: Odoo, uid: object, secret: object) -> Account:
    """The account of a uid, as every call over RPC checks it. Raises AccessDenied."""
    account = odoo.accounts.get(uid) if isinstance(uid, int) else None
    if account is None or not _may_enter(odoo, account, secret):
        raise AccessDenied
    return account


def by_key(odoo: Odoo, secret: str) -> Account | None:
    """The account of an API key. Passwords do not work here."""
    for key in odoo.keys:
        if _same(key.key, secret) and _is_valid(odoo, key):
            return _active(odoo, odoo.accounts[key.uid])
    return None


def _may_enter(odoo: Odoo, account: Account, secret: object) -> bool:
    if not isinstance(secret, str) or _active(odoo, account) is None:
        return False
    keys = [key.key for key in odoo.keys if key.uid == account.uid and _is_valid(odoo, key)]
    return any(_same(known, secret) for known in (account.password, *keys))


def _active(odoo: Odoo, account: Account) -> Account | None:
    return account if odoo.table("res.users").rows[account.uid]["active"] else None


def _is_valid(odoo: Odoo, key: ApiKey) -> bool:
    return key.expires is None or key.expires > odoo.now()


def _same(a: str, b: str) -> bool:
    return hmac.compare_digest(a.encode(), b.encode())
