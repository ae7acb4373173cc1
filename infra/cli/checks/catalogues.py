"""The catalogues that the shop uses, each by its own checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from infra.cli.checks import courses, odoo, services
from infra.cli.checks.check import Check, fail, warn
from tendero.catalog.sources import configured
from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings

_CHECKS: dict[str, Callable[[Settings], Iterator[Check]]] = {
    "woocommerce": lambda settings: iter((services.shop(settings),)),
    "odoo": odoo.checks,
    "courses": courses.checks,
}
_PARTS = ("url", "db", "username", "password")


def names(settings: Settings) -> tuple[str, ...]:
    """The sources in use; none where nothing is connected yet."""
    try:
        return configured(settings)
    except SettingsError:
        return ()


def checks(settings: Settings) -> Iterator[Check]:
    """`settings` have their secrets filled in."""
    yield from _sanity(settings)
    used = names(settings)
    if not used:
        yield warn(
            "shop",
            "no catalogue is connected",
            "Set WOOCOMMERCE_URL, WOOCOMMERCE_KEY and WOOCOMMERCE_SECRET; or ODOO_PROD_URL, ODOO_PROD_DB,"
            " ODOO_PROD_USERNAME and ODOO_PROD_PASSWORD; or COURSES_DATABASE_URL.",
        )
    for name in used:
        yield from _CHECKS[name](settings)


def _sanity(settings: Settings) -> Iterator[Check]:
    """What a source would not complain of because, set like this, it is not used at all."""
    group = "odoo_test" if settings.use_test_odoo else "odoo_prod"
    given = [name for name in _names(group) if getattr(settings, name)]
    missing = ", ".join(name.upper() for name in _names(group) if name not in given)
    if settings.use_test_odoo and missing:
        yield fail(
            "settings",
            f"USE_TEST_ODOO is true without {missing}",
            f"Set {missing}, or USE_TEST_ODOO=false to read the productive Odoo.",
        )
    elif given and missing and "odoo" not in names(settings):
        yield warn(
            "settings",
            f"{given[0].upper()} is set, but Odoo is not read without {missing}",
            f"Set {missing}.",
        )
    if settings.woocommerce_key and not settings.woocommerce_url:
        yield warn(
            "settings", "WOOCOMMERCE_KEY is set, but WOOCOMMERCE_URL is not", "Set the shop's address."
        )


def _names(group: str) -> tuple[str, ...]:
    return tuple(f"{group}_{part}" for part in _PARTS)
