"""What the three protocols of Odoo have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from tendero.catalog.odoo.login import Login
from tendero.platform.deadline import Deadline
from tendero.platform.http import HttpClient, Response

DENIED = "odoo.exceptions.AccessDenied"
ACCESS = "odoo.exceptions.AccessError"
SESSION = "odoo.http.SessionExpiredException"


class Fault(Exception):
    """An error that Odoo itself told: `name` of its Python class with module, and its text."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(f"{name}: {said}")
        self.name = name
        self.said = said


class Unreadable(Exception):
    """An answer that is not of the protocol: a login page, a proxy's page, broken JSON or XML."""


class Transport(Protocol):
    """One protocol towards one database. All methods raise HttpError, Fault or Unreadable.

    `date` is the server's clock as its last answer told it.
    """

    name: str

    @property
    def date(self) -> datetime | None: ...

    def version(self, deadline: Deadline | None) -> Sequence[Any]:
        """`server_version_info`, asked without a login: [19, 0, 0, "final", 0, ""]."""
        ...

    def log_in(self, deadline: Deadline | None) -> None:
        """Checks the login. A wrong one is a Fault DENIED."""
        ...

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
        """The method's result. `ids` only for a method of records."""
        ...

    def close(self) -> None: ...


class Wire:
    """An HTTP client that keeps the server's clock."""

    def __init__(self, login: Login, timeout: float, **options: Any) -> None:
        headers = {"User-Agent": "Tendero", **options.pop("headers", {})}
        self._http = HttpClient(
            "Odoo", login.url, headers=headers, timeout_setting="ODOO_TIMEOUT_SECONDS", **options
        )
        self._timeout = timeout
        self.date: datetime | None = None

    def ask(
        self,
        path: str,
        *,
        method: str = "POST",
        json: Any = None,
        data: bytes | None = None,
        deadline: Deadline | None,
        attempts: int = 4,
    ) -> Response:
        """Every call only reads, so that it may be made again. Raises HttpError."""
        answer = self._http.request(
            method, path, json=json, data=data, deadline=deadline, timeout=self._timeout, attempts=attempts
        )
        self.date = _date(answer) or self.date
        return answer

    def close(self) -> None:
        self._http.close()


def _date(answer: Response) -> datetime | None:
    try:
        at = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None
