"""Buttons and lists at Twilio's Content API: each set is made once, and sent by its SID ever after.

Sources: twilio.com/docs/content/content-api-resources, twilio-quick-reply and twiliolist-picker. Within 24
hours of the customer's last message WhatsApp takes both without approval.
"""

from __future__ import annotations

import hashlib
import json
import threading
from urllib.parse import urlsplit

from tendero.channels.channel import Json
from tendero.channels.choices import LIST_BUTTON, choices
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded, HttpError
from tendero.platform.http import HttpClient

_CONTENT = "/v1/Content"
_PREFIX = "tendero-"
_PAGE_SIZE, _MOST_PAGES = 1000, 10
# For finding and making together: the message itself has to be sent in the same call.
_SECONDS = 5.0
# WhatsApp has no plain Portuguese.
_LANGUAGES = {"pt": "pt_BR"}


class Contents:
    """One account's contents, those known in this process first. Threads share it."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self._lock = threading.Lock()
        self._sids: dict[str, str] = {}

    def sid(self, asked: Json, deadline: Deadline) -> str:
        """The SID of the content for {"body", "choices", "language"}: known, else found, else made.

        Raises HttpError, DeadlineExceeded, SecretError.
        """
        made = resource(asked)
        name = str(made["friendly_name"])
        if sid := self._sids.get(name):
            return sid
        limit = Deadline(deadline.timeout(at_most=_SECONDS))
        # Customers who come at the same time need the same one.
        if not self._lock.acquire(timeout=limit.remaining()):
            raise DeadlineExceeded("Twilio's contents are still being asked for.")
        try:
            if name not in self._sids:
                self._find(name, limit)
            if name not in self._sids:
                self._sids[name] = self._make(made, limit)
            return self._sids[name]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise HttpError("Twilio's Content API answered something else than contents.") from error
        finally:
            self._lock.release()

    def forget(self, asked: Json) -> None:
        """Has it looked for again: somebody may have deleted it at Twilio."""
        self._sids.pop(str(resource(asked)["friendly_name"]), None)

    def _find(self, name: str, limit: Deadline) -> None:
        """Reads the account's list until this one is known; what else is ours there is remembered, too."""
        path = f"{_CONTENT}?PageSize={_PAGE_SIZE}"
        for _ in range(_MOST_PAGES):
            page = self._json("GET", path, None, limit)
            for each in page.get("contents") or ():
                known, sid = str(each.get("friendly_name")), each.get("sid")
                if known.startswith(_PREFIX) and sid:
                    self._sids.setdefault(known, str(sid))
            following = urlsplit(str((page.get("meta") or {}).get("next_page_url") or ""))
            if name in self._sids or not following.path:
                return
            path = f"{following.path}?{following.query}"

    def _make(self, made: Json, limit: Deadline) -> str:
        return str(self._json("POST", _CONTENT, made, limit)["sid"])

    def _json(self, method: str, path: str, sent: Json | None, limit: Deadline) -> Json:
        answer = self._http.request(method, path, json=sent, deadline=limit, timeout=_SECONDS, attempts=1)
        return dict(answer.json())


def resource(asked: Json) -> Json:
    """What the Content API is told: a question with buttons, or with a list. The name tells what is in it.

    The question is no variable: Twilio refuses line breaks in those (21656). A row's id is its title, so
    that it is understood whichever of the two comes back.
    """
    language, titles = asked["language"], asked["choices"]
    offered = choices(titles)
    types: Json
    if offered is not None and offered.are_buttons:
        actions = [{"title": each, "id": each} for each in titles]
        types = {"twilio/quick-reply": {"body": asked["body"], "actions": actions}}
    else:
        items = [{"item": each, "id": each} for each in titles]
        list_ = {"body": asked["body"], "button": LIST_BUTTON[language], "items": items}
        types = {"twilio/list-picker": list_}
    made = {"language": _LANGUAGES.get(language, language), "types": types}
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()
    return {"friendly_name": _PREFIX + digest[:16], **made}
