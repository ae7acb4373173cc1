"""A message as Twilio keeps it. Source: twilio.com/docs/messaging/api/message-resource."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from infra.local.twilio_server import content
from infra.local.twilio_server.refusal import Refusal

Json = dict[str, Any]

_LONGEST = 1600
_PREFIX = re.compile(r"[a-z]+:")
_ADDRESS = re.compile(r"\+\d{6,15}|[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
# Of the record, what Twilio tells nobody.
_OWN = ("media", "content_sid", "content_variables", "status_callback", "shown")
_CONTENT_SID = re.compile(r"HX[0-9a-f]{32}")


def made(form: MultiDict[str, str], account: str, contents: Mapping[str, Json]) -> Json:
    """The record of a message that this form asks for; `shown` is a content of the account as the customer
    sees it. Any other name than a SID stands for an approved template. Raises Refusal.
    """
    _check(form)
    sid = ("MM" if "MediaUrl" in form else "SM") + uuid.uuid4().hex
    variables = _variables(form)
    content_sid = form.get("ContentSid", "")
    if _CONTENT_SID.fullmatch(content_sid) and content_sid not in contents:
        raise Refusal(21655)
    shown = content.shown(contents[content_sid]) if content_sid in contents else {}
    body = form.get("Body", "") or shown.get("body") or "\n".join(variables.values())
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": body,
        "date_created": formatdate(time.time(), localtime=False).replace("-0000", "+0000"),
        "date_sent": None,
        "date_updated": None,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": form.get("MessagingServiceSid"),
        "num_media": str(len(form.getlist("MediaUrl"))),
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "accepted" if "MessagingServiceSid" in form else "queued",
        "to": form["To"],
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{sid}.json",
        "media": form.getlist("MediaUrl"),
        "content_sid": content_sid or None,
        "content_variables": variables,
        "status_callback": form.get("StatusCallback", ""),
        "shown": shown,
    }


def public(record: Json) -> Json:
    """The record as the API shows it."""
    return {name: value for name, value in record.items() if name not in _OWN}


def _check(form: MultiDict[str, str]) -> None:
    to = form.get("To", "")
    if not to:
        raise Refusal(21604)
    if not form.get("From") and not form.get("MessagingServiceSid"):
        raise Refusal(21603)
    if not _ADDRESS.fullmatch(_PREFIX.sub("", to, count=1)):
        raise Refusal(21211)
    if not any(form.get(name, "").strip() for name in ("Body", "MediaUrl", "ContentSid")):
        raise Refusal(21602)
    if len(form.get("Body", "")) > _LONGEST:
        raise Refusal(21617)
    callback = form.get("StatusCallback")
    if callback is not None and urlsplit(callback).scheme not in ("http", "https"):
        raise Refusal(21609)


def _variables(form: MultiDict[str, str]) -> dict[str, str]:
    try:
        given = json.loads(form.get("ContentVariables", "{}"))
    except ValueError as error:
        raise Refusal(21656) from error
    if not isinstance(given, dict) or any("\n" in str(value) for value in given.values()):
        raise Refusal(21656)
    if any(len(str(value)) > _LONGEST for value in given.values()):
        raise Refusal(21658)
    return {str(name): str(value) for name, value in given.items()}
