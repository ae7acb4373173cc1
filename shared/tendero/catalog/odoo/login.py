"""Which Odoo database to read, and as whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class Login:
    """`url` is scheme and host only. `secret` is a password or an API key. `prefix` begins the names of the
    settings that all this came from (`ODOO_PROD`), for messages."""

    url: str
    database: str
    username: str
    secret: str = field(repr=False)
    prefix: str = "ODOO_PROD"

    @classmethod
    def of(cls, settings: Settings) -> Login:
        """The productive database, or with USE_TEST_ODOO the other. Raises SettingsError."""
        group = "odoo_test" if settings.use_test_odoo else "odoo_prod"
        names = [f"{group}_{part}" for part in ("url", "db", "username", "password")]
        settings.require(*names)
        url, database, username, secret = (getattr(settings, name) for name in names)
        return cls(_base(url, names[0]), database, username, secret, group.upper())


def _base(url: str, setting: str) -> str:
    # People paste what the browser shows: Odoo always answers at the root of its host.
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{setting.upper()}={url} is not an address: write it like https://erp.example.")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
