"""The services `common` and `object`, which JSON-RPC and XML-RPC carry alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tendero.catalog.odoo.login import Login
from tendero.catalog.odoo.transport import DENIED, Fault, Unreadable, Wire
from tendero.platform.deadline import Deadline


class Rpc(ABC):
    """See Transport. Subclasses carry one call to a service and back."""

    name: str

    def __init__(self, login: Login, wire: Wire) -> None:
        self._login = login
        self._wire = wire
        self._uid = 0

    @property
    def date(self) -> datetime | None:
        return self._wire.date

    def version(self, deadline: Deadline | None) -> Sequence[Any]:
        told = self._ask("common", "version", [], deadline, 2)
        info = told.get("server_version_info") if isinstance(told, dict) else None
        if not isinstance(info, list) or not info:
            raise Unreadable("common.version() tells no version")
        return info

    def log_in(self, deadline: Deadline | None) -> None:
        login = self._login
        uid = self._ask(
            "common", "authenticate", [login.database, login.username, login.secret, {}], deadline, 4
        )
        # A wrong password is no error here, only False.
        if type(uid) is not int or uid <= 0:
            raise Fault(DENIED, "Access Denied")
        self._uid = uid

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
        who = [self._login.database, self._uid, self._login.secret]
        args = [] if ids is None else [list(ids)]
        return self._ask(
            "object", "execute_kw", [*who, model, method, args, dict(arguments)], deadline, attempts
        )

    def close(self) -> None:
        self._wire.close()

    @abstractmethod
    def _ask(
        self, service: str, method: str, args: list[Any], deadline: Deadline | None, attempts: int
    ) -> Any: ...
