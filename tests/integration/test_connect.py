"""DATABASE_URL and its parts: over a socket, plain TCP and TLS, on a real PostgreSQL."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local import ports
from tendero.platform.connect import Address, database
from tendero.platform.errors import DatabaseUnavailable, SettingsError
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.certificates import Authority
from tests.relay import relay, tls

ONE = Query.parse("one", "select 1 as one")
_TLS_REQUEST = bytes.fromhex("0000000804d2162f")


def settings(url: str, **others: str) -> Settings:
    return Settings.load({"DATABASE_URL": url, **others})


def works(url: str) -> bool:
    pool = database(settings(url), size=1)
    try:
        return pool.fetch(ONE) == [{"one": 1}]
    finally:
        pool.close()


@contextmanager
def tcp_door(database_url: str, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """The embedded server behind a TCP port; with PostgreSQL's own way into TLS if asked for."""
    address = Address.of(settings(database_url))

    def into_tls(outside: socket.socket) -> socket.socket:
        assert outside.recv(8) == _TLS_REQUEST
        outside.sendall(b"S")
        return tls(context)(outside)

    with relay(str(address.socket), into_tls if context else lambda outside: outside) as port:
        yield f"postgresql://{address.user}@127.0.0.1:{port}/{address.database}"


@pytest.fixture
def encrypted(tmp_path: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate of an authority that nobody knows."""
    return Authority.new().server(tmp_path)


def test_a_socket_folder_works(database_url: str) -> None:
    assert "host=/" in database_url
    assert works(database_url)


def test_prefer_goes_on_without_tls_where_the_server_has_none(database_url: str) -> None:
    with tcp_door(database_url) as url:
        assert works(url)
        assert works(url + "?sslmode=disable")


def test_require_refuses_a_server_without_tls(database_url: str) -> None:
    with tcp_door(database_url) as url, pytest.raises(DatabaseUnavailable, match="SSL"):
        works(url + "?sslmode=require")


@pytest.mark.parametrize("sslmode", ["prefer", "require"])
def test_tls_is_used_where_the_server_has_it(
    database_url: str, encrypted: ssl.SSLContext, sslmode: str
) -> None:
    with tcp_door(database_url, encrypted) as url:
        assert works(f"{url}?sslmode={sslmode}")


def test_verify_full_refuses_an_unknown_certificate(database_url: str, encrypted: ssl.SSLContext) -> None:
    with tcp_door(database_url, encrypted) as url, pytest.raises(DatabaseUnavailable, match="certificate"):
        works(url + "?sslmode=verify-full")


def refusal(variables: dict[str, str]) -> str:
    with pytest.raises(DatabaseUnavailable) as refused:
        database(Settings.load(variables), size=1).fetch(ONE)
    return str(refused.value)


def test_where_nothing_listens_the_address_and_its_variable_are_told(tmp_path: Path) -> None:
    port = str(ports.free())
    said = refusal({"DATABASE_URL": f"postgresql://u:p@127.0.0.1:{port}/d"})
    assert said.endswith(
        f"127.0.0.1:{port} does not listen. Check DATABASE_URL; is PostgreSQL running there?"
    )
    said = refusal({"DB_HOST": "127.0.0.1", "DB_PORT": port})
    assert "Check DB_HOST and DB_PORT" in said
    said = refusal({"DB_HOST": str(tmp_path)})
    assert f"{tmp_path}/.s.PGSQL.5432 does not listen" in said


def test_an_unknown_host_is_told() -> None:
    assert "is no known host. Check DATABASE_URL." in refusal({"DATABASE_URL": "postgresql://u@db.invalid/d"})


def test_a_server_that_says_nothing_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/d"
        said = refusal({"DATABASE_URL": url, "DB_CONNECT_SECONDS": "0.2"})
    assert "did not answer in time (DB_CONNECT_SECONDS). Check DATABASE_URL" in said


def test_a_database_that_does_not_exist_is_told(database_url: str) -> None:
    address = Address.of(settings(database_url))
    variables = {"DB_HOST": address.host, "DB_PORT": str(address.port), "DB_USER": address.user}
    said = refusal({**variables, "DB_NAME": "nowhere"})
    assert 'database "nowhere" does not exist. Check DB_NAME, or create that database.' in said
    said = refusal({**variables, "DB_USER": "nobody"})
    assert 'role "nobody" does not exist. Check DB_USER and DB_PASSWORD' in said


def test_a_url_wins_over_its_parts_and_is_unquoted() -> None:
    address = Address.of(settings("postgres://an%40a:p%2Fw@db.example:6000/sh%20op", DB_HOST="other"))
    assert (address.host, address.port, address.database) == ("db.example", 6000, "sh op")
    assert (address.user, address.password) == ("an@a", "p/w")


def test_the_older_systems_names_work() -> None:
    older = {"DATABASE_HOST": "h", "DATABASE_PORT": "1", "DATABASE_NAME": "n", "DATABASE_USER": "u"}
    address = Address.of(Settings.load(older | {"DATABASE_PASSWORD": "p"}))
    assert address == Address("h", 1, "n", "u", "p", "prefer")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://u@h/d", "must look like"),
        ("postgresql://u@h:many/d", "cannot be read"),
        ("postgresql://u@h/d?port=many", "cannot be read"),
        ("postgresql://u:pass/word@h/d", "%2F for /"),
        ("postgresql://u@h/d?sslmode=perhaps", "must be one of disable, allow"),
        ("", "Set DATABASE_URL, or DB_HOST"),
    ],
)
def test_an_unusable_address_says_what_to_do(url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Address.of(settings(url))
