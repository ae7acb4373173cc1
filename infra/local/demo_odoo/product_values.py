"""Computed values of products, templates and attribute values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.table import Row
from infra.local.demo_odoo.values import getter

_CHOSEN = "product.template.attribute.value"


def template_of(env: Env, row: Row) -> Row:
    return env.table("product.template").rows[row["product_tmpl_id"]]


def variants_of(env: Env, template: Row) -> list[Row]:
    """The variants of a template, archived ones too."""
    return env.table("product.product").by("product_tmpl_id", template["id"])


def single_variant(env: Env, template: Row) -> Row | None:
    """The one active variant, or the one archived variant where none is active."""
    variants = variants_of(env, template)
    shown = [row for row in variants if row["active"]] or variants
    return shown[0] if len(shown) == 1 else None


def from_single_variant(name: str, otherwise: Any) -> Callable[[Env, Row], Any]:
    def compute(env: Env, row: Row) -> Any:
        variant = single_variant(env, row)
        return otherwise if variant is None else getter(env, "product.product", name)(variant)

    return compute


def variant_count(env: Env, row: Row) -> int:
    return sum(variant["active"] for variant in variants_of(env, row))


def template_name(env: Env, row: Row) -> str:
    variant = single_variant(env, row)
    return _with_code(variant["default_code"] if variant else None, env.text_of(row["name"]) or "")


def variant_name(env: Env, row: Row) -> str:
    """`[CODE] name (Red, M)`; values that the product offers no choice of are not named."""
    name = env.text_of(template_of(env, row)["name"]) or ""
    rows = env.table(_CHOSEN).rows
    values = ", ".join(getter(env, _CHOSEN, "name")(rows[i]) for i in telling(env, row))
    return _with_code(row["default_code"], f"{name} ({values})" if values else name)


def _with_code(code: str | None, name: str) -> str:
    return f"[{code}] {name}" if code else name


def telling(env: Env, row: Row) -> list[int]:
    """The attribute values that tell a variant from its siblings."""
    chosen = env.table(_CHOSEN).rows
    offered = env.table("product.template.attribute.line").rows
    return [
        i
        for i in row["product_template_attribute_value_ids"]
        if len(offered[chosen[i]["attribute_line_id"]]["value_ids"]) > 1
    ]


def chosen_name(env: Env, row: Row) -> str:
    value = env.table("product.attribute.value").rows[row["product_attribute_value_id"]]
    return attribute_value_name(env, value)


def attribute_value_name(env: Env, row: Row) -> str:
    attribute = env.table("product.attribute").rows[row["attribute_id"]]
    return f"{env.text_of(attribute['name'])}: {env.text_of(row['name'])}"


def price_extra(env: Env, row: Row) -> float:
    chosen = env.table(_CHOSEN).rows
    return float(sum(chosen[i]["price_extra"] for i in row["product_template_attribute_value_ids"]))


def lst_price(env: Env, row: Row) -> float:
    price = float(template_of(env, row)["list_price"]) + price_extra(env, row)
    # 0.1 + 0.2 is shown as it comes where the field has no digits.
    return round(price, 2) if env.release.rounds_prices else price


def currency(env: Env, row: Row) -> int:
    company = row["company_id"] or env.company_id
    return int(env.table("res.company").rows[company]["currency_id"])


def all_tags(env: Env, row: Row) -> list[int]:
    ids = [*template_of(env, row)["product_tag_ids"], *row["additional_product_tag_ids"]]
    return list(dict.fromkeys(ids))


def tagged_templates(env: Env, row: Row) -> list[int]:
    return [t["id"] for t in env.table("product.template").rows.values() if row["id"] in t["product_tag_ids"]]


def website_url(env: Env, row: Row) -> str:
    name = (env.text_of(row["name"]) or "").lower()
    slug = "-".join("".join(c if c.isalnum() else " " for c in name).split())
    return f"/shop/{slug}-{row['id']}"
