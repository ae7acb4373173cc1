"""How OpenAI and compatible services say that they refuse because of money."""

from __future__ import annotations

# A 429 with one of these as type or code; any other 429 is about pace (OpenAI's help article 5955604).
MONEY_CODES = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_usage_limit_exceeded",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
    }
)
