"""Which PostgreSQL the settings name, and how to open a connection to it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tendero.platform.connect_failure import IN_CLOUD, IN_PARTS, IN_URL, explain
from tendero.platform.database import Database
from tendero.platform.errors import DatabaseUnavailable, SettingsError
from tendero.platform.settings import Settings

_SSLMODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_VANISHED_MILLISECONDS = 15_000


@dataclass(frozen=True)
class Address:
    """Where a PostgreSQL listens: `host` and `port`, or the folder of its Unix `socket`."""

    host: str
    port: int
    database: str
    user: str
    password: str
    sslmode: str = "prefer"

    @property
    def socket(self) -> str | None:
        return f"{self.host}/.s.PGSQL.{self.port}" if self.host.startswith("/") else None

    @property
    def place(self) -> str:
        return self.socket or f"{self.host}:{self.port}"

    @classmethod
    def of(cls, settings: Settings) -> Address:
        """The address in DATABASE_URL, else in DB_HOST and its companions. Raises SettingsError."""
        if settings.database_url:
            return cls._of_url(settings.database_url, settings.db_sslmode)
        if not settings.db_host:
            raise SettingsError("Set DATABASE_URL, or DB_HOST with DB_NAME, DB_USER and DB_PASSWORD.")
        return cls(
            settings.db_host,
            settings.db_port,
            settings.db_name,
            settings.db_user,
            settings.db_password,
            settings.db_sslmode,
        )

    @classmethod
    def _of_url(cls, url: str, sslmode: str) -> Address:
        try:
            parts = urlsplit(url)
            port = int(dict(parse_qsl(parts.query)).get("port") or parts.port or 5432)
        except ValueError as error:
            # Without urllib's own words: a password with a slash in it would show in them as a port.
            raise SettingsError(
                "DATABASE_URL cannot be read: write it like postgresql://user:password@host:port/name, and in"
                " the password %40 for @, %2F for /, %23 for #, %3A for :, %25 for %."
            ) from error
        if parts.scheme.split("+")[0] not in ("postgresql", "postgres"):
            raise SettingsError("DATABASE_URL must look like postgresql://user:password@host:port/name.")
        query = dict(parse_qsl(parts.query))
        sslmode = query.get("sslmode", sslmode)
        if sslmode not in _SSLMODES:
            raise SettingsError(f"sslmode={sslmode} in DATABASE_URL: must be one of {', '.join(_SSLMODES)}.")
        return cls(
            host=query.get("host") or unquote(parts.hostname or "127.0.0.1"),
            port=port,
            database=unquote(parts.path.lstrip("/")) or "postgres",
            user=unquote(parts.username or query.get("user", "postgres")),
            password=unquote(parts.password or query.get("password", "")),
            sslmode=sslmode,
        )


def database(settings: Settings, size: int | None = None) -> Database:
    """The pool for these settings; the first query connects."""
    return Database(opener(settings), shop_id=settings.shop_id, size=size or settings.db_pool_size)


def opener(settings: Settings) -> Callable[[], Any]:
    """What opens one new DB-API connection: through the Cloud SQL connector, or directly.

    Opening raises DatabaseUnavailable, which says why and what to do.
    """
    return _through_connector(settings) if settings.cloud_sql_instance else _directly(settings)


def _directly(settings: Settings) -> Callable[[], Any]:
    address = Address.of(settings)
    names = IN_URL if settings.database_url else IN_PARTS

    def connect() -> Any:
        import pg8000.dbapi

        arguments: dict[str, Any] = {
            "user": address.user,
            # Never None, on which the driver breaks when the server wants a password.
            "password": address.password,
            "database": address.database,
            "timeout": settings.db_connect_seconds,
            "application_name": "tendero",
        }
        if address.socket:
            place: dict[str, Any] = {"unix_sock": address.socket}
        else:
            place = {"host": address.host, "port": address.port}
        try:
            try:
                connection = pg8000.dbapi.connect(ssl_context=_tls(address), **place, **arguments)
            except pg8000.dbapi.InterfaceError as error:
                if address.sslmode not in ("prefer", "allow") or "refuses SSL" not in str(error):
                    raise
                connection = pg8000.dbapi.connect(ssl_context=False, **place, **arguments)
        except Exception as error:
            raise explain(error, address.place, names) from error
        return _bounded_by_statements(connection)

    return connect


def _through_connector(settings: Settings) -> Callable[[], Any]:
    lock = threading.Lock()

    @cache
    def connector() -> Any:
        from google.cloud.sql.connector import Connector

        # CPU is throttled between requests, so a background refresh would miss its time.
        return Connector(
            refresh_strategy="LAZY",
            ip_type=settings.cloud_sql_ip_type,
            enable_iam_auth=not settings.db_password,
            timeout=int(max(1, settings.db_connect_seconds)),
        )

    def connect() -> Any:
        from google.auth.exceptions import GoogleAuthError

        place = settings.cloud_sql_instance
        # The connector's socket is encrypted already: pg8000 need not ask the server for TLS inside it.
        login: dict[str, Any] = {"user": settings.db_user, "db": settings.db_name, "ssl_context": False}
        if settings.db_password:
            login["password"] = settings.db_password
        try:
            with lock:
                made = connector()
            return made.connect(place, "pg8000", **login)
        except GoogleAuthError as error:
            raise DatabaseUnavailable(
                f"{place} cannot be asked for: {str(error).partition('. ')[0].rstrip('.')}."
                " Run `gcloud auth application-default login`."
            ) from error
        except Exception as error:
            raise explain(error, place, IN_CLOUD) from error

    return connect


def _tls(address: Address) -> ssl.SSLContext | bool:
    if address.socket or address.sslmode == "disable":
        return False
    if address.sslmode.startswith("verify"):
        context = ssl.create_default_context()
        context.check_hostname = address.sslmode == "verify-full"
        return context
    # Nothing is verified, so the authorities are not loaded: that would take longer than the connection.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _bounded_by_statements(connection: Any) -> Any:
    # pg8000 keeps its connect time-out on the socket, where it would end long statements; those are
    # bounded by statement_timeout instead, and a peer that vanished by TCP.
    wire = connection._usock
    wire.settimeout(None)
    if wire.family != socket.AF_UNIX and hasattr(socket, "TCP_USER_TIMEOUT"):
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _VANISHED_MILLISECONDS)
    return connection
