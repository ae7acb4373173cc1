"""Outgoing HTTP against a real server that fails in the ways that services fail."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded, HttpError, ServiceUnavailable
from tendero.platform.http import HttpClient
from tests.loopback import cuts_the_body, cuts_the_connection, drips, hangs, loopback, says


def test_an_answer_comes_back_with_status_headers_and_json() -> None:
    with loopback(says('{"a": 1}', 201, X_WP_Total="7")) as server:
        answer = HttpClient("Shop", server.url, headers={"X-Key": "k"}).request(
            "POST", "/products", params={"page": 2}, json={"name": "ñ"}
        )
    assert (answer.status, answer.headers["x-wp-total"], answer.json()) == (201, "7", {"a": 1})
    assert (server.seen[0].path, server.seen[0].headers["X-Key"]) == ("/products?page=2", "k")
    assert server.seen[0].body.decode("unicode_escape") == '{"name": "ñ"}'


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(status: int) -> None:
    with loopback(says("no", status, Retry_After="0"), says("[]")) as server:
        assert HttpClient("Shop", server.url).request("GET", "/").json() == []
    assert len(server.seen) == 2


@pytest.mark.parametrize("failure", [cuts_the_body, cuts_the_connection])
def test_a_cut_answer_is_tried_again(failure: object) -> None:
    with loopback(failure, says("[1]")) as server:
        assert HttpClient("Shop", server.url).request("GET", "/").json() == [1]


def test_a_silent_service_is_tried_again_and_then_given_up() -> None:
    with loopback(hangs) as server, pytest.raises(ServiceUnavailable, match=r"did not answer within 0.2 s"):
        HttpClient("Shop", server.url).request("GET", "/", timeout=0.2, attempts=2)
    assert len(server.seen) == 2


def test_a_timeout_names_the_setting_that_bound_it_and_a_deadline_none() -> None:
    with loopback(hangs) as server:
        client = HttpClient("Shop", server.url, timeout_setting="SHOP_TIMEOUT_SECONDS")
        with pytest.raises(ServiceUnavailable, match=r"within 0.2 s \(SHOP_TIMEOUT_SECONDS\)\.$"):
            client.request("GET", "/", timeout=0.2, attempts=1)
        with pytest.raises(ServiceUnavailable, match=r"within 0.\d s\.$"):
            client.request("GET", "/", deadline=Deadline(0.2), timeout=9, attempts=1)


@pytest.mark.parametrize("failure", [cuts_the_body, cuts_the_connection])
def test_a_connection_that_is_cut_is_said_in_words(failure: object) -> None:
    with loopback(failure) as server, pytest.raises(ServiceUnavailable, match="the connection was cut"):
        HttpClient("Shop", server.url).request("GET", "/", attempts=1)


def test_an_answer_that_cannot_be_unpacked_is_said_in_words() -> None:
    with (
        loopback(says("plain", Content_Encoding="gzip")) as server,
        pytest.raises(ServiceUnavailable, match="incorrect header"),
    ):
        HttpClient("Shop", server.url).request("GET", "/", attempts=1)


def test_a_dripping_answer_is_cut_off_at_the_timeout() -> None:
    with loopback(drips) as server, pytest.raises(ServiceUnavailable, match=r"did not answer within 0.3 s"):
        HttpClient("Shop", server.url).request("GET", "/", timeout=0.3, attempts=1)


def test_a_service_that_keeps_failing_is_unavailable_with_its_own_message() -> None:
    with (
        loopback(says('{"message": "Down for\\nmaintenance"}', 503, Retry_After="0")) as server,
        pytest.raises(ServiceUnavailable, match="Shop answered 503: Down for maintenance") as caught,
    ):
        HttpClient("Shop", server.url).request("GET", "/", attempts=3)
    assert (len(server.seen), caught.value.status) == (3, 503)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"code": "x", "message": "Invalid key"}', "Invalid key"),
        ('{"error": {"message": "Bad model"}}', "Bad model"),
        ("<html><h1>Not  Found</h1></html>", "Not Found"),
        ("", "(no text)"),
        ('["list"]', '["list"]'),
    ],
)
def test_a_refusal_is_not_tried_again_and_says_why(body: str, message: str) -> None:
    with loopback(says(body, 401)) as server, pytest.raises(HttpError) as caught:
        HttpClient("Shop", server.url).request("GET", "/")
    assert str(caught.value) == f"Shop answered 401: {message}"
    assert (caught.value.status, len(server.seen)) == (401, 1)
    assert not isinstance(caught.value, ServiceUnavailable)


def test_a_pause_longer_than_the_deadline_is_not_waited_for() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    for pause in ("3600", later):
        with (
            loopback(says("", 429, Retry_After=pause)) as server,
            pytest.raises(ServiceUnavailable) as caught,
        ):
            HttpClient("Shop", server.url).request("GET", "/", deadline=Deadline(20))
        assert len(server.seen) == 1
        assert caught.value.retry_after == pytest.approx(3600, abs=30)


def test_an_hour_long_pause_is_not_waited_for_without_a_deadline_either() -> None:
    with loopback(says("", 429, Retry_After="3600")) as server, pytest.raises(ServiceUnavailable):
        HttpClient("Shop", server.url).request("GET", "/")
    assert len(server.seen) == 1


def test_an_unreadable_pause_is_ignored() -> None:
    with loopback(says("", 503, Retry_After="soon"), says("[]")) as server:
        assert HttpClient("Shop", server.url).request("GET", "/").json() == []


def test_the_deadline_bounds_all_attempts_together() -> None:
    with loopback(hangs) as server, pytest.raises(ServiceUnavailable):
        HttpClient("Shop", server.url).request("GET", "/", deadline=Deadline(0.5), timeout=0.3, attempts=50)
    assert len(server.seen) < 4


def test_without_time_nothing_is_sent() -> None:
    with loopback(says("")) as server, pytest.raises(DeadlineExceeded):
        HttpClient("Shop", server.url).request("GET", "/", deadline=Deadline(0))
    assert server.seen == []


def test_what_is_not_json_is_named_with_its_first_words() -> None:
    page = "<!doctype html><title>Mantenimiento</title>\x00\r\n" + "x" * 500
    with loopback(says(page)) as server, pytest.raises(HttpError) as caught:
        HttpClient("Shop", server.url).request("GET", "/").json()
    assert str(caught.value).startswith("Shop answered 200 with what is not JSON: 'Mantenimiento xxx")
    assert len(str(caught.value)) < 140


def test_an_endless_body_is_refused() -> None:
    bomb = gzip.compress(b"\0" * (51 * 1024 * 1024))
    with (
        loopback(says(bomb, Content_Encoding="gzip")) as server,
        pytest.raises(HttpError, match="more than 50 MB"),
    ):
        HttpClient("Shop", server.url).request("GET", "/")


def test_a_redirect_within_the_host_is_followed() -> None:
    with loopback(says("", 301, Location="/new?a=1"), says("[]")) as server:
        HttpClient("Shop", server.url).request("GET", "/old")
    assert server.seen[1].path == "/new?a=1"


def test_a_redirect_to_another_host_is_refused_and_named() -> None:
    with (
        loopback(says("", 302, Location="http://elsewhere.example/x")) as server,
        pytest.raises(HttpError, match=r"redirects from http://127.* to http://elsewhere.example\.$"),
    ):
        HttpClient("Shop", server.url, headers={"X-Key": "secret"}).request("GET", "/")
    assert len(server.seen) == 1


def test_a_redirect_in_circles_ends() -> None:
    with loopback(says("", 302, Location="/")) as server, pytest.raises(HttpError, match="circles"):
        HttpClient("Shop", server.url).request("GET", "/")


def test_nobody_listening_is_said_in_the_systems_words() -> None:
    with loopback(says("")) as server:
        pass
    with pytest.raises(ServiceUnavailable, match=r"cannot be reached at http://127.0.0.1:\d+/.*refused"):
        HttpClient("Shop", server.url).request("GET", "/", attempts=1, params={"key": "cs_hidden"})


@pytest.mark.parametrize("address", ["shop.example", "ftp://shop.example", "http://[::1"])
def test_an_address_that_is_none_is_named_at_once(address: str) -> None:
    with pytest.raises(HttpError, match="The address of Shop cannot be used"):
        HttpClient("Shop", address).request("GET", "/x")


def test_after_five_failed_calls_the_service_is_left_alone() -> None:
    with loopback(says("", 500)) as server:
        client = HttpClient("Shop", server.url)
        for _ in range(6):
            with pytest.raises(ServiceUnavailable):
                client.request("GET", "/", attempts=1)
    assert len(server.seen) == 5


def test_cookies_are_not_kept_between_calls() -> None:
    with loopback(says("[]", Set_Cookie="session=1; Path=/")) as server:
        client = HttpClient("Shop", server.url)
        client.request("GET", "/")
        client.request("GET", "/")
    assert "Cookie" not in server.seen[1].headers


def test_threads_share_a_client() -> None:
    before = threading.active_count()
    with loopback(says("[]")) as server, ThreadPoolExecutor(8) as threads:
        client = HttpClient("Shop", server.url, pool_size=8)
        answers = list(threads.map(lambda page: client.request("GET", f"/{page}").json(), range(80)))
        client.close()
    assert answers == [[]] * 80
    assert {seen.path for seen in server.seen} == {f"/{page}" for page in range(80)}
    assert threading.active_count() < before + 20


def test_a_request_may_have_headers_of_its_own() -> None:
    with loopback(says("[]")) as server:
        client = HttpClient("Shop", server.url, headers={"X-Key": "k"})
        client.request("GET", "/", headers={"X-Token": "t"})
        client.request("GET", "/")
    assert [seen.headers.get("X-Token") for seen in server.seen] == ["t", None]
    assert {seen.headers["X-Key"] for seen in server.seen} == {"k"}


def test_a_redirection_can_be_taken_as_the_answer_with_its_cookies() -> None:
    with loopback(says("", 302, Location="http://elsewhere.example/x", Set_Cookie="a=1; Path=/")) as server:
        answer = HttpClient("Shop", server.url).request("GET", "/", redirects=False)
    assert (answer.status, answer.cookies) == (302, ("a=1; Path=/",))


def streamed(handler: Any) -> None:
    """Sends the second piece only when the test has seen the first."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"5\r\nfirst\r\n")
    handler.loopback.released.wait(30)
    handler.wfile.write(b"6\r\nsecond\r\n0\r\n\r\n")


