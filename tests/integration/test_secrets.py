"""Secrets through the real Secret Manager client, over gRPC."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from tendero.platform import logs, masking
from tendero.platform.errors import SecretError
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tests.secret_manager import SecretManager, secret_manager

KEY = "projects/demo/secrets/OPENAI_API_KEY/versions/latest"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def reading(manager: SecretManager, clock: Clock | None = None, **settings: Any) -> Secrets:
    given = Settings(gcp_project_id="demo", secret_ttl_seconds=300, **settings)
    return Secrets(given, manager.client, environment={}, clock=clock or Clock())


def test_a_secret_is_read_once_and_without_its_newline() -> None:
    with secret_manager(OPENAI_API_KEY=b"sk-1\n") as manager:
        secrets = reading(manager)
        assert [secrets.get("openai_api_key") for _ in range(3)] == ["sk-1"] * 3
        assert manager.asked == [KEY]


def test_a_rotated_secret_is_seen_after_the_ttl() -> None:
    clock = Clock()
    with secret_manager(OPENAI_API_KEY=b"old") as manager:
        secrets = reading(manager, clock)
        assert secrets.get("openai_api_key") == "old"
        manager.secrets[KEY] = b"new"
        clock.now = 299
        assert secrets.get("openai_api_key") == "old"
        clock.now = 301
        assert secrets.get("openai_api_key") == "new"


def test_a_secret_that_is_not_listed_is_empty_and_not_asked_for() -> None:
    with secret_manager(OPENAI_API_KEY=b"sk-1") as manager:
        secrets = reading(manager, secret_names=("OPENAI_API_KEY",))
        resolved = secrets.resolve(Settings(gcp_project_id="demo"))
        assert (resolved.openai_api_key, resolved.woocommerce_key) == ("sk-1", "")
        assert manager.asked == [KEY]


def test_an_absent_secret_is_empty_and_asked_for_again_soon() -> None:
    clock = Clock()
    with secret_manager() as manager:
        secrets = reading(manager, clock)
        assert [secrets.get("openai_api_key") for _ in range(3)] == [""] * 3
        assert len(manager.asked) == 1
        manager.secrets[KEY] = b"there"
        clock.now = 31
        assert secrets.get("openai_api_key") == "there"


def test_a_damaged_secret_is_refused() -> None:
    with secret_manager(OPENAI_API_KEY=b"x") as manager:
        manager.damaged = True
        with pytest.raises(SecretError, match="checksum"):
            reading(manager).get("openai_api_key")


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (grpc.StatusCode.PERMISSION_DENIED, r"Grant roles/secretmanager\.secretAccessor"),
        (grpc.StatusCode.UNAVAILABLE, "Secret Manager does not give"),
        (grpc.StatusCode.FAILED_PRECONDITION, "Secret Manager does not give"),
    ],
)
def test_a_failure_says_what_to_do_and_is_kept_for_a_moment(status: grpc.StatusCode, message: str) -> None:
    with secret_manager(OPENAI_API_KEY=status) as manager:
        secrets = reading(manager)
        for _ in range(3):
            with pytest.raises(SecretError, match=message):
                secrets.get("openai_api_key")
        assert len(manager.asked) == 1


def test_when_reading_again_fails_the_old_value_stays_with_a_warning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = Clock()
    with secret_manager(OPENAI_API_KEY=b"old-value") as manager:
        secrets = reading(manager, clock)
        secrets.get("openai_api_key")
        manager.secrets[KEY] = grpc.StatusCode.UNAVAILABLE
        clock.now = 301
        assert secrets.get("openai_api_key") == "old-value"
        assert '"severity": "WARNING"' in capsys.readouterr().err
        manager.secrets[KEY] = b"new-value"
        clock.now = 340
        assert secrets.get("openai_api_key") == "new-value"


def test_resolve_fills_every_empty_secret_and_hides_it_in_logs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(masking, "_values", set())
    held = {"OPENAI_API_KEY": b"key-from-manager", "WOOCOMMERCE_SECRET": grpc.StatusCode.UNAVAILABLE}
    with secret_manager(**held) as manager:
        settings = Settings(gcp_project_id="demo", db_password="from-env")
        resolved = Secrets(settings, manager.client, environment={}).resolve(settings)
    assert (resolved.openai_api_key, resolved.woocommerce_secret) == ("key-from-manager", "")
    assert resolved.db_password == "from-env"
    assert not any("DB_PASSWORD" in name for name in manager.asked)
    logs.logger("x").error("uses key-from-manager")
    assert "key-from-manager" not in capsys.readouterr().err


def test_a_client_that_cannot_be_made_is_a_secret_error() -> None:
    def fails() -> None:
        raise RuntimeError("no credentials")

    with pytest.raises(SecretError, match="no credentials"):
        Secrets(Settings(gcp_project_id="demo"), fails, environment={}).get("openai_api_key")
