"""The product models, as each release and each set of modules has them."""

from __future__ import annotations

from dataclasses import replace

from infra.local.demo_odoo import product_values as values
from infra.local.demo_odoo.field import (
    TWO_DECIMALS,
    Field,
    char,
    choice,
    flag,
    lines,
    many,
    number,
    one,
    text,
    whole,
)  # fmt: skip
from infra.local.demo_odoo.model import PORTAL, USER, Model
from infra.local.demo_odoo.release import Release
from infra.local.demo_odoo.stock_values import stock_fields, template_stock_fields

# Kept by the variants; the template shows them while it has one variant, and passes writes on to it.
VARIANT_FIELDS = ("default_code", "barcode", "weight", "volume", "standard_price")
_CONSU = ("consu", "Consumable", "Consumible")
_SERVICE = ("service", "Service", "Servicio")
_PRODUCT = ("product", "Storable Product", "Producto almacenable")
_GOODS = ("consu", "Goods", "Bienes")
_COMBO = ("combo", "Combo", "Combo")
_ORDERS = {
    16: "priority desc, default_code, name, id",
    17: "priority desc, default_code, name, id",
    18: "is_favorite desc, default_code, name, id",
    19: "default_code, name, id",
}


def product_models(release: Release, *, stock: bool, website: bool) -> list[Model]:
    template = _template_fields(release, stock)
    if website:
        template |= _website_fields(release)
    own = _variant_fields(release)
    if stock:
        own |= stock_fields(release)
    delegated = {
        name: replace(field, related=f"product_tmpl_id.{name}", compute=None, default=None)
        for name, field in template.items()
    }
    if stock:
        template |= template_stock_fields()
    template_order = _ORDERS[release.major].replace("default_code, ", "").removesuffix(", id")
    models = [
        Model(
            "product.template", "Product", template, order=template_order, company="company_id",
            display=values.template_name,
        ),
        Model(
            "product.product", "Product Variant", {**delegated, **own}, order=_ORDERS[release.major],
            company="company_id", display=values.variant_name,
        ),
        *_around(),
        *_attributes(release),
    ]  # fmt: skip
    if website:
        shelf = {
            "name": char("Name", required=True, translate=True),
            "parent_id": one("Parent Category", "product.public.category"),
            "sequence": whole("Sequence"),
        }
        label = "Website Product Category"
        models.append(Model("product.public.category", label, shelf, parent="parent_id"))
    return models


def _price_digits(release: Release) -> tuple[int, int] | None:
    return TWO_DECIMALS if release.rounds_prices else None


def _template_fields(release: Release, stock: bool) -> dict[str, Field]:
    from_variant = values.from_single_variant
    digits = _price_digits(release)
    fields = {
        "name": char("Name", required=True, translate=True),
        "sequence": whole("Sequence", default=1),
        "description": Field("html", "Description", translate=True),
        "description_sale": text("Sales Description", translate=True),
        "description_purchase": text("Purchase Description", translate=True),
        **_type_fields(release, stock),
        "categ_id": _category_field(release),
        "list_price": number("Sales Price", digits=digits, default=1.0),
        "standard_price": number(
            "Cost", digits=digits, groups=(USER,), compute=from_variant("standard_price", 0.0)
        ),
        "default_code": char("Internal Reference", compute=from_variant("default_code", None)),
        "barcode": char("Barcode", compute=from_variant("barcode", None)),
        "weight": number("Weight", digits=TWO_DECIMALS, compute=from_variant("weight", 0.0)),
        "volume": number("Volume", digits=TWO_DECIMALS, compute=from_variant("volume", 0.0)),
        "sale_ok": flag("Can be Sold", default=True),
        "purchase_ok": flag("Can be Purchased", default=True),
        "active": flag("Active", default=True),
        "uom_id": one("Unit of Measure", "uom.uom", required=True, default=1),
        "company_id": one("Company", "res.company"),
        "currency_id": one("Currency", "res.currency", compute=values.currency, searchable=False),
        "cost_currency_id": one("Cost Currency", "res.currency", compute=values.currency, searchable=False),
        "uom_name": char("Unit of Measure Name", related="uom_id.name"),
        "product_tag_ids": many("Product Tags", "product.tag"),
        "attribute_line_ids": lines(
            "Product Attributes", "product.template.attribute.line", "product_tmpl_id"
        ),
        "product_variant_ids": lines("Products", "product.product", "product_tmpl_id"),
        "product_variant_count": whole("# Product Variants", compute=values.variant_count, searchable=False),
        "image_1920": Field("binary", "Image"),
        "image_512": Field("binary", "Image 512", related="image_1920"),
        "image_128": Field("binary", "Image 128", related="image_1920"),
    }
    if release.major <= 18:
        fields["uom_po_id"] = one("Purchase UoM", "uom.uom", required=True, default=1)
    if release.major <= 17:
        fields["priority"] = choice(
            "Favorite", ("0", "Normal", "Normal"), ("1", "Favorite", "Favorito"), default="0"
        )
    else:
        fields["is_favorite"] = flag("Favorite")
    return fields


def _category_field(release: Release) -> Field:
    if release.major >= 19:
        return one("Product Category", "product.category")
    return one("Product Category", "product.category", required=True, default=1)


