"""The real Cloud SQL connector, against a stand-in of its Admin API and of the server's proxy."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.auth.credentials import Credentials
from google.cloud.sql import connector

from tendero.platform.connect import Address, database
from tendero.platform.errors import DatabaseUnavailable
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.certificates import Authority
from tests.loopback import Loopback, loopback, says
from tests.relay import relay, tls

# Fixed in the connector's code.
PROXY_PORT = 3307
WHO = Query.parse("who", "select current_user::text as who, current_database()::text as database")


class Robot(Credentials):
    """A service account whose token never has to be asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "token"

    def refresh(self, request: Any) -> None:
        self.token, self.expiry = "login-token", datetime.datetime(2100, 1, 1)


def admin_api(authority: Authority) -> Any:
    """Answers as the Admin API does: where the instance is, and a certificate over the caller's key."""

    def answer(handler: Any) -> None:
        if handler.path.endswith("/connectSettings"):
            body: dict[str, Any] = {
                "region": "europe-west1",
                "serverCaCert": {"cert": authority.pem.decode()},
                "ipAddresses": [{"type": "PRIMARY", "ipAddress": "127.0.0.1"}],
                "databaseVersion": "POSTGRES_16",
                "pscEnabled": False,
                "dnsNames": [],
            }
        else:
            sent = json.loads(handler.loopback.seen[-1].body)
            key: Any = load_pem_public_key(sent["public_key"].encode())
            body = {"ephemeralCert": {"cert": authority.sign(key).decode()}}
        says(json.dumps(body), Content_Type="application/json")(handler)

    return answer


@contextmanager
def cloud_sql(database_url: str, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """An instance whose server is the embedded one, and a connector that looks for it here."""
    authority, address = Authority.new(), Address.of(Settings.load({"DATABASE_URL": database_url}))
    proxy = relay(str(address.socket), tls(authority.server(folder)), PROXY_PORT)
    with loopback(admin_api(authority)) as api, proxy:
        here = partial(connector.Connector, sqladmin_api_endpoint=api.url, credentials=Robot())
        patch.setattr(connector, "Connector", here)
        yield api


def of_instance(database_url: str, **others: str) -> Settings:
    address = Address.of(Settings.load({"DATABASE_URL": database_url}))
    login = {"DB_USER": address.user, "DB_NAME": address.database}
    return Settings.load({"CLOUD_SQL_INSTANCE": "shop:europe-west1:tendero", **login, **others})


def test_iam_login_and_password_login(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One test for both: the connector's port is fixed, and tests run in parallel.
    with cloud_sql(database_url, tmp_path, monkeypatch) as api:
        for login in ({}, {"DB_PASSWORD": "any"}):
            settings = of_instance(database_url, **login)
            pool = database(settings)
            assert pool.fetch(WHO) == [{"who": settings.db_user, "database": settings.db_name}]
            pool.close()
        asked = [json.loads(each.body) for each in api.seen if "generateEphemeralCert" in each.path]
    assert ["access_token" in each for each in asked] == [True, False]


def test_an_instance_that_cannot_be_found_is_said(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with loopback(says('{"error": {"message": "no such instance"}}', 404)) as api:
        here = partial(connector.Connector, sqladmin_api_endpoint=api.url, credentials=Robot())
        monkeypatch.setattr(connector, "Connector", here)
        with pytest.raises(DatabaseUnavailable, match="404"):
            database(of_instance(database_url)).fetch(WHO)
