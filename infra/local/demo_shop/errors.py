"""Errors as the REST API words them."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer `{"code", "message", "data": {"status": …}}`. Raised wherever a request is refused."""

    def __init__(self, code: str, message: str, status: int, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.data = data

    def body(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "data": {"status": self.status, **self.data}}


def invalid_params(problems: dict[str, tuple[str, str]]) -> ApiError:
    """The 400 that lists every wrong parameter. `problems` maps a name to (code, message)."""
    details = {name: {"code": code, "message": text, "data": None} for name, (code, text) in problems.items()}
    return ApiError(
        "rest_invalid_param",
        f"Invalid parameter(s): {', '.join(problems)}",
        400,
        params={name: text for name, (_, text) in problems.items()},
        details=details,
    )


def no_route() -> ApiError:
    return ApiError("rest_no_route", "No route was found matching the URL and request method.", 404)


def invalid_id(kind: str = "product", status: int = 404) -> ApiError:
    return ApiError(f"woocommerce_rest_{kind}_invalid_id", "Invalid ID.", status)
