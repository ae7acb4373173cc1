"""Bodies that cannot be used, and errors that must not get out."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask, Request, Response
from hypothesis import given
from hypothesis import strategies as st

from tendero.platform import incoming
from tendero.platform.errors import BadRequest

_app = Flask(__name__)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def request_with(body: bytes, **more: Any) -> Request:
    more.setdefault("content_type", "application/json")
    with _app.test_request_context("/", method="POST", data=body, **more) as context:
        return context.request


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"", 400, "empty"),
        (b"  \n", 400, "empty"),
        (b"\xff\xfe{}", 400, "not UTF-8"),
        (b"{", 400, r"not JSON \(line 1, column 2\)"),
        (b"<xml/>", 400, "not JSON"),
        (b"[1]", 400, "not a JSON object"),
        (b"null", 400, "not a JSON object"),
        (b'{"a": "x\x00y"}', 400, "NUL"),
        (rb'{"a": "x\u0000y"}', 400, "NUL"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, 400, "deeper than 64"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "deep"),
        (b'{"a": ' + b"9" * 5000 + b"}", 400, "not usable JSON"),
        (b'{"a": "' + b"x" * 2000 + b'"}', 413, "larger than 1000 bytes"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_unusable_body_is_refused_with_the_reason(body: bytes, status: int, message: str) -> None:
    limit = 1000 if status == 413 else 1_000_000
    with pytest.raises(BadRequest, match=message) as caught:
        incoming.read_json(request_with(body), limit)
    assert caught.value.status == status


def test_a_form_is_refused() -> None:
    with pytest.raises(BadRequest, match="application/json") as caught:
        incoming.read_json(request_with(b"a=1", content_type="application/x-www-form-urlencoded"))
    assert caught.value.status == 415


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "application/vnd.api+json", None]
)
def test_json_is_read_under_its_usual_content_types(content_type: str | None) -> None:
    assert incoming.read_json(request_with(b'{"a": "\xc3\xb1"}', content_type=content_type)) == {"a": "ñ"}


def test_an_escaped_backslash_before_u0000_is_text() -> None:
    assert incoming.parsed(rb'{"a": "\\u0000"}') == {"a": r"\u0000"}


@given(st.binary(max_size=200) | (st.text() | VALUES.map(repr) | VALUES.map(json.dumps)).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(BadRequest):
        assert isinstance(incoming.parsed(body), dict)


@given(
    st.dictionaries(
        st.text(), st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=12), max_size=4
    )
)
def test_any_object_without_nul_is_read_as_it_was(value: dict[str, Any]) -> None:
    body = json.dumps(value).encode()
    if "\x00" not in str(value) and "\\x00" not in repr(value):
        assert incoming.parsed(body) == value


def raising(error: Exception) -> incoming.Handler:
    def handler(_: Request) -> Response:
        raise error

    return incoming.answer(handler)


def test_a_bad_request_is_answered_with_its_status_and_text() -> None:
    response = raising(BadRequest("No such path.", status=404))(request_with(b""))
    assert response.status_code == 404
    assert response.get_json() == {"error": "No such path.", "id": response.headers["X-Correlation-Id"]}


def test_any_other_error_shows_an_id_and_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    response = raising(RuntimeError("host db-7 refuses user tendero"))(request_with(b""))
    identifier = response.headers["X-Correlation-Id"]
    assert (response.status_code, response.get_json()) == (500, {"error": "internal error", "id": identifier})
    (line,) = capsys.readouterr().err.splitlines()
    logged = json.loads(line)
    assert logged["correlation_id"] == identifier
    assert "RuntimeError: host db-7" in logged["stack_trace"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Correlation-Id": "order-12345"}, "order-12345"),
        (
            {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
            "4bf92f3577b34da6a3ce929d0e0e4736",
        ),
    ],
)
def test_the_callers_id_is_kept(headers: dict[str, str], expected: str) -> None:
    handler = incoming.answer(lambda _: Response("ok"))
    assert handler(request_with(b"", headers=headers)).headers["X-Correlation-Id"] == expected


@pytest.mark.parametrize("sent", ["short", "with space and more", "x" * 65, "<script>alert</script>"])
def test_an_id_that_does_not_look_like_one_is_replaced(sent: str) -> None:
    handler = incoming.answer(lambda _: Response("ok"))
    answered = handler(request_with(b"", headers={"X-Correlation-Id": sent})).headers["X-Correlation-Id"]
    assert len(answered) == 32