def stops_in_the_middle(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"5\r\nfirst\r\n")
    handler.close_connection = True


def pieces(url: str, **options: Any) -> Generator[bytes, None, None]:
    return HttpClient("Shop", url).stream("POST", "/ask", json={"a": 1}, **options)


def test_a_streamed_answer_is_given_as_it_arrives() -> None:
    with loopback(streamed) as server:
        arriving = pieces(server.url, headers={"X-Token": "t"}, params={"page": 2})
        assert next(arriving) == b"first"
        server.released.set()
        assert b"".join(arriving) == b"second"
    assert (server.seen[0].path, server.seen[0].headers["X-Token"]) == ("/ask?page=2", "t")
    assert server.seen[0].body == b'{"a": 1}'


def test_a_stream_that_is_not_wanted_any_longer_is_let_go() -> None:
    with loopback(streamed) as server:
        client = HttpClient("Shop", server.url)
        for _ in range(6):
            arriving = client.stream("GET", "/")
            assert next(arriving) == b"first"
            arriving.close()


@pytest.mark.parametrize("failure", [cuts_the_body, cuts_the_connection, stops_in_the_middle])
def test_a_stream_that_is_cut_is_no_whole_answer(failure: Any) -> None:
    with loopback(failure) as server, pytest.raises(ServiceUnavailable, match="the connection was cut"):
        list(pieces(server.url))
    assert len(server.seen) == 1


