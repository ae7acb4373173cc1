"""Create, write, delete, archive: what every model does the same way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from infra.local.demo_odoo import access
from infra.local.demo_odoo.errors import UserError, ValidationError, invalid_field
from infra.local.demo_odoo.field import Field
from infra.local.demo_odoo.records import Reading
from infra.local.demo_odoo.rpc import rpc
from infra.local.demo_odoo.table import Row
from infra.local.demo_odoo.values import stored

Values = dict[str, Any]


class Records(Reading):
    """Models with rules of their own override `_create`, `_write` and `_unlink`, or the `_after_write`."""

    @rpc(model_level=True)
    def create(self, vals_list: Any) -> Any:
        """One dict or a list of them. Raises ValidationError for a mandatory field that is not set."""
        access.check_rights(self.env, self.model, "create")
        many = [vals_list] if isinstance(vals_list, dict) else vals_list
        return self.of(self.model, [self._create(dict(values)) for values in many])

    @rpc()
    def write(self, vals: Values) -> bool:
        access.check_rights(self.env, self.model, "write")
        access.check_fields(self.env, self.model, vals, "write")
        access.check_rows(self.env, self.model, self.ids, "write")
        self._write(dict(vals))
        return True

    @rpc()
    def unlink(self) -> bool:
        access.check_rights(self.env, self.model, "unlink")
        access.check_rows(self.env, self.model, self.ids, "unlink")
        self._unlink()
        return True

    @rpc()
    def copy(self, default: Values | None = None) -> Any:
        """Up to 17 the id of the one copy, then the ids of all."""
        access.check_rights(self.env, self.model, "create")
        copies = [self._copy(row, default or {}) for row in self.rows()]
        return copies[0] if self.env.release.major <= 17 else self.of(self.model, copies)

    @rpc()
    def action_archive(self) -> None:
        self.write({"active": False})

    @rpc()
    def action_unarchive(self) -> None:
        self.write({"active": True})

    @rpc()
    def toggle_active(self) -> None:
        for row in self.rows():
            self.of(self.model, [row["id"]]).write({"active": not row["active"]})

    def _create(self, values: Values) -> int:
        row = self._defaults() | self._stamp(created=True)
        own, children = self._split(values)
        row |= self._changes(own, row)
        self._check(row)
        row_id = self.table.insert(row)
        self._command_children(row_id, children)
        return row_id

    def _write(self, values: Values) -> None:
        own, children = self._split(values)
        for row in self.rows():
            changes = self._changes(own, row)
            self._check({**row, **changes})
            self.table.update(row["id"], changes | self._stamp())
            self._command_children(row["id"], children)

    def _unlink(self) -> None:
        for row in self.rows():
            self.table.delete(row["id"])

    def _copy(self, row: Row, default: Values) -> int:
        fields = self.env.model(self.model).fields
        kept = {name: row.get(name) for name, field in fields.items() if field.store}
        kept |= self._stamp(created=True) | self._changes(self._split(default)[0], kept)
        return self.table.insert(kept | {"id": None})

    def _defaults(self) -> Row:
        return {
            field.name: self._default(field)
            for field in self.env.model(self.model).fields.values()
            if field.store and field.name != "id"
        }

    def _default(self, field: Field) -> Any:
        value = field.default(self.env) if callable(field.default) else field.default
        if value is not None:
            return value
        return {"boolean": False, "float": 0.0, "integer": 0, "many2many": []}.get(field.type)

    def _stamp(self, created: bool = False) -> Row:
        """Who wrote and when: the start of the transaction, not the moment of the write."""
        written = {"write_date": self.env.began, "write_uid": self.env.uid}
        if created:
            written |= {"create_date": self.env.began, "create_uid": self.env.uid}
        return written

    def _split(self, values: Values) -> tuple[Values, Values]:
        """(values that rows keep, commands for child records). Computed fields are dropped silently.

        Raises ValueError for an unknown field.
        """
        fields = self.env.model(self.model).fields
        own: Values = {}
        children: Values = {}
        for name, value in values.items():
            if name not in fields:
                raise invalid_field(name, self.model)
            if fields[name].type == "one2many":
                children[name] = value
            elif fields[name].store and name not in ("id", "write_date", "create_date"):
                own[name] = value
        return own, children

    def _changes(self, own: Values, row: Row) -> Row:
        fields = self.env.model(self.model).fields
        return {
            name: stored(self.env, self.model, fields[name], value, row.get(name))
            for name, value in own.items()
        }

    def _check(self, row: Row) -> None:
        for field in self.env.model(self.model).fields.values():
            if field.required and field.store and row.get(field.name) is None:
                raise ValidationError(
                    "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"
                    f"- Delete: another model requires the record being deleted.\n\n"
                    f"Model: {self.env.model(self.model).label} ({self.model})\n"
                    f"Field: {field.label} ({field.name})"
                )

    def _command_children(self, row_id: int, children: Values) -> None:
        """Runs one2many commands: 0 creates, 1 writes, 2, 3 and 5 delete, 6 keeps only those ids."""
        for name, commands in children.items():
            field = self.env.field(self.model, name)
            held = [row["id"] for row in self.env.table(field.relation).by(field.inverse, row_id)]
            for command in commands or []:
                self._command_child(field, row_id, held, command)

    def _command_child(self, field: Field, row_id: int, held: Iterable[int], command: Any) -> None:
        code = command[0]
        if code == 0:
            self.of(field.relation).create({**command[2], field.inverse: row_id})
        elif code == 1:
            self.of(field.relation, [command[1]]).write(command[2])
        elif code in (2, 3):
            self.of(field.relation, [command[1]]).unlink()
        elif code in (5, 6):
            kept = command[2] if code == 6 else []
            self.of(field.relation, [i for i in held if i not in kept]).unlink()
        elif code != 4:
            raise UserError(f"Unknown command {code!r} for {field.name}")
