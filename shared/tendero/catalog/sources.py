"""The catalogue sources by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tendero.catalog.source import Source
from tendero.platform.errors import BadRequest
from tendero.platform.settings import Settings


def _woocommerce(settings: Settings) -> Source:
    from tendero.catalog.woocommerce.shop import WooCommerce

    return WooCommerce(settings)


def _odoo(settings: Settings) -> Source:
    from tendero.catalog.odoo.source import Odoo

    return Odoo(settings)


def _courses(settings: Settings) -> Source:
    from tendero.catalog.courses.source import Courses

    return Courses(settings)


SOURCES: Mapping[str, Callable[[Settings], Source]] = {
    "woocommerce": _woocommerce,
    "odoo": _odoo,
    "courses": _courses,
}
DEFAULT_SOURCE = "woocommerce"


def source(name: str, settings: Settings) -> Source:
    """The source of this name, from settings whose secrets are filled in; nothing is asked of it yet.

    Raises BadRequest for an unknown name, SettingsError when its settings are missing.
    """
    if name not in SOURCES:
        raise BadRequest(f"Unknown source {name!r}; accepted: {', '.join(SOURCES)}.")
    return SOURCES[name](settings)