@pytest.mark.parametrize("failure", [drips, hangs, streamed])
def test_a_stream_ends_at_the_timeout_however_it_drips(failure: Any) -> None:
    with loopback(failure) as server, pytest.raises(ServiceUnavailable, match=r"did not answer within 0.3 s"):
        list(pieces(server.url, timeout=0.3))


@pytest.mark.parametrize(
    ("status", "kind"), [(401, HttpError), (429, ServiceUnavailable), (503, ServiceUnavailable)]
)
def test_a_stream_that_is_refused_says_why_and_is_asked_for_once(status: int, kind: Any) -> None:
    with (
        loopback(says('{"error": "no"}', status, Retry_After="7")) as server,
        pytest.raises(kind, match=f"Shop answered {status}: no") as caught,
    ):
        list(pieces(server.url))
    assert (caught.value.status, len(server.seen)) == (status, 1)


def test_a_stream_is_not_redirected() -> None:
    with loopback(says("", 302, Location="/other")) as server, pytest.raises(HttpError, match="redirects"):
        list(pieces(server.url))
    assert len(server.seen) == 1


def test_streams_count_for_the_circuit_too() -> None:
    with loopback(says("", 500)) as server:
        client = HttpClient("Shop", server.url)
        for _ in range(6):
            with pytest.raises(ServiceUnavailable):
                list(client.stream("GET", "/"))
    assert len(server.seen) == 5


def test_without_time_no_stream_is_asked_for() -> None:
    with loopback(says("")) as server, pytest.raises(DeadlineExceeded):
        list(pieces(server.url, deadline=Deadline(0)))
    assert server.seen == []
