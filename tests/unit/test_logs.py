"""What a log line holds, and what it never holds."""

from __future__ import annotations

import contextvars
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tendero.platform import logs, masking
from tendero.platform.settings import Settings

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(logs, "_target", logs._Target())
    monkeypatch.setattr(masking, "_values", set())
    logs.clear()
    yield
    logs.clear()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_has_the_fields_that_cloud_logging_reads(lines: Lines) -> None:
    logs.setup(Settings(gcp_project_id="demo"), "sync")
    logs.bind(correlation_id="abc", trace="4bf92f3577b34da6a3ce929d0e0e4736", span="00f067aa0ba902b7")
    logs.logger("catalog").warning("page skipped", page=3, reason="HTML «ñ»")
    (line,) = lines()
    source = line.pop("logging.googleapis.com/sourceLocation")
    assert source["file"] == __file__
    assert source["function"] == "test_a_line_has_the_fields_that_cloud_logging_reads"
    assert source["line"].isdigit()
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "severity": "WARNING",
        "message": "page skipped",
        "page": 3,
        "reason": "HTML «ñ»",
        "correlation_id": "abc",
        "logging.googleapis.com/labels": {"stream": "sync", "logger": "catalog"},
        "logging.googleapis.com/trace": "projects/demo/traces/4bf92f3577b34da6a3ce929d0e0e4736",
        "logging.googleapis.com/spanId": "00f067aa0ba902b7",
    }


def test_a_stack_trace_is_one_field_of_one_line(lines: Lines) -> None:
    logs.setup(Settings(), "application")
    try:
        raise ValueError("password=hunter22 for postgresql://me:pw12345@host/db")
    except ValueError:
        logs.logger("x").exception("turn failed")
    (line,) = lines()
    assert line["severity"] == "ERROR"
    assert line["stack_trace"].startswith("Traceback (most recent call last):")
    assert "hunter22" not in line["stack_trace"]
    assert "pw12345" not in line["stack_trace"]


def test_lines_below_the_level_are_not_written(lines: Lines) -> None:
    logs.setup(Settings(log_level="WARNING"), "application")
    log = logs.logger("x")
    log.debug("no")
    log.info("no")
    log.error("yes")
    assert [line["message"] for line in lines()] == ["yes"]


def test_what_is_bound_reaches_the_context_of_a_helper_thread_and_not_the_next_request(lines: Lines) -> None:
    logs.setup(Settings(), "application")
    logs.bind(correlation_id="one")
    contextvars.copy_context().run(logs.logger("x").info, "in the helper")
    logs.clear()
    logs.logger("x").info("next")
    assert [line.get("correlation_id") for line in lines()] == ["one", None]


def test_without_setup_lines_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    logs.logger("x").error("told")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert json.loads(captured.err)["message"] == "told"


def test_a_field_cannot_replace_the_severity(lines: Lines) -> None:
    logs.setup(Settings(), "application")
    logs.logger("x").info("m", severity="EMERGENCY", time="never")
    (line,) = lines()
    assert line["severity"] == "INFO"
    assert line["time"] != "never"


def test_values_of_secret_settings_are_never_written(lines: Lines) -> None:
    settings = Settings(dialogflow_webhook_secret="correct horse", openai_api_key="quite-unusual-key")
    logs.setup(settings, "application")
    logs.logger("x").info("got correct horse", sent=["quite-unusual-key"], settings=settings)
    text = json.dumps(lines())
    assert "correct horse" not in text
    assert "quite-unusual-key" not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("from whatsapp:+34600111222", "from whatsapp:•••22"),
        ("call +34 600 11 12 22 now", "call •••22 now"),
        ("session 34600111222", "session •••22"),
        ("+1 (415) 867-5309.", "•••09."),
        ("key sk-proj-abcdefgh12345678 used", "key sk_*** used"),
        ("ck_1234567890abcdef", "ck_***"),
        ("Authorization: Bearer eyJhbGciOi.xyz", "Authorization: Bearer ***"),
        ("https://shop.example/p?consumer_key=abc&page=2", "https://shop.example/p?consumer_key=***&page=2"),
        ("postgresql://u:p%40ss@db.example/x", "postgresql://***@db.example/x"),
        ("SKU TEN-12345 costs 12.50 on 2026-11-20", "SKU TEN-12345 costs 12.50 on 2026-11-20"),
        ("id 550e8400-e29b-41d4-a716-446655440000", "id 550e8400-e29b-41d4-a716-446655440000"),
    ],
)
def test_secrets_and_phone_numbers_are_masked(text: str, shown: str) -> None:
    assert masking.masked(text) == shown


def test_fields_that_are_named_like_secrets_are_masked_and_counts_are_not() -> None:
    fields = {"api_key": "x", "nested": {"Authorization": "y"}, "prompt_tokens": 12, "token": "z"}
    assert masking.masked(fields) == {
        "api_key": "***",
        "nested": {"Authorization": "***"},
        "prompt_tokens": 12,
        "token": "***",
    }


def test_importing_and_making_a_logger_does_not_load_structlog() -> None:
    code = "import sys, tendero.platform.logs as l; l.logger('x'); sys.exit('structlog' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
