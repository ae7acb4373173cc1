"""Errors as Odoo raises them, and how each protocol tells them."""

from __future__ import annotations

import traceback
from dataclasses import dataclass


class OdooError(Exception):
    """`python_name` is what JSON answers call it, `fault` the XML-RPC code, `status` the one of JSON-2."""

    python_name = "odoo.exceptions.UserError"
    fault = 2
    status = 422


class UserError(OdooError):
    pass


class ValidationError(UserError):
    python_name = "odoo.exceptions.ValidationError"


class MissingError(UserError):
    python_name = "odoo.exceptions.MissingError"
    status = 404


class AccessError(UserError):
    python_name = "odoo.exceptions.AccessError"
    fault = 4
    status = 403


class AccessDenied(UserError):
    python_name = "odoo.exceptions.AccessDenied"
    fault = 3
    status = 401

    def __init__(self, message: str = "Access Denied") -> None:
        super().__init__(message)


class SessionExpired(OdooError):
    python_name = "odoo.http.SessionExpiredException"
    fault = 1
    status = 403


class UnknownModel(UserError):
    status = 404


class NoDatabase(OdooError):
    python_name = "psycopg2.OperationalError"
    fault = 1
    status = 404


class UnknownMethod(AttributeError):
    status = 404


class BadArguments(TypeError):
    """Arguments that do not fit the method. A TypeError from inside a method is none."""

    status = 422


@dataclass(frozen=True)
class Failure:
    """An error ready to be told. `traceback` ends in a line `name: message`, as Python's own does."""

    name: str
    message: str
    fault: int
    status: int
    traceback: str

    @classmethod
    def of(cls, error: Exception) -> Failure:
        if isinstance(error, OdooError):
            name = error.python_name
        else:
            # Odoo raises the plain kind where this package has a subclass of its own.
            plain = next(k for k in type(error).__mro__ if not k.__module__.startswith(__package__))
            name = f"{plain.__module__}.{plain.__name__}"
        message = str(error.args[0]) if error.args else ""
        stack = "".join(traceback.format_tb(error.__traceback__))
        return cls(
            name=name,
            message=message,
            fault=error.fault if isinstance(error, OdooError) else 1,
            status=getattr(error, "status", 500),
            traceback=f"Traceback (most recent call last):\n{stack}"
            f"{name.removeprefix('builtins.')}: {message}\n",
        )


def invalid_field(name: str, model: str) -> ValueError:
    return ValueError(f"Invalid field {name!r} on model {model!r}")
