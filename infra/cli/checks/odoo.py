"""Odoo: address, release, protocol, database, login, rights, language."""

from __future__ import annotations

from collections.abc import Iterator

from infra.cli.checks.check import Check, fail, ok, warn
from tendero.catalog.odoo.client import Client
from tendero.catalog.odoo.fields import VARIANT, Fields
from tendero.platform.deadline import Deadline
from tendero.platform.errors import TenderoError
from tendero.platform.settings import Settings

_NAME = "odoo"
_SECONDS = 20.0
_STOCK = ("free_qty", "qty_available")
_SOLD = (("active", "=", True), ("sale_ok", "=", True))


def checks(settings: Settings) -> Iterator[Check]:
    """Ends at the first failure, whose message says which setting or right it is."""
    try:
        client = Client(settings)
    except TenderoError as error:
        yield fail(_NAME, str(error))
        return
    try:
        yield _connection(client, Deadline(_SECONDS))
        yield _rights(client, Deadline(_SECONDS))
        yield _language(client, Deadline(_SECONDS))
    except TenderoError as error:
        yield fail(_NAME, str(error))
    finally:
        client.close()


def _connection(client: Client, deadline: Deadline) -> Check:
    transport, login = client.transport(deadline), client.login
    release = ".".join(str(part) for part in transport.version(deadline)[:2])
    which = "the test database" if login.prefix == "ODOO_TEST" else "the database"
    return ok(
        _NAME,
        f"{login.url} answers: Odoo {release} over {transport.name}; {which} {login.database} lets"
        f" {login.username} in",
    )


def _rights(client: Client, deadline: Deadline) -> Check:
    """Reads one product with its stock, as a sync does."""
    fields = Fields.of(client, deadline)
    client.rows(VARIANT, _SOLD, fields.offer, limit=1, deadline=deadline, attempts=2)
    arguments = {"domain": list(_SOLD), "context": client.context(deadline)}
    count = client.call(VARIANT, "search_count", arguments, deadline=deadline, attempts=2)
    seen = f"{client.login.username} reads {count} products for sale, their prices"
    if not any(name in fields.variant for name in _STOCK):
        return warn(
            _NAME,
            f"{seen}, but no stock: every product counts as in stock",
            "Install the app Inventory, and give the user Inventory / User; without it, nothing is to do.",
        )
    if not count:
        return warn(
            _NAME,
            f"{client.login.username} sees no product that is for sale",
            "Check ODOO_COMPANIES, the user's companies, and `Can be Sold` on the products.",
        )
    return ok(_NAME, f"{seen} and stock")


def _language(client: Client, deadline: Deadline) -> Check:
    code = client.language(deadline)
    if client.wanted_language:
        return ok(_NAME, f"texts in {code}")
    return ok(_NAME, f"texts in {code}, the user's own language; ODOO_LANGUAGE names another")
