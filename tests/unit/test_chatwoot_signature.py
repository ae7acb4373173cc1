"""Who may deliver in Chatwoot's name."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from tendero.channels.chatwoot.channel import Chatwoot
from tendero.channels.chatwoot.signature import is_signed, sign
from tendero.platform.errors import BadRequest
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tests.chatwoot_events import body, signed

BODY, AT = b'{"event":"message_created"}', "1700000000"
VECTOR = "sha256=4fbf414139098588cc31e819ccebf960699d147368b51572e7657c1332d9c962"
CONTENT = json.dumps(body("text")).encode()


def channel(**settings: Any) -> Chatwoot:
    chosen = Settings.load({}, chatwoot_base_url="http://chat.example", chatwoot_api_token="t", **settings)
    return Chatwoot(chosen, Secrets(chosen))


def request(content: bytes, headers: dict[str, str], query: str = "") -> Request:
    built = EnvironBuilder(
        "/chatwoot", method="POST", data=content, headers=headers, query_string=query
    ).get_environ()
    return Request(built)


def refused(chatwoot: Chatwoot, asked: Request) -> int:
    with pytest.raises(BadRequest) as raised:
        chatwoot.receive(asked)
    return raised.value.status


def test_the_signature_is_chatwoots() -> None:
    assert sign("secret", AT, BODY) == VECTOR
    assert is_signed(BODY, AT, VECTOR, secrets=["other", "secret"], now=1_700_000_100)


@pytest.mark.parametrize("skew", [-301, 301, 3600])
def test_a_signature_older_or_newer_than_five_minutes_is_refused(skew: int) -> None:
    assert not is_signed(BODY, AT, VECTOR, secrets=["secret"], now=1_700_000_000 + skew)
    assert is_signed(BODY, AT, VECTOR, secrets=["secret"], now=1_700_000_000 + 300 * (1 if skew > 0 else -1))


@pytest.mark.parametrize("timestamp", ["", "soon", "-1", "1" * 400, "١٧٠٠٠٠٠٠٠٠", "17e8", "nan"])
def test_a_timestamp_that_is_none_is_refused(timestamp: str) -> None:
    signature = sign("secret", timestamp, BODY)
    assert not is_signed(BODY, timestamp, signature, secrets=["secret"], now=1_700_000_000)


@given(st.text(max_size=80), st.text(alphabet=st.characters(max_codepoint=255), max_size=80))
def test_no_header_breaks_the_check(timestamp: str, signature: str) -> None:
    assert not is_signed(BODY, timestamp, signature, secrets=["secret"], now=1_700_000_000)


def test_a_body_that_was_changed_is_refused() -> None:
    assert not is_signed(BODY + b" ", AT, VECTOR, secrets=["secret"], now=1_700_000_000)
    assert not is_signed(BODY, AT, VECTOR, secrets=[], now=1_700_000_000)


@pytest.mark.parametrize("secret", ["of-the-bot", "of-the-webhook"])
def test_each_of_several_secrets_signs(secret: str) -> None:
    chatwoot = channel(chatwoot_webhook_secret="of-the-bot, of-the-webhook,")
    (event,) = chatwoot.receive(request(CONTENT, signed(CONTENT, secret)))
    assert event.text == "¿Tenéis cafeteras italianas?"


@pytest.mark.parametrize("secret", ["", "another", ","])
def test_another_secret_or_none_does_not(secret: str) -> None:
    chatwoot = channel(chatwoot_webhook_secret="of-the-bot,")
    assert refused(chatwoot, request(CONTENT, signed(CONTENT, secret))) == 401


def test_an_old_delivery_played_back_is_refused() -> None:
    chatwoot = channel(chatwoot_webhook_secret="s")
    assert refused(chatwoot, request(CONTENT, signed(CONTENT, "s", time.time() - 400))) == 401


def test_without_a_secret_nothing_is_taken() -> None:
    assert refused(channel(), request(CONTENT, signed(CONTENT, ""))) == 401
    assert refused(channel(), request(CONTENT, {})) == 401
    assert refused(channel(), request(CONTENT, {}, "token=")) == 401


def test_an_unsigned_delivery_needs_the_token_that_is_set() -> None:
    chatwoot = channel(chatwoot_webhook_secret="s", chatwoot_url_token="in-the-url")
    assert len(chatwoot.receive(request(CONTENT, {}, "token=in-the-url"))) == 1
    assert refused(chatwoot, request(CONTENT, {}, "token=other")) == 401
    assert refused(chatwoot, request(CONTENT, {})) == 401


def test_the_token_does_not_save_a_wrong_signature() -> None:
    chatwoot = channel(chatwoot_webhook_secret="s", chatwoot_url_token="in-the-url")
    assert refused(chatwoot, request(CONTENT, signed(CONTENT, "other"), "token=in-the-url")) == 401


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null", b'"\\u0000"', b"\xff"])
def test_what_is_signed_but_no_object_is_refused_as_such(content: bytes) -> None:
    chatwoot = channel(chatwoot_webhook_secret="s")
    assert refused(chatwoot, request(content, signed(content, "s"))) == 400


def test_nothing_that_is_delivered_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    chatwoot = channel(chatwoot_webhook_secret="s")
    chatwoot.receive(request(CONTENT, signed(CONTENT, "s")))
    refused(chatwoot, request(CONTENT, signed(CONTENT, "other")))
    said = "".join(capsys.readouterr())
    assert "made-up-pubsub-token" not in said
    assert "cafeteras" not in said
