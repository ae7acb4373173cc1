"""Which catalogues a shop uses, by its settings."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tendero.catalog.sources import SOURCES, configured
from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings

SHOP, ERP = {"WOOCOMMERCE_URL": "https://shop.example"}, {"ODOO_PROD_URL": "https://erp.example"}


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        (SHOP, ("woocommerce",)),
        (ERP, ("odoo",)),
        (ERP | SHOP, ("woocommerce", "odoo")),
        ({"ODOO_TEST_URL": "https://test.example", "USE_TEST_ODOO": "true"}, ("odoo",)),
        (SHOP | ERP | {"USE_TEST_ODOO": "true"}, ("woocommerce",)),
        (SHOP | {"ODOO_TEST_URL": "https://test.example"}, ("woocommerce",)),
        (SHOP | {"COURSES_DATABASE_URL": "postgresql://u@host/db"}, ("woocommerce", "courses")),
        (SHOP | ERP | {"SOURCES": "odoo, courses,odoo"}, ("odoo", "courses")),
    ],
)
def test_a_source_is_used_when_it_is_named_or_else_when_its_address_is_set(
    variables: dict[str, str], names: tuple[str, ...]
) -> None:
    assert configured(Settings.load(variables)) == names


@pytest.mark.parametrize(
    ("variables", "named"), [({}, "ODOO_PROD_URL"), ({"USE_TEST_ODOO": "true"} | ERP, "ODOO_TEST_URL")]
)
def test_without_any_source_the_settings_to_set_are_named(variables: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=f"set WOOCOMMERCE_URL, {named}, COURSES_DATABASE_URL"):
        configured(Settings.load(variables))


def test_the_setting_names_every_source_and_no_other() -> None:
    (declared,) = (each for each in fields(Settings) if each.name == "sources")
    assert declared.metadata["choices"] == tuple(SOURCES)
    with pytest.raises(SettingsError, match="SOURCES=shopify: must be one of woocommerce, odoo, courses"):
        Settings.load({"SOURCES": "shopify"})
