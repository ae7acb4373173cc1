"""Where `tendero trigger --url` sends an event."""

from __future__ import annotations

import pytest

from infra.cli.trigger import _addresses
from infra.trigger.cases import case
from tendero.platform.settings import Settings


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://f.example", "https://f.example/chatwoot"),
        ("https://f.example/", "https://f.example/chatwoot"),
        ("https://f.example/webhook/chatwoot", "https://f.example/webhook/chatwoot"),
    ],
)
def test_a_functions_address_leads_to_the_channels_path(url: str, target: str) -> None:
    assert _addresses(case("chatwoot", "text"), Settings(), url, "") == (target, target)
