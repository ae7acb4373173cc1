"""AskYourDatabase's API: a session for each customer, and questions in it.

https://www.askyourdatabase.com/docs tells of sessions and of the stream. That a session's token comes as a
cookie of the redirection, and goes into the header `x-ayd-access-token`, is how its own chat window works.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from tendero.assistant import links
from tendero.assistant.askyourdatabase.stream import text_of
from tendero.platform.errors import HttpError, ServiceUnavailable
from tendero.platform.http import HttpClient

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tendero.platform.deadline import Deadline

SERVICE = "AskYourDatabase"
# An answer is for a chat: much more than this is a dump of a table.
MOST_CHARACTERS = 6000
_WEEK_SECONDS = 7 * 24 * 3600.0
# A cookie's last minutes are not used: a question may take one of them.
_SPARE_SECONDS = 5 * 60.0
_OPENING_SECONDS = 10.0
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


@dataclass(frozen=True, slots=True)
class Opened:
    """A session's token, and for how many seconds it may be used."""

    token: str
    seconds: float


class Client:
    """Talks with one chatbot. Threads may share it."""

    def __init__(self, url: str, bot_id: str) -> None:
        parts = urlsplit(url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._bot_id = bot_id
        self._http = HttpClient(SERVICE, self._origin, timeout_setting="ASKYOURDATABASE_SECONDS")

    def open(self, api_key: str, *, name: str, email: str, deadline: Deadline) -> Opened:
        """A new session; the customer of one name and email has one thread. Raises HttpError."""
        try:
            return self._opened(api_key, name, email, deadline)
        except ServiceUnavailable as error:
            if error.status == 429 or deadline.expired:
                raise
            # The address in the middle is good for one call only: the whole way again.
            return self._opened(api_key, name, email, deadline)

    def ask(self, token: str, question: str, *, seconds: float, deadline: Deadline) -> str:
        """The answer's text, joined; the whole of it comes within `seconds`, whatever drips.

        Raises HttpError: with status 401 where the session has ended, 429 where too much was asked, and
        without a status where the answer has no text.
        """
        answer = self._http.stream(
            "POST",
            "/api/ask",
            params={"debug": "false"},
            json={"question": question, "botid": self._bot_id, "debug": False, "fileUrls": []},
            headers={"x-ayd-access-token": token, "Accept": "text/event-stream"},
            deadline=deadline,
            timeout=seconds,
        )
        # It may end before the body does.
        with closing(answer):
            text = text_of(answer, MOST_CHARACTERS).strip()
        if not text:
            raise HttpError(f"{SERVICE} answered without a text.")
        return text

    def _opened(self, api_key: str, name: str, email: str, deadline: Deadline) -> Opened:
        made = self._http.request(
            "POST",
            "/api/chatbot/v2/session",
            json={"chatbotid": self._bot_id, "name": name, "email": email},
            headers={"Authorization": f"Bearer {api_key}"},
            deadline=deadline,
            timeout=_OPENING_SECONDS,
            attempts=1,
        ).json()
        redeemed = self._http.request(
            "GET",
            self._path(made.get("url") if isinstance(made, dict) else None),
            deadline=deadline,
            timeout=_OPENING_SECONDS,
            attempts=1,
            redirects=False,
        )
        return _read(redeemed.cookies)

    def _path(self, url: object) -> str:
        """Path and query of an address on the configured host. Raises HttpError for any other."""
        target = urljoin(self._origin, url) if isinstance(url, str) and url else ""
        if urlsplit(target).scheme != urlsplit(self._origin).scheme or (
            links.host(target) != links.host(self._origin)
        ):
            raise HttpError(
                f"{SERVICE} gave a session at {links.host(target) or 'no address'}: only"
                f" {links.host(self._origin)} is called (ASKYOURDATABASE_URL)."
            )
        parts = urlsplit(target)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _read(cookies: Iterable[str]) -> Opened:
    """The session in `Set-Cookie` headers: a week long, or as long as the cookie where that is shorter."""
    for cookie in cookies:
        pair, *attributes = (part.strip() for part in cookie.split(";"))
        name, _, token = pair.partition("=")
        if name != "accessToken" or not _TOKEN.fullmatch(token):
            continue
        ages = [
            float(value)
            for key, _, value in (each.partition("=") for each in attributes)
            if key.strip().lower() == "max-age" and re.fullmatch(r"\d{1,12}", value.strip())
        ]
        return Opened(token, min([_WEEK_SECONDS, *(max(0.0, age - _SPARE_SECONDS) for age in ages)]))
    raise HttpError(f"{SERVICE} gave a session without the cookie accessToken.")