def _type_fields(release: Release, stock: bool) -> dict[str, Field]:
    if not release.has_detailed_type:
        kind = choice("Product Type", _GOODS, _SERVICE, _COMBO, required=True, default="consu")
        return {"type": kind} | ({"is_storable": flag("Track Inventory")} if stock else {})
    kinds = (_CONSU, _SERVICE, *((_PRODUCT,) if stock else ()))
    kind = choice("Product Type", *kinds, required=True, default="consu")
    # `type` follows `detailed_type`; it can be searched and sorted like it.
    return {
        "detailed_type": kind,
        "type": replace(kind, label="Type", required=False, related="detailed_type"),
    }


def _variant_fields(release: Release) -> dict[str, Field]:
    digits = _price_digits(release)
    chosen = "product.template.attribute.value"
    return {
        "product_tmpl_id": one("Product Template", "product.template", required=True),
        "default_code": char("Internal Reference"),
        "barcode": char("Barcode"),
        "weight": number("Weight", digits=TWO_DECIMALS),
        "volume": number("Volume", digits=TWO_DECIMALS),
        "standard_price": number("Cost", digits=digits, groups=(USER,), company_dependent=True),
        "active": flag("Active", default=True),
        "lst_price": number(
            "Sales Price", digits=digits, compute=values.lst_price, searchable=False, writable=True
        ),
        "price_extra": number(
            "Variant Price Extra", digits=digits, compute=values.price_extra, searchable=False
        ),
        "product_template_attribute_value_ids": many("Attribute Values", chosen),
        "product_template_variant_value_ids": many(
            "Variant Values", chosen, compute=lambda env, row: values.telling(env, row)
        ),
        "combination_indices": char("Combination Indices"),
        "additional_product_tag_ids": many("Additional Product Tags", "product.tag"),
        "all_product_tag_ids": many("All Product Tags", "product.tag", compute=values.all_tags),
    }


def _website_fields(release: Release) -> dict[str, Field]:
    fields = {
        "is_published": flag("Is Published"),
        "website_published": flag("Visible on current website", related="is_published"),
        "website_url": char("Website URL", compute=values.website_url, searchable=False),
        "website_description": Field("html", "Description for the website", translate=True),
        "public_categ_ids": many("Website Product Category", "product.public.category"),
    }
    if release.major >= 17:
        fields["description_ecommerce"] = Field("html", "eCommerce Description", translate=True)
    return fields


def _around() -> list[Model]:
    category = {
        "name": char("Name", required=True),
        "complete_name": char("Complete Name"),
        "parent_id": one("Parent Category", "product.category"),
    }
    tag = {
        "name": char("Name", required=True, translate=True),
        "product_template_ids": many(
            "Product Templates", "product.template", compute=values.tagged_templates, searchable=False
        ),
    }
    return [
        Model(
            "product.category", "Product Category", category, order="complete_name", parent="parent_id",
            display=lambda _, row: row["complete_name"] or row["name"], readers=(USER, PORTAL),
        ),
        Model("product.tag", "Product Tag", tag, order="name"),
    ]  # fmt: skip


def _attributes(release: Release) -> list[Model]:
    modes = (
        ("always", "Instantly", "Al instante"),
        ("dynamic", "Dynamically", "Dinámicamente"),
        ("no_variant", "Never", "Nunca"),
    )
    attribute = {
        "name": char("Attribute", required=True, translate=True),
        "create_variant": choice("Variants Creation Mode", *modes, required=True, default="always"),
        "sequence": whole("Sequence"),
        "value_ids": lines("Values", "product.attribute.value", "attribute_id"),
    }
    value = {
        "name": char("Value", required=True, translate=True),
        "attribute_id": one("Attribute", "product.attribute", required=True),
        "sequence": whole("Sequence"),
    }
    line = {
        "product_tmpl_id": one("Product Template", "product.template", required=True),
        "attribute_id": one("Attribute", "product.attribute", required=True),
        "value_ids": many("Values", "product.attribute.value"),
        "sequence": whole("Sequence"),
    }
    chosen = {
        "name": char("Value", related="product_attribute_value_id.name"),
        "attribute_line_id": one("Attribute Line", "product.template.attribute.line", required=True),
        "product_attribute_value_id": one("Attribute Value", "product.attribute.value", required=True),
        "attribute_id": one("Attribute", "product.attribute", related="attribute_line_id.attribute_id"),
        "product_tmpl_id": one(
            "Product Template", "product.template", related="attribute_line_id.product_tmpl_id"
        ),
        "price_extra": number("Extra Price", digits=_price_digits(release)),
        "ptav_active": flag("Active", default=True),
    }
    return [
        Model("product.attribute", "Product Attribute", attribute, order="sequence, id"),
        Model(
            "product.attribute.value", "Attribute Value", value, order="attribute_id, sequence, id",
            display=values.attribute_value_name,
        ),
        Model(
            "product.template.attribute.line", "Product Template Attribute Line", line,
            order="sequence, id",
        ),
        Model(
            "product.template.attribute.value", "Product Template Attribute Value", chosen,
            display=values.chosen_name,
        ),
    ]  # fmt: skip
