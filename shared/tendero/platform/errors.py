"""The one error root of the library. Each class says in its docstring when it is raised."""

from __future__ import annotations


class TenderoError(Exception):
    """Root of everything the library raises on purpose. The message says what happened and what to do."""


class SettingsError(TenderoError):
    """A setting is missing or its value cannot be used."""


class SecretError(TenderoError):
    """A secret cannot be read from Secret Manager or from its mounted file."""


class DatabaseError(TenderoError):
    """PostgreSQL refused a statement or the connection broke while it ran."""


class DatabaseUnavailable(DatabaseError):
    """No connection to PostgreSQL could be made: wrong address, wrong password, or it is down."""


class SchemaMissing(DatabaseError):
    """The database has no (or an older) Tendero schema: `tendero migrate` has not been run."""


class DeadlineExceeded(TenderoError):
    """The time given for this work is used up."""


class HttpError(TenderoError):
    """A service answered with an error, or with something that is not what it promises to send.

    `status` is the HTTP status, or None when no answer came. `retry_after` is in seconds. `body` is what
    was answered, for callers that know the service's own error codes.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.body = body


class ServiceUnavailable(HttpError):
    """A service does not answer now (connection, time-out, 5xx, 429, open circuit); later it may."""


class ServiceRefused(ServiceUnavailable):
    """A service refuses the key, the model or the address that is set: trying again alone will not help."""


class BadRequest(TenderoError):
    """A caller sent something that cannot be used. The message may be shown to that caller.

    `status` is the HTTP status that the caller gets, 400 to 499.
    """

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class SourceError(TenderoError):
    """A catalogue source cannot be read or answers what cannot be trusted; nothing was deleted."""


class SyncUnderWay(TenderoError):
    """Another process is syncing the same source; it was not disturbed."""


class RunTakenOver(TenderoError):
    """Another process went on with the run that this one held; nothing more was written here."""


class EmbeddingError(TenderoError):
    """The embedder refused a text or its answer does not fit what was asked."""


class SpendLimitReached(TenderoError):
    """The model provider refuses because of money (quota, credit, spend limit). Never retried."""


class TaskError(TenderoError):
    """A task cannot be queued: too large, no such queue, or no permission. Trying again will not help."""
