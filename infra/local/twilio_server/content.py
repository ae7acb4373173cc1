"""Contents as Twilio's Content API keeps them: questions with buttons or a list.

Source: twilio.com/docs/content/content-api-resources, and the schemas in twilio/twilio-oai.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from infra.local.twilio_server.refusal import Refusal

Json = dict[str, Any]

PATH = "/v1/Content"
_BUTTONS, _LIST = "twilio/quick-reply", "twilio/list-picker"
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,3})?")
_LONGEST_BODY, _LONGEST_BUTTON, _LONGEST_ROW, _LONGEST_ID = 1024, 20, 24, 200
_MOST = 10
# Without approval, which no content here has.
_MOST_IN_SESSION = 3


def made(asked: Any, account: str, url: str) -> Json:
    """The content that a request asks for. Raises Refusal for what Twilio or WhatsApp does not take."""
    types = asked.get("types") if isinstance(asked, dict) else None
    if not isinstance(types, dict) or len(types) != 1 or not _LANGUAGE.fullmatch(str(asked.get("language"))):
        raise Refusal(20422)
    ((kind, said),) = types.items()
    _check(kind, said)
    sid, now = "HX" + uuid.uuid4().hex, datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "sid": sid,
        "account_sid": account,
        "friendly_name": asked.get("friendly_name"),
        "language": asked["language"],
        "variables": asked.get("variables") or {},
        "types": types,
        "url": f"{url}{PATH}/{sid}",
        "date_created": now,
        "date_updated": now,
        "links": {},
    }


def page(contents: Sequence[Json], query: Mapping[str, str], url: str) -> Json:
    """One page of the account's contents."""
    size, number = min(int(query.get("PageSize", 50)), 1000), int(query.get("Page", 0))

    def address(page: int) -> str:
        return f"{url}{PATH}?{urlencode({'PageSize': size, 'Page': page})}"

    shown = contents[number * size : (number + 1) * size]
    return {
        "contents": list(shown),
        "meta": {
            "page": number,
            "page_size": size,
            "first_page_url": address(0),
            "previous_page_url": address(number - 1) if number else None,
            "url": address(number),
            "next_page_url": address(number + 1) if (number + 1) * size < len(contents) else None,
            "key": "contents",
        },
    }


def shown(content: Json) -> Json:
    """What a customer sees of it: {"body", "buttons"} or {"body", "list", "rows"}."""
    ((kind, said),) = content["types"].items()
    if kind == _BUTTONS:
        return {"body": said["body"], "buttons": [each["title"] for each in said["actions"]]}
    return {"body": said["body"], "list": said["button"], "rows": [each["item"] for each in said["items"]]}


def is_allowed(content: Json) -> bool:
    """Whether WhatsApp takes it without approval."""
    return len(shown(content).get("buttons", ())) <= _MOST_IN_SESSION


def _check(kind: str, said: Any) -> None:
    parts, title, longest = {
        _BUTTONS: ("actions", "title", _LONGEST_BUTTON),
        _LIST: ("items", "item", _LONGEST_ROW),
    }.get(kind, ("", "", 0))
    needed = {"body", parts} | ({"button"} if kind == _LIST else set())
    if not isinstance(said, dict) or set(said) != needed:
        raise Refusal(20422)
    items = said[parts] if isinstance(said[parts], list) else []
    titles = [each.get(title) if isinstance(each, dict) else None for each in items]
    texts = [(said["body"], _LONGEST_BODY), (said.get("button", "-"), _LONGEST_BUTTON)]
    texts += [(each, longest) for each in titles]
    texts += [(each["id"], _LONGEST_ID) for each in items if isinstance(each, dict) and "id" in each]
    is_right = 0 < len(titles) <= _MOST and len(set(map(str, titles))) == len(titles)
    if not is_right or not all(isinstance(text, str) and 0 < len(text) <= most for text, most in texts):
        raise Refusal(20422)
