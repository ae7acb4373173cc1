"""The error that travels to the client, in OpenAI's shape."""

from __future__ import annotations

from typing import Any

# Codes of a 429 that means money, not pace (help.openai.com article 5955604).
MONEY_CODES = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_usage_limit_exceeded",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
    }
)


class ApiError(Exception):
    """Raised when a request gets an error answer; `body()` is the JSON that OpenAI would send."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.param = param
        self.code = code
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """`{"error": {message, type, param, code}}`."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


def scripted_error(status: int, code: str | None, message: str | None, retry_after: float | None) -> ApiError:
    """The error of a scripted `status`, with the type and default code that OpenAI gives it."""
    if status == 429:
        code = code or "rate_limit_exceeded"
        kind = "insufficient_quota" if code in MONEY_CODES else "requests"
    elif status >= 500:
        kind = "server_error"
    else:
        kind = "invalid_request_error"
    text = message or f"Scripted error {status}{f' ({code})' if code else ''}."
    return ApiError(text, status=status, type=kind, code=code, retry_after=retry_after)
