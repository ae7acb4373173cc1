"""What may be asked of users."""

from __future__ import annotations

from typing import Any

from infra.local.demo_odoo.rpc import rpc
from infra.local.demo_odoo.writing import Records


class Users(Records):
    @rpc(model_level=True)
    def context_get(self) -> dict[str, Any]:
        """The user's own language and time zone, which calls do not follow by themselves."""
        row = self.table.rows[self.env.uid]
        return {"lang": row["lang"] or False, "tz": row["tz"] or False, "uid": row["id"]}
