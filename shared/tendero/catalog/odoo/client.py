"""Odoo's records: asks in one language and for some companies, by whichever protocol the server speaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tendero.catalog.odoo.language import choose
from tendero.catalog.odoo.login import Login
from tendero.catalog.odoo.probe import connect
from tendero.catalog.odoo.refusals import PageFailed, explain, patiently
from tendero.catalog.odoo.transport import Fault, Transport, Unreadable
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded, HttpError, SettingsError, SourceError
from tendero.platform.settings import Settings

Raw = dict[str, Any]
Domain = Sequence[Any]


class Client:
    """Reads one database. Threads may share it. Everything below raises SourceError in words; PageFailed
    where asking for fewer records may help, Refused where a right is missing.

    Raises SettingsError when a setting is missing or ODOO_COMPANIES are no ids.
    """

    def __init__(self, settings: Settings) -> None:
        self.login = Login.of(settings)
        self.companies = _companies(settings.odoo_companies)
        self.wanted_language = settings.odoo_language
        self._timeout = settings.odoo_timeout_seconds
        self._lock = threading.RLock()
        self._connected: Transport | None = None
        self._language = ""

    def rows(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        limit: int = 0,
        context: Mapping[str, Any] | None = None,
        deadline: Deadline | None = None,
        attempts: int = 4,
    ) -> list[Raw]:
        """Records in order of id, archived ones too; `context` replaces the usual one."""
        arguments = {
            "domain": list(domain),
            "fields": list(fields),
            "order": "id",
            "limit": limit,
            "context": dict(self.context(deadline) if context is None else context),
        }
        found = self.call(model, "search_read", arguments, deadline=deadline, attempts=attempts)
        return _records(found, model)

    def every(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        limit: int,
        lesser: Sequence[str] = (),
        trusting: bool = False,
    ) -> Iterator[list[Raw]]:
        """All records page by page, by their ids, until an empty page or, `trusting`, a short one.

        A page that the server fails on comes with the fields `lesser` only, where there are such.
        """
        last = 0
        while True:
            after = [("id", ">", last), *domain]
            try:
                page = self.rows(model, after, fields, limit=limit)
            except PageFailed:
                if not lesser:
                    raise
                page = self.rows(model, after, lesser, limit=limit)
            if not page:
                return
            if page[0]["id"] <= last:
                raise SourceError(f"{self.login.url} lists {model} in circles: a cache stands before it.")
            yield page
            last = page[-1]["id"]
            if trusting and len(page) < limit:
                return

    def read(self, model: str, ids: Sequence[int], fields: Sequence[str]) -> list[Raw]:
        """Those of the records that exist, whatever companies were chosen. Raises Refused, with `hides`, when
        a record rule keeps one of them from the user."""
        arguments = {"fields": list(fields), "context": {"active_test": False}}
        return _records(self.call(model, "read", arguments, ids=ids), model)

    def call(
        self,
        model: str,
        method: str,
        arguments: Mapping[str, Any],
        *,
        ids: Sequence[int] | None = None,
        deadline: Deadline | None = None,
        attempts: int = 4,
    ) -> Any:
        """The result of a method that only reads."""
        transport = self.transport(deadline)
        try:
            return patiently(
                lambda: transport.call(model, method, ids, arguments, deadline=deadline, attempts=attempts),
                deadline,
                min(attempts, 3),
            )
        except (Fault, Unreadable, HttpError, DeadlineExceeded) as error:
            raise explain(error, self.login) from error

    def transport(self, deadline: Deadline | None = None) -> Transport:
        with self._lock:
            if self._connected is None:
                self._connected = connect(self.login, timeout=self._timeout, deadline=deadline)
            return self._connected

    @property
    def date(self) -> datetime | None:
        """The server's clock at its last answer."""
        return self._connected.date if self._connected else None

    def context(self, deadline: Deadline | None = None) -> dict[str, Any]:
        """Language and companies. Without a language Odoo answers in English, whatever the user's own is."""
        context: dict[str, Any] = {"lang": self.language(deadline), "active_test": False}
        return context | ({"allowed_company_ids": list(self.companies)} if self.companies else {})

    def language(self, deadline: Deadline | None = None) -> str:
        with self._lock:
            if not self._language:
                self._language = choose(self, deadline)
            return self._language

    def close(self) -> None:
        if self._connected is not None:
            self._connected.close()


def _records(found: Any, model: str) -> list[Raw]:
    if not isinstance(found, list) or not all(
        isinstance(each, dict) and type(each.get("id")) is int for each in found
    ):
        raise PageFailed(f"Odoo answered {found!r:.80} where a list of {model} belongs.")
    return sorted(found, key=lambda each: each["id"])


def _companies(texts: Sequence[str]) -> tuple[int, ...]:
    if not all(text.isascii() and text.isdigit() for text in texts):
        raise SettingsError(
            f"ODOO_COMPANIES={','.join(texts)}: write the companies' ids, such as 1,3 (Settings > Companies;"
            " the id stands in the address of the company's page)."
        )
    return tuple(int(text) for text in texts)
