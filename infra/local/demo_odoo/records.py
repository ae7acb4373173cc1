"""Records of one model in an environment, and what may be read of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from infra.local.demo_odoo import access
from infra.local.demo_odoo.domain import domain_test, uses_active
from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.errors import AccessError
from infra.local.demo_odoo.ordering import sort_rows
from infra.local.demo_odoo.rpc import rpc
from infra.local.demo_odoo.table import Row, Table
from infra.local.demo_odoo.values import shower

_CLASSIC = "_classic_read"


class Reading:
    """The public methods carry the parameter names that Odoo's have: JSON-2 passes arguments by name."""

    def __init__(self, env: Env, model: str, ids: Iterable[int] = ()) -> None:
        self.env = env
        self.model = model
        self.ids = list(ids)

    @property
    def table(self) -> Table:
        return self.env.table(self.model)

    def of(self, model: str, ids: Iterable[int] = ()) -> Any:
        """Records of any model in the same environment."""
        return self.env.odoo.records(self.env, model, ids)

    def rows(self) -> list[Row]:
        """The rows that exist; those that were deleted are left out."""
        found = self.table.rows
        return [found[i] for i in self.ids if i in found]

    def _select(self, domain: Any, offset: Any = 0, limit: Any = None, order: Any = None) -> list[Row]:
        env = self.env
        access.check_rights(env, self.model, "read")
        matches = domain_test(env, self.model, domain)
        hides = env.hides_archived and env.model(self.model).has_active and not uses_active(domain)
        rule = access.company_rule(env, self.model)
        rows = [
            row
            for row in self.table.rows.values()
            if (not hides or row["active"]) and (rule is None or rule(row)) and matches(row)
        ]
        rows = sort_rows(env, self.model, rows, order or None)
        offset = offset or 0
        return rows[offset : offset + limit] if limit else rows[offset:]

    def _show(self, rows: list[Row], fields: Any, load: Any = _CLASSIC) -> list[dict[str, Any]]:
        env, known = self.env, self.env.model(self.model).fields
        names = list(dict.fromkeys(fields)) if fields else self._readable_fields()
        access.check_fields(env, self.model, names)
        shown = [(name, shower(env, self.model, name, load)) for name in names if known[name].name != "id"]
        return [{"id": row["id"], **{name: show(row) for name, show in shown}} for row in rows]

    def _readable_fields(self) -> list[str]:
        fields = self.env.model(self.model).fields.values()
        return [field.name for field in fields if access.readable(self.env, field)]

    @rpc(model_level=True)
    def search(self, domain: Any, offset: int = 0, limit: int | None = None, order: str | None = None) -> Any:
        found = self._select(domain, offset, limit, order)
        return self.of(self.model, [row["id"] for row in found])

    @rpc(model_level=True)
    def search_count(self, domain: Any, limit: int | None = None) -> int:
        count = len(self._select(domain, order="id"))
        return min(count, limit) if limit else count

    @rpc(model_level=True)
    def search_read(
        self,
        domain: Any = None,
        fields: Any = None,
        offset: int = 0,
        limit: int | None = None,
        order: str | None = None,
        **read_kwargs: Any,
    ) -> list[dict[str, Any]]:
        rows = self._select(domain or [], offset, limit, order)
        return self._read(rows, fields, **read_kwargs)

    @rpc()
    def read(self, fields: Any = None, load: Any = _CLASSIC) -> list[dict[str, Any]]:
        """Ids that were deleted are left out; one that a rule hides refuses the whole call."""
        access.check_rights(self.env, self.model, "read")
        rows = self.rows()
        access.check_rows(self.env, self.model, [row["id"] for row in rows], "read")
        return self._read(rows, fields, load)

    def _read(self, rows: list[Row], fields: Any, load: Any = _CLASSIC) -> list[dict[str, Any]]:
        return self._show(rows, fields, load)

    @rpc(since=17, private_from=19, model_level=True)
    def search_fetch(
        self,
        domain: Any,
        field_names: Any = None,
        offset: int = 0,
        limit: int | None = None,
        order: str | None = None,
    ) -> Any:
        return self.search(domain, offset, limit, order)

    @rpc(private_from=19)
    def exists(self) -> Any:
        return self.of(self.model, [row["id"] for row in self.rows()])

    @rpc(model_level=True)
    def fields_get(self, allfields: Any = None, attributes: Any = None) -> dict[str, dict[str, Any]]:
        """Names that the model lacks, or the user may not read, are left out without a word."""
        env = self.env
        found: dict[str, dict[str, Any]] = {}
        for name, field in env.model(self.model).fields.items():
            if (allfields and name not in allfields) or not access.readable(env, field):
                continue
            told = field.describe(env)
            found[name] = {k: v for k, v in told.items() if not attributes or k in attributes}
        return found

    def _named(self, name: str, domain: Any, operator: str, limit: int | None) -> list[list[Any]]:
        rows = self._select(domain or [])
        named = [(row["id"], self.env.display_name_of(row)) for row in rows]
        if name:
            exact = operator == "="
            named = [(i, n) for i, n in named if (n == name if exact else name.lower() in n.lower())]
        return [[i, n] for i, n in named[: limit or None]]

    @rpc(name="name_search", model_level=True, until=18)
    def name_search_18(
        self, name: str = "", args: Any = None, operator: str = "ilike", limit: int | None = 100
    ) -> list[list[Any]]:
        return self._named(name, args, operator, limit)

    @rpc(model_level=True, since=19)
    def name_search(
        self, name: str = "", domain: Any = None, operator: str = "ilike", limit: int | None = 100
    ) -> list[list[Any]]:
        return self._named(name, domain, operator, limit)

    @rpc(until=17)
    def name_get(self) -> list[list[Any]]:
        return [[row["id"], self.env.display_name_of(row)] for row in self.rows()]

    @rpc(model_level=True)
    def check_access_rights(self, operation: str, raise_exception: bool = True) -> bool:
        if raise_exception:
            access.check_rights(self.env, self.model, operation)
        return access.has_rights(self.env, self.model, operation)

    @rpc(since=18)
    def check_access(self, operation: str) -> None:
        access.check_rights(self.env, self.model, operation)
        access.check_rows(self.env, self.model, self.ids, operation)

    @rpc(since=18)
    def has_access(self, operation: str) -> bool:
        try:
            self.check_access(operation)
        except AccessError:
            return False
        return True
