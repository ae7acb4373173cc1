"""JSON-2: `/json/2/<model>/<method>`, an API key as bearer, bare values, true HTTP statuses; from 19 on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tendero.catalog.odoo.json_rpc import json_of
from tendero.catalog.odoo.login import Login
from tendero.catalog.odoo.transport import ACCESS, DENIED, SESSION, Fault, Unreadable, Wire
from tendero.platform.deadline import Deadline
from tendero.platform.http import Response


class Json2:
    name = "JSON-2"

    def __init__(self, login: Login, timeout: float) -> None:
        # Needed where the host has several databases, harmless where it has one.
        headers = {"Authorization": f"bearer {login.secret}", "X-Odoo-Database": login.database}
        self._wire = Wire(login, timeout, headers=headers, refusal=_fault)

    @property
    def date(self) -> datetime | None:
        return self._wire.date

    def version(self, deadline: Deadline | None) -> Sequence[Any]:
        told = json_of(self._wire.ask("web/version", method="GET", deadline=deadline))
        info = told.get("version_info") if isinstance(told, dict) else None
        if not isinstance(info, list) or not info:
            raise Unreadable("/web/version tells no version")
        return info

    def log_in(self, deadline: Deadline | None) -> None:
        self.call("res.users", "context_get", None, {}, deadline=deadline, attempts=4)

    def call(
        self,
        model: str,
        method: str,
        ids: Sequence[int] | None,
        arguments: Mapping[str, Any],
        *,
        deadline: Deadline | None,
        attempts: int,
    ) -> Any:
        order = dict(arguments) if ids is None else {"ids": list(ids), **arguments}
        path = f"json/2/{model}/{method}"
        return json_of(self._wire.ask(path, json=order, deadline=deadline, attempts=attempts))

    def close(self) -> None:
        self._wire.close()


def _fault(answer: Response) -> Fault | None:
    """The error that Odoo told; None for what a proxy or the web server said."""
    try:
        told = json.loads(answer.content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("name"), str):
        return None
    name = told["name"]
    if answer.status == 401:
        name = DENIED
    elif answer.status == 403 and name != SESSION:
        name = ACCESS
    return Fault(name, str(told.get("message", "")))
