"""Finds out which Odoo answers at an address, and the best protocol that it lets the login use."""

from __future__ import annotations

import re
from functools import partial

from tendero.catalog.odoo.json2 import Json2
from tendero.catalog.odoo.json_rpc import JsonRpc
from tendero.catalog.odoo.login import Login
from tendero.catalog.odoo.refusals import OLDEST, denied, explain, no_database, patiently, too_old
from tendero.catalog.odoo.transport import DENIED, Fault, Transport, Unreadable
from tendero.catalog.odoo.xml_rpc import XmlRpc
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded, HttpError, SourceError

# With one of these a server says that there is nothing at a path, or nothing for us.
_NOT_SERVED = (400, 403, 404, 405, 410)


def connect(login: Login, *, timeout: float, deadline: Deadline | None = None) -> Transport:
    """A transport whose login is checked: JSON-2 from Odoo 19 on when the secret is an API key, else
    JSON-RPC, else XML-RPC. Raises SourceError saying whether address, version, database or login is wrong.
    """
    try:
        return _json2(login, timeout, deadline) or _rpc(login, timeout, deadline)
    except (Fault, Unreadable, HttpError, DeadlineExceeded) as error:
        raise explain(error, login) from error


def _json2(login: Login, timeout: float, deadline: Deadline | None) -> Json2 | None:
    transport = Json2(login, timeout)
    if not _serves(transport, login, deadline):
        return None
    try:
        patiently(lambda: transport.log_in(deadline), deadline)
    except Fault as fault:
        # Passwords do not work here, but do over JSON-RPC.
        if fault.name != DENIED:
            raise
        return None
    except HttpError as error:
        # Odoo itself answers in JSON; only for a database that it does not have comes a page.
        if error.status == 404:
            raise no_database(login) from error
        raise
    return transport


def _rpc(login: Login, timeout: float, deadline: Deadline | None) -> Transport:
    for kind in (JsonRpc, XmlRpc):
        transport = kind(login, timeout)
        if _serves(transport, login, deadline):
            patiently(partial(transport.log_in, deadline), deadline)
            return transport
    if _serves(Json2(login, timeout), login, deadline):
        raise denied(login)
    raise SourceError(
        f"{login.url} answers, but not as Odoo: neither /jsonrpc nor /xmlrpc/2 is there. Is"
        f" {login.prefix}_URL Odoo's own address, and does no proxy or plan keep its external API closed?"
    )


def _serves(transport: Transport, login: Login, deadline: Deadline | None) -> bool:
    """Whether the server speaks this protocol. Raises SourceError for a release that is too old."""
    try:
        info = transport.version(deadline)
    except (Unreadable, Fault):
        return False
    except HttpError as error:
        if error.status in _NOT_SERVED:
            return False
        raise
    # Odoo Online says "saas~18".
    digits = re.search(r"\d+", str(info[0]))
    if digits is None or int(digits[0]) < OLDEST:
        raise too_old(str(info[0]), login)
    return True
