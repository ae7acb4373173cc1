"""Calls to other services over HTTP: bounded in time and size, retried, not made while a service is down."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from tendero.platform.breaker import Breaker
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded, HttpError, ServiceUnavailable

if TYPE_CHECKING:
    import requests
    from requests.auth import AuthBase
    from tenacity import RetryCallState

_MOST_BYTES = 50 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_RETRIED = {408, 425, 429, 500, 502, 503, 504}
# A service that asks for a longer pause than this is left to the next run or the queue.
_LONGEST_PAUSE_SECONDS = 60.0
_MOST_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class Response:
    """What a service answered. `headers` ignore case; `cookies` are its `Set-Cookie` headers, one by one."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    service: str = field(default="The service", repr=False)
    cookies: tuple[str, ...] = field(default=(), repr=False)

    def json(self) -> Any:
        """The body as JSON. Raises HttpError when it is something else (an HTML page, mostly)."""
        import json

        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise HttpError(
                f"{self.service} answered {self.status} with what is not JSON: {excerpt(self.content)!r}.",
                status=self.status,
            ) from error


@dataclass(frozen=True, slots=True)
class _Request:
    """What is sent, at each attempt anew."""

    method: str
    path: str
    params: Mapping[str, Any] | None
    json: Any
    data: bytes | None
    headers: Mapping[str, str] | None


class HttpClient:
    """Calls one service. Threads may share it; up to `pool_size` connections are kept open.

    `service` is its name in errors. `headers` and `auth` go with every request. `refusal` may give, for an
    error answer, what to raise at once although its status would be tried again. `patience` multiplies the
    pauses between attempts that the service does not ask for itself. `timeout_setting` names the setting that
    every request's `timeout` comes from.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        *,
        auth: AuthBase | None = None,
        headers: Mapping[str, str] | None = None,
        pool_size: int = 4,
        refusal: Callable[[Response], Exception | None] | None = None,
        patience: float = 1.0,
        timeout_setting: str = "",
    ) -> None:
        self.service = service
        self._base_url = base_url.rstrip("/") + "/"
        self._auth = auth
        self._headers = dict(headers or {})
        self._pool_size = pool_size
        self._refusal = refusal
        self._patience = patience
        self._timeout_setting = timeout_setting
        self._breaker = Breaker(service)
        self._lock = threading.Lock()
        self._opened: requests.Session | None = None

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        deadline: Deadline | None = None,
        timeout: float = 10.0,
        attempts: int = 4,
        redirects: bool = True,
    ) -> Response:
        """The answer to one request, below 400. `data` is a body that is not JSON.

        `timeout` is in seconds, for each attempt; the deadline bounds all of them together. Broken
        connections, time-outs and the statuses 408, 425, 429, 500 and 502 to 504 are tried again, at
        most `attempts` times in all: give 1 where doing it twice does harm. `headers` go beside the client's
        own. Without `redirects`, a redirection is an answer like any other. Raises ServiceUnavailable when
        the service still fails then or its circuit is open, HttpError at once for another status from 400,
        DeadlineExceeded when there is no time even for the first attempt.
        """
        asked = _Request(method, path, params, json, data, headers)
        with self._breaker.guard():
            return self._retrying(deadline, attempts)(
                lambda: self._attempt(asked, _allowed(deadline, timeout), timeout, redirects)
            )

    def stream(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        deadline: Deadline | None = None,
        timeout: float = 10.0,
    ) -> Generator[bytes, None, None]:
        """The body of one answer as it arrives, in pieces that may end anywhere.

        Asks once and follows no redirection. `timeout`, in seconds, bounds the whole answer, however it
        drips. Raises what `request` raises, at any piece. Close the iterator where the rest is not wanted.
        """
        asked = _Request(method, path, params, json, None, headers)
        url = self._url(path)
        allowed = _allowed(deadline, timeout)
        limit = Deadline(allowed)
        with (
            self._breaker.guard(),
            self._named_errors(url, allowed, timeout),
            self._opened_answer(url, asked, limit) as answer,
        ):
            if answer.status_code >= 300:
                whole = self._checked(self._read(answer, limit))
                raise HttpError(f"{self.service} redirects instead of answering.", status=whole.status)
            yield from self._pieces(answer, limit)

    def close(self) -> None:
        """Closes the kept connections."""
        if self._opened is not None:
            self._opened.close()

    def _retrying(self, deadline: Deadline | None, attempts: int) -> Callable[..., Response]:
        from tenacity import Retrying, retry_if_exception_type, wait_random_exponential

        backoff = wait_random_exponential(multiplier=0.4 * self._patience, max=10)

        def wait(state: RetryCallState) -> float:
            return max(backoff(state), _error_of(state).retry_after or 0.0)

        def stop(state: RetryCallState) -> bool:
            longest = _LONGEST_PAUSE_SECONDS if deadline is None else deadline.remaining()
            return state.attempt_number >= attempts or state.upcoming_sleep >= longest

        retry = retry_if_exception_type(ServiceUnavailable)
        return Retrying(stop=stop, wait=wait, retry=retry, reraise=True)

    def _attempt(self, asked: _Request, allowed: float, timeout: float, redirects: bool) -> Response:
        limit = Deadline(allowed)
        url = self._url(asked.path)
        for _ in range(_MOST_REDIRECTS + 1):
            with self._named_errors(url, allowed, timeout):
                with self._opened_answer(url, asked, limit) as opened:
                    answer = self._read(opened, limit)
                if not redirects or not 300 <= answer.status < 400:
                    return self._checked(answer)
                # The address to go to carries the query already.
                url = self._redirected(asked.method, url, answer)
                asked = replace(asked, params=None)
        raise HttpError(f"{self.service} redirects in circles.", status=answer.status)

    @contextmanager
    def _named_errors(self, url: str, allowed: float, timeout: float) -> Iterator[None]:
        """Around one exchange: what the libraries raise becomes this module's errors."""
        import requests
        import urllib3

        try:
            yield
        except (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError, DeadlineExceeded) as error:
            setting = self._timeout_setting if allowed == timeout else ""
            bound = f"{allowed:.1f} s ({setting})" if setting else f"{allowed:.1f} s"
            raise ServiceUnavailable(f"{self.service} did not answer within {bound}.") from error
        except ValueError as error:
            raise HttpError(f"The address of {self.service} cannot be used: {_host(url)!r}.") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise ServiceUnavailable(
                f"{self.service} cannot be reached at {_host(url)}: {_cause(error)}."
            ) from error

    def _opened_answer(self, url: str, asked: _Request, limit: Deadline) -> requests.Response:
        """The answer with its headers; the body is still to be read."""
        from urllib3 import Timeout

        return self._session().request(
            asked.method,
            url,
            params=asked.params,
            json=asked.json,
            data=asked.data,
            headers=asked.headers,
            # requests takes urllib3's own object too, which bounds connecting and waiting together.
            timeout=Timeout(total=limit.timeout(at_most=3600)),  # type: ignore[arg-type]
            allow_redirects=False,
            stream=True,
        )

    def _read(self, answer: requests.Response, limit: Deadline) -> Response:
        content = b"".join(self._pieces(answer, limit))
        cookies = tuple(answer.raw.headers.getlist("Set-Cookie"))
        return Response(answer.status_code, answer.headers, content, self.service, cookies)

    def _pieces(self, answer: requests.Response, limit: Deadline) -> Iterator[bytes]:
        size = 0
        # read1 gives what has arrived, so that a server which drips bytes meets the limit too.
        while piece := answer.raw.read1(_CHUNK_BYTES, decode_content=True):
            size += len(piece)
            if size > _MOST_BYTES:
                raise HttpError(
                    f"{self.service} answered more than {_MOST_BYTES >> 20} MB.", status=answer.status_code
                )
            yield piece
            limit.timeout(at_most=1)

    def _url(self, path: str) -> str:
        return self._base_url + path.lstrip("/")

    def _checked(self, answer: Response) -> Response:
        if answer.status < 400:
            return answer
        if self._refusal and (error := self._refusal(answer)):
            raise error
        message = f"{self.service} answered {answer.status}: {_said(answer)}"
        if answer.status in _RETRIED:
            pause = _retry_after(answer.headers)
            raise ServiceUnavailable(message, status=answer.status, retry_after=pause, body=answer.content)
        raise HttpError(message, status=answer.status, body=answer.content)

    def _redirected(self, method: str, url: str, answer: Response) -> str:
        target = urljoin(url, answer.headers.get("Location", ""))
        old, new = urlsplit(url), urlsplit(target)
        if (old.scheme, old.netloc) != (new.scheme, new.netloc) or method not in ("GET", "HEAD"):
            raise HttpError(
                f"{self.service} redirects from {old.scheme}://{old.netloc} to {new.scheme}://{new.netloc}.",
                status=answer.status,
            )
        return target

    def _session(self) -> requests.Session:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> requests.Session:
        from http.cookiejar import DefaultCookiePolicy

        import requests
        from requests.adapters import HTTPAdapter

        session = requests.Session()
        session.headers.update(self._headers)
        # Without any auth, requests would look for a .netrc at every call.
        session.auth = self._auth or (lambda request: request)
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=self._pool_size)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session


