"""Who may do what: rights on models, fields for groups, record rules of companies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.errors import AccessError, MissingError
from infra.local.demo_odoo.field import Field
from infra.local.demo_odoo.model import GROUP_NAMES
from infra.local.demo_odoo.table import Row
from infra.local.demo_odoo.values import getter

OPERATIONS = ("read", "write", "create", "unlink")
_VERBS = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}


def has_rights(env: Env, model: str, operation: str) -> bool:
    if operation not in OPERATIONS:
        raise ValueError(f"Invalid access mode {operation!r}")
    return _in_group(env, env.model(model).groups_for(operation))


def check_rights(env: Env, model: str, operation: str) -> None:
    """Raises AccessError."""
    if has_rights(env, model, operation):
        return
    groups = "\n".join(f"\t- {GROUP_NAMES[g]}" for g in env.model(model).groups_for(operation))
    raise AccessError(
        f"You are not allowed to {_VERBS[operation]} '{env.model(model).label}' ({model}) records.\n\n"
        f"This operation is allowed for the following groups:\n{groups}\n\n"
        "Contact your administrator to request access if necessary."
    )


def readable(env: Env, field: Field) -> bool:
    return not field.groups or _in_group(env, field.groups)


def check_fields(env: Env, model: str, names: Iterable[str], operation: str = "read") -> None:
    """Raises ValueError for an unknown field, AccessError for one the user may not have."""
    for name in names:
        field = env.field(model, name)
        if not readable(env, field):
            groups = ", ".join(f"'{GROUP_NAMES[g]}'" for g in field.groups)
            raise AccessError(
                f'You do not have enough rights to access the field "{name}" on '
                f"{env.model(model).label} ({model}). Please contact your system administrator.\n\n"
                f"Operation: {operation}\nUser: {env.uid}\nGroups: allowed for groups {groups}"
            )
        if field.needs:
            check_rights(env, field.needs, "read")


def company_rule(env: Env, model: str) -> Callable[[Row], bool] | None:
    """A test of the rows that the companies of the call let through, or None when all pass."""
    path = env.model(model).company
    if env.is_superuser or not path:
        return None
    get = getter(env, model, path)
    allowed: set[Any] = {None, *env.companies}
    return lambda row: get(row) in allowed


def check_rows(env: Env, model: str, ids: Iterable[int], operation: str) -> None:
    """Raises AccessError when a rule hides one of them, MissingError when one is gone."""
    rule = company_rule(env, model)
    rows = env.table(model).rows
    for row_id in ids:
        if row_id not in rows:
            raise MissingError(
                f"Record does not exist or has been deleted.\n(Record: {model}({row_id},), User: {env.uid})"
            )
        if rule and not rule(rows[row_id]):
            raise AccessError(
                "Due to security restrictions, you are not allowed to "
                f"{_VERBS[operation]} '{env.model(model).label}' ({model}) records.\n\n"
                f"Records: {env.display_name(model, row_id)} (id={row_id})\nUser: {env.uid}\n\n"
                "This restriction is due to record rules: multi-company.\n\n"
                "Contact your administrator to request access if necessary."
            )


def _in_group(env: Env, groups: Iterable[str]) -> bool:
    return env.account is None or not env.account.groups.isdisjoint(groups)
