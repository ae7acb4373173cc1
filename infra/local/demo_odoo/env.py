"""The environment of one call: who asks, in which language and companies, and when it began."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from infra.local.demo_odoo.errors import AccessError, UserError, invalid_field
from infra.local.demo_odoo.field import Field
from infra.local.demo_odoo.model import Model
from infra.local.demo_odoo.table import Row, Table

if TYPE_CHECKING:
    from infra.local.demo_odoo.accounts import Account
    from infra.local.demo_odoo.odoo import Odoo

SOURCE_LANGUAGE = "en_US"
SUPERUSER = 1


class Env:
    """`account` None is the superuser, whom no right and no rule holds back. `began` is the start of the
    transaction, which every row written in it gets as its write_date.

    Raises UserError for a language that is not active (18 and later), AccessError for a company that is
    not the user's.
    """

    def __init__(
        self, odoo: Odoo, account: Account | None, context: dict[str, Any] | None, began: datetime
    ) -> None:
        self.odoo = odoo
        self.account = account
        self.context = dict(context or {})
        self.began = began
        self.release = odoo.release
        self.lang = self._language()
        self.companies = self._companies()
        self.getters: dict[tuple[str, str], Callable[[Row], Any]] = {}
        self._names: dict[tuple[str, int], str] = {}

    def _language(self) -> str | None:
        lang = self.context.get("lang") or None
        if lang in (None, SOURCE_LANGUAGE) or lang in self.odoo.languages:
            return lang
        if self.release.major >= 18:
            raise UserError(f"Invalid language code: {lang}")
        return None

    def _companies(self) -> list[int]:
        users = self.odoo.table("res.users").rows
        if self.account is None:
            own = list(self.odoo.table("res.company").rows)
        else:
            user = users[self.account.uid]
            # The user's main company first: prices that depend on a company are read in the first one.
            own = [user["company_id"], *(c for c in user["company_ids"] if c != user["company_id"])]
        asked = list(self.context.get("allowed_company_ids") or ())
        if self.account is not None and set(asked) - set(own):
            raise AccessError("Access to unauthorized or invalid companies.")
        return asked or own

    @property
    def uid(self) -> int:
        return self.account.uid if self.account else SUPERUSER

    @property
    def is_superuser(self) -> bool:
        return self.account is None

    @property
    def hides_archived(self) -> bool:
        return bool(self.context.get("active_test", True))

    @property
    def company_id(self) -> int:
        return self.companies[0]

    def sudo(self) -> Env:
        return Env(self.odoo, None, {**self.context, "allowed_company_ids": self.companies}, self.began)

    def with_context(self, **more: Any) -> Env:
        return Env(self.odoo, self.account, {**self.context, **more}, self.began)

    def model(self, name: str) -> Model:
        return self.odoo.models[name]

    def table(self, name: str) -> Table:
        return self.odoo.table(name)

    def field(self, model: str, name: str) -> Field:
        """Raises ValueError for a field that the model does not have."""
        field = self.model(model).fields.get(name)
        if field is None:
            raise invalid_field(name, model)
        return field

    def text_of(self, texts: dict[str, str] | None) -> str | None:
        """A translated value in the call's language, else in English."""
        if texts is None:
            return None
        return texts.get(self.lang or SOURCE_LANGUAGE, texts[SOURCE_LANGUAGE])

    def display_name(self, model: str, row_id: int) -> str:
        """Whoever asks: the name of a record that a rule hides is shown as well."""
        return self.display_name_of(self.table(model).rows[row_id])

    def display_name_of(self, row: Row) -> str:
        key = (row["_model"], row["id"])
        if key not in self._names:
            display = self.model(row["_model"]).display
            self._names[key] = display(self, row) if display else self._own_name(row)
        return self._names[key]

    def _own_name(self, row: Row) -> str:
        name = row.get("name")
        if isinstance(name, dict):
            name = self.text_of(name)
        return name or f"{row['_model']},{row['id']}"