def excerpt(content: bytes, most: int = 80) -> str:
    """The beginning of a body, for an error message: its words without markup and control characters."""
    text = re.sub(r"<[^>]*>", " ", content[: most * 20].decode("utf-8", "replace"))
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return words if len(words) <= most else words[: most - 1] + "…"


def _allowed(deadline: Deadline | None, timeout: float) -> float:
    return timeout if deadline is None else deadline.timeout(at_most=timeout)


def _error_of(state: RetryCallState) -> ServiceUnavailable:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, ServiceUnavailable) else ServiceUnavailable("")


def _said(answer: Response) -> str:
    """The service's own message, where its JSON has one in a usual place."""
    try:
        body = answer.json()
    except HttpError:
        body = None
    for name in ("error", "message", "error_description", "detail"):
        value = body.get(name) if isinstance(body, dict) else None
        value = value.get("message") if isinstance(value, dict) else value
        if isinstance(value, str) and value:
            return excerpt(value.encode(), 200)
    return excerpt(answer.content) or "(no text)"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a number or an HTTP date (RFC 9110, 10.2.3)."""
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _host(url: str) -> str:
    return url.partition("?")[0].rpartition("@")[2]


def _cause(error: BaseException) -> str:
    """The operating system's words for what went wrong, from the depth of the libraries' wrappers."""
    import urllib3

    said, cut = "", False
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.strerror:
            said = seen.strerror
        cut |= isinstance(seen, ConnectionError | urllib3.exceptions.ProtocolError)
        last, seen = seen, seen.__cause__ or seen.__context__
    return said or ("the connection was cut" if cut else str(last).rstrip("."))
