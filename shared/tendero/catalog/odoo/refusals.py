"""What Odoo's refusals mean and what to do about them, in one or two sentences."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from tendero.catalog.odoo.login import Login
from tendero.catalog.odoo.transport import ACCESS, DENIED, SESSION, Fault, Unreadable
from tendero.catalog.unreachable import unreachable
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded, HttpError, ServiceUnavailable, SourceError
from tendero.platform.http import excerpt

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")

OLDEST = 16
# What Odoo says when two transactions met or its workers are busy: a moment later the same call works.
_PASSING = ("psycopg2.errors.", "psycopg2.pool.", "psycopg2.InterfaceError", "odoo.sql_db.PoolError", SESSION)
_HOSTED = ".odoo.com"
_NO_MODEL = re.compile(r"Object \S+ doesn't exist|the model \S+ does not exist")


class Refused(SourceError):
    """Odoo refused a call. `hides` tells that the user may not read, or not all of it."""

    def __init__(self, message: str, *, hides: bool = False) -> None:
        super().__init__(message)
        self.hides = hides


class PageFailed(SourceError):
    """Odoo failed on a call in a way that asking for fewer records may avoid."""


def patiently(work: Callable[[], T], deadline: Deadline | None, attempts: int = 3) -> T:
    """The result of `work`, which is done again after a Fault that passes or a page from before Odoo."""
    from tenacity import Retrying, retry_if_exception, wait_random_exponential

    def stop(state: RetryCallState) -> bool:
        late = deadline is not None and state.upcoming_sleep >= deadline.remaining()
        return late or state.attempt_number >= attempts

    wait = wait_random_exponential(multiplier=0.2, max=5)
    return Retrying(stop=stop, wait=wait, retry=retry_if_exception(_is_passing), reraise=True)(work)


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, Fault):
        return error.name.startswith(_PASSING)
    return isinstance(error, Unreadable)


def explain(error: Exception, login: Login) -> SourceError:
    """The error to raise for a Fault, Unreadable, HttpError or DeadlineExceeded of any protocol.

    Names and statuses: Odoo 16 to 19, as observed.
    """
    if isinstance(error, Fault):
        return _meaning(error, login)
    if isinstance(error, Unreadable):
        return PageFailed(
            f"{login.url} did not answer as Odoo's external API does ({error})."
            f" A proxy or a login page stands before it; is {login.prefix}_URL Odoo's own address?"
            + _hosted(login)
        )
    if isinstance(error, DeadlineExceeded):
        return SourceError(f"{login.url} did not answer in the time that was left.")
    if isinstance(error, HttpError):
        return _http(error, login)
    return SourceError(f"{login.url}: {error}")


def denied(login: Login) -> Refused:
    return Refused(
        f"{login.url} refuses the login {login.username} or its password. Check {login.prefix}_USERNAME and"
        f" {login.prefix}_PASSWORD. An API key may have expired (from Odoo 18 on most users' keys end after"
        " 90 days at the latest): make a new one under My Profile > Account Security > New API Key. A user"
        " with two-factor authentication needs a key." + _hosted(login)
    )


def no_database(login: Login) -> SourceError:
    return SourceError(
        f"{login.url} has no database {login.database!r} ({login.prefix}_DB). The login page"
        f" {login.url}/web/database/selector may list the databases."
    )


def too_old(major: str, login: Login) -> SourceError:
    return SourceError(f"{login.url} is Odoo {major}; Tendero reads Odoo {OLDEST} and newer.")


def _meaning(fault: Fault, login: Login) -> SourceError:
    said = excerpt(fault.said.encode(), 300)
    if fault.name == DENIED:
        return denied(login)
    if "OperationalError" in fault.name and "does not exist" in fault.said:
        return no_database(login)
    if fault.name == ACCESS and "unauthorized or invalid companies" in fault.said:
        return Refused(
            f"The user {login.username} may not see a company that ODOO_COMPANIES names. Correct"
            " ODOO_COMPANIES, or allow the user that company in Odoo under Settings > Users.",
            hides=True,
        )
    if fault.name == ACCESS:
        return Refused(
            f"The user {login.username} lacks a right in Odoo: {said} Give the user Inventory / User (stock)"
            " and a role that reads products, such as Sales / User." + _hosted(login),
            hides=True,
        )
    if _NO_MODEL.search(fault.said):
        return Refused(f"{login.url} lacks an app that the catalogue needs (Sales or Inventory): {said}")
    # Any other error of Odoo's own code may come from a single record.
    return PageFailed(f"{login.url} failed: {fault.name.rpartition('.')[2] or 'error'}: {said}")


def _http(error: HttpError, login: Login) -> SourceError:
    status = error.status
    if status is None:
        return _without_answer(error, login)
    if status == 404:
        return SourceError(
            f"{login.url} has no Odoo API (404). Is {login.prefix}_URL Odoo's own address?" + _hosted(login)
        )
    if status == 429:
        return SourceError(f"{login.url} asks for fewer requests (429); the next run tries again.")
    if status in (502, 503):
        return SourceError(
            f"{login.url} is down, overloaded or in maintenance ({status}); the next run tries again."
        )
    if isinstance(error, ServiceUnavailable):
        return PageFailed(f"{error} Odoo's own log says why.")
    if 300 <= status < 400:
        return SourceError(f"{error} Set {login.prefix}_URL to that address.")
    return SourceError(
        f"{login.url} answers {status} before Odoo is reached: a proxy, firewall or password of the host"
        " stands before it. Allow this machine there." + _hosted(login)
    )


def _without_answer(error: HttpError, login: Login) -> SourceError:
    found = unreachable(error, login.url, f"{login.prefix}_URL")
    if found is not None:
        return found
    # An open circuit has no cause: asking for less would not help.
    return SourceError(str(error)) if error.__cause__ is None else PageFailed(str(error))


def _hosted(login: Login) -> str:
    if (urlsplit(login.url).hostname or "").endswith(_HOSTED):
        return " On Odoo's own hosting the external API comes with the Custom plan only."
    return ""
