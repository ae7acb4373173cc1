"""Where a secret is looked for, without Secret Manager."""

from __future__ import annotations

from pathlib import Path

import pytest

from tendero.platform.crc32c import crc32c
from tendero.platform.errors import SecretError
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def never() -> None:
    raise AssertionError("Secret Manager must not be asked")


def test_the_settings_own_value_wins() -> None:
    settings = Settings(openai_api_key="from-env", gcp_project_id="demo")
    assert (
        Secrets(settings, never, environment={"OPENAI_API_KEY_FILE": "/nowhere"}).get("openai_api_key")
        == "from-env"
    )


def test_a_mounted_file_is_read_again_after_the_ttl(tmp_path: Path) -> None:
    clock, file = Clock(), tmp_path / "key"
    file.write_text("one\n")
    settings = Settings(gcp_project_id="demo", secret_ttl_seconds=60)
    secrets = Secrets(settings, never, environment={"OPENAI_API_KEY_FILE": str(file)}, clock=clock)
    assert secrets.get("openai_api_key") == "one"
    file.write_text("two\r\n")
    assert secrets.get("openai_api_key") == "one"
    clock.now = 61
    assert secrets.get("openai_api_key") == "two"


def test_a_mounted_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    secrets = Secrets(Settings(), never, environment={"OPENAI_API_KEY_FILE": str(tmp_path / "no")})
    with pytest.raises(SecretError, match=r"OPENAI_API_KEY_FILE=.*no cannot be read: No such file"):
        secrets.get("openai_api_key")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SecretError, match="OPENAI_API_KEY is not text"):
        Secrets(Settings(), never, environment={"OPENAI_API_KEY_FILE": str(file)}).get("openai_api_key")


@pytest.mark.parametrize(
    "settings",
    [Settings(), Settings(environment="local_machine", gcp_project_id="demo")],
    ids=["no project", "local"],
)
def test_a_laptop_and_a_deployment_without_project_do_not_ask_secret_manager(settings: Settings) -> None:
    secrets = Secrets(settings, never, environment={})
    assert secrets.get("openai_api_key") == ""
    assert secrets.resolve(settings) == settings


def test_the_checksum_is_that_of_the_standard() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(b"") == 0
