"""Which Odoo to answer like: what differs from one release to the next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

OLDEST, NEWEST = 16, 19


@dataclass(frozen=True)
class Release:
    """`version` as the server tells it: "19.0", "18.0-20250702", "saas~18.4"."""

    version: str
    major: int
    minor: int

    @classmethod
    def of(cls, version: str) -> Release:
        """Raises ValueError for a version that is not one of 16 to 19."""
        match = re.fullmatch(r"(?:saas~)?(\d+)(?:\.(\d+))?(?:-\d+)?", version)
        if not match or not OLDEST <= int(match[1]) <= NEWEST:
            raise ValueError(f"version {version!r}: say one from {OLDEST}.0 to {NEWEST}.0, such as 18.0")
        return cls(version, int(match[1]), int(match[2] or 0))

    @property
    def serie(self) -> str:
        return self.version.partition("-")[0]

    @property
    def first_number(self) -> int | str:
        """19, or "saas~18" on Odoo Online."""
        return f"saas~{self.major}" if self.version.startswith("saas~") else self.major

    @property
    def template_dates_variants(self) -> bool:
        """A change of the template moves write_date of its variants."""
        return self.major >= 17

    @property
    def whole_seconds(self) -> bool:
        """Dates are compared without their fraction (source: odoo/orm/domains.py)."""
        return (self.major, self.minor) >= (18, 4)

    @property
    def has_detailed_type(self) -> bool:
        return self.major <= 17

    @property
    def rounds_prices(self) -> bool:
        return self.major <= 18

    @property
    def has_json2(self) -> bool:
        return self.major >= 19

    def info(self) -> dict[str, Any]:
        """The answer of common.version()."""
        return {
            "server_version": self.version,
            "server_version_info": [self.first_number, self.minor, 0, "final", 0, ""],
            "server_serie": self.serie,
            "protocol_version": 1,
        }
