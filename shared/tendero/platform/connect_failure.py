"""Why a PostgreSQL gives no connection, and what to do about it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from socket import gaierror

from tendero.platform.database import reason, sqlstate
from tendero.platform.errors import DatabaseUnavailable

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_FIXES = {
    "28P01": "Check {login}.",
    "28000": "Check {login}, and who may connect from here (pg_hba.conf).",
    "3D000": "Check {name}, or create that database.",
    "53300": "Lower DB_POOL_SIZE, or raise the server's max_connections.",
    "57P03": "Try again in a moment.",
}


@dataclass(frozen=True, slots=True)
class Names:
    """The variables that say where the server is, who logs in, and into which database."""

    host: str
    login: str
    name: str


IN_URL = Names("DATABASE_URL", "the user and the password in DATABASE_URL", "DATABASE_URL")
IN_PARTS = Names("DB_HOST and DB_PORT", "DB_USER and DB_PASSWORD", "DB_NAME")
IN_CLOUD = Names("CLOUD_SQL_INSTANCE", "DB_USER", "DB_NAME")


def explain(error: Exception, place: str, names: Names) -> DatabaseUnavailable:
    """The error to raise where connecting to `place` failed."""
    for cause in _causes(error):
        if code := sqlstate(cause):
            fix = _FIXES.get(code, "").format(login=names.login, name=names.name)
            return DatabaseUnavailable(f"{place} says: {reason(cause)}. {fix}".rstrip())
    return DatabaseUnavailable(f"{place} {_without_answer(error, names)}")


def _without_answer(error: Exception, names: Names) -> str:
    for cause in _causes(error):
        if isinstance(cause, gaierror):
            return f"is no known host. Check {names.host}."
        if isinstance(cause, ConnectionRefusedError | FileNotFoundError):
            return f"does not listen. Check {names.host}; is PostgreSQL running there?"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"has no valid certificate ({cause.verify_message}). Give the authority's certificate in"
                " SSL_CERT_FILE, or use sslmode=require."
            )
        if isinstance(cause, TimeoutError):
            return (
                f"did not answer in time (DB_CONNECT_SECONDS). Check {names.host}; is it a PostgreSQL, and"
                " does its firewall let this machine in?"
            )
    if "refuses SSL" in str(error):
        return "refuses SSL, which the sslmode asks for. Let the server speak TLS, or use sslmode=prefer."
    return f"gives no connection: {str(error).rstrip('.')}. Check {names.host}."


def _causes(error: BaseException) -> Iterator[BaseException]:
    # The context, too: where the server hangs up after its refusal, the driver fails anew in saying goodbye.
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
