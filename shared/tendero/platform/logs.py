"""Log lines: one JSON object each, in the fields that Cloud Logging understands.

https://cloud.google.com/logging/docs/structured-logging names the fields. What happens in requests goes to
the stream `application`, what a catalogue run does to `sync`; the label `stream` tells them apart.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

from tendero.platform.masking import hide, masked
from tendero.platform.settings import Settings

Stream = Literal["application", "sync"]

_PREFIX = "logging.googleapis.com"
_context: ContextVar[dict[str, str]] = ContextVar("tendero_log_context", default={})  # noqa: B039


@dataclass(frozen=True, slots=True)
class _Target:
    level: str = "INFO"
    stream: Stream = "application"
    project: str = ""
    # A program that was not set up as a function may need its stdout for something else.
    stdout: bool = False


_target = _Target()


def setup(settings: Settings, stream: Stream) -> None:
    """From now on log to stdout as Cloud Logging reads it. Hides the values of the settings' secrets."""
    global _target
    _target = _Target(settings.log_level, stream, settings.gcp_project_id, stdout=True)
    hide(getattr(settings, each.name) for each in fields(settings) if each.metadata["secret"])


def silence() -> None:
    """From now on write nothing: for a command that tells its user by itself what happened."""
    global _target
    _target = _Target(level="CRITICAL")


def bind(**values: str) -> None:
    """Adds fields to every line of this context (a request, and the threads that work for it).

    `trace` and `span` are ids as in a `traceparent` header; `correlation_id` is what a caller can quote.
    """
    _context.set({**_context.get(), **values})


def clear() -> None:
    """Forgets what was bound: a server's thread takes one request after the other."""
    _context.set({})


def correlation() -> dict[str, str]:
    """The header that hands this context's `correlation_id` on to another function; none without one."""
    bound = _context.get().get("correlation_id")
    return {"X-Correlation-Id": bound} if bound else {}


class Logger:
    """Writes log lines. `message` is fixed text; what varies stands in `fields`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def debug(self, message: str, **fields: Any) -> None:
        self._write("debug", message, fields)

    def info(self, message: str, **fields: Any) -> None:
        self._write("info", message, fields)

    def warning(self, message: str, **fields: Any) -> None:
        self._write("warning", message, fields)

    def error(self, message: str, **fields: Any) -> None:
        self._write("error", message, fields)

    def exception(self, message: str, **fields: Any) -> None:
        """`error` with the stack trace of the exception being handled."""
        self._write("exception", message, fields)

    def _write(self, method: str, message: str, fields: dict[str, Any]) -> None:
        import structlog

        target = _target
        # Looked up for each line: the functions framework puts its own object in the place of stdout.
        output = structlog.WriteLogger(sys.stdout if target.stdout else sys.stderr)
        bound = structlog.wrap_logger(output, processors=_chain(), wrapper_class=_filter(target.level))
        getattr(bound, method)(message, logger=self._name, **fields)


def logger(name: str) -> Logger:
    """The logger of one part of the program. Costs nothing until the first line."""
    return Logger(name)


@cache
def _filter(level: str) -> Any:
    import structlog

    return structlog.make_filtering_bound_logger(level.lower())


@cache
def _chain() -> list[Any]:
    from structlog import processors

    where = processors.CallsiteParameter
    return [
        processors.add_log_level,
        processors.CallsiteParameterAdder(
            [where.PATHNAME, where.LINENO, where.FUNC_NAME], additional_ignores=[__name__]
        ),
        processors.format_exc_info,
        _for_cloud,
        processors.JSONRenderer(ensure_ascii=False),
    ]


def _for_cloud(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    target, context = _target, dict(_context.get())
    trace, span = context.pop("trace", ""), context.pop("span", "")
    line: dict[str, Any] = {
        "severity": event.pop("level").upper(),
        "message": masked(event.pop("event")),
        "time": datetime.now(UTC).isoformat(),
        f"{_PREFIX}/labels": {"stream": target.stream, "logger": event.pop("logger")},
        f"{_PREFIX}/sourceLocation": {
            "file": event.pop("pathname"),
            "line": str(event.pop("lineno")),
            "function": event.pop("func_name"),
        },
        **context,
    }
    if trace:
        line[f"{_PREFIX}/trace"] = f"projects/{target.project}/traces/{trace}" if target.project else trace
    if span:
        line[f"{_PREFIX}/spanId"] = span
    if "exception" in event:
        line["stack_trace"] = masked(event.pop("exception"))
    # A field must not take the place of one that Cloud Logging reads.
    return {**{name: masked(value, name) for name, value in event.items()}, **line}
