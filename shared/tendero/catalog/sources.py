"""The catalogue sources by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tendero.catalog.source import Source
from tendero.platform.errors import BadRequest, SettingsError
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


def source(name: str, settings: Settings) -> Source:
    """The source of this name, from settings whose secrets are filled in; nothing is asked of it yet.

    Raises BadRequest for an unknown name, SettingsError when its settings are missing.
    """
    if name not in SOURCES:
        raise BadRequest(f"Unknown source {name!r}; accepted: {', '.join(SOURCES)}.")
    return SOURCES[name](settings)


def configured(settings: Settings) -> tuple[str, ...]:
    """The names of the sources that the shop uses: those of SOURCES, else each whose address is set.

    `settings` have their secrets filled in. Raises SettingsError when there is none.
    """
    if settings.sources:
        return tuple(dict.fromkeys(settings.sources))
    odoo = "odoo_test_url" if settings.use_test_odoo else "odoo_prod_url"
    addresses = {"woocommerce": "woocommerce_url", "odoo": odoo, "courses": "courses_database_url"}
    found = tuple(name for name, address in addresses.items() if getattr(settings, address))
    if not found:
        raise SettingsError(
            f"There is no catalogue to read: set {', '.join(map(str.upper, addresses.values()))}, or"
            " SOURCES=courses for courses in Tendero's own database."
        )
    return found
