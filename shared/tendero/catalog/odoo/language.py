"""In which of Odoo's languages the product texts are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tendero.catalog.odoo.refusals import Refused
from tendero.platform.deadline import Deadline
from tendero.platform.errors import SourceError

if TYPE_CHECKING:
    from tendero.catalog.odoo.client import Client

_FALLBACK = "en_US"


def choose(client: Client, deadline: Deadline | None) -> str:
    """The language of the settings, or the user's own, as Odoo names it.

    16 and 17 answer in English without a word when a language is not installed, so that is asked first.
    Raises SourceError naming the installed ones.
    """
    wanted = client.wanted_language.replace("-", "_") or _own(client, deadline)
    codes = _installed(client, deadline)
    if not codes:
        return wanted
    for code in (wanted, f"{wanted}_{wanted.upper()}"):
        if code in codes:
            return code
    alike = [code for code in codes if code.partition("_")[0] == wanted]
    if alike:
        return alike[0]
    if not client.wanted_language:
        return codes[0]
    raise SourceError(
        f"ODOO_LANGUAGE={wanted} is not installed in {client.login.url}. Installed:"
        f" {', '.join(codes)}. Set one of them, or add it in Odoo under Settings > Languages."
    )


def _own(client: Client, deadline: Deadline | None) -> str:
    found = client.call("res.users", "context_get", {}, deadline=deadline)
    lang = found.get("lang") if isinstance(found, dict) else None
    return lang if isinstance(lang, str) and lang else _FALLBACK


def _installed(client: Client, deadline: Deadline | None) -> list[str]:
    try:
        rows = client.rows("res.lang", [("active", "=", True)], ["code"], context={}, deadline=deadline)
    except Refused:
        # A portal user may not list them; Odoo then says itself what it does not have.
        return []
    return [row["code"] for row in rows if isinstance(row.get("code"), str)]
