"""How Twilio says no. Source: twilio.com/docs/api/errors."""

from __future__ import annotations

from werkzeug.wrappers import Response

from infra.local.stand_in import json_response

_SAID = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20422: (400, "Invalid Parameter"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "The 'To' number is not a valid phone number"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' phone number is required"),
    21604: (400, "A 'To' phone number is required"),
    21609: (400, "The StatusCallback URL is not a valid URL"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21655: (400, "The ContentSid is Invalid"),
    21656: (400, "The ContentVariables Parameter is invalid"),
    21658: (400, "A content variable exceeds the 1600 character limit"),
    63013: (400, "This message send failed because it violates Channel provider's policy"),
    63016: (400, "Failed to send freeform message because you are outside the allowed window"),
    63018: (400, "Rate limit exceeded for Channel"),
}


class Refusal(Exception):
    """A request is refused with this code of Twilio."""

    def __init__(self, code: int) -> None:
        status, said = _SAID[code]
        super().__init__(said)
        self.code = code
        self.status = status

    def response(self) -> Response:
        return json_response(
            {
                "code": self.code,
                "message": str(self),
                "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
                "status": self.status,
            },
            self.status,
        )


def said(code: int) -> str:
    """The text that goes with a code."""
    return _SAID[code][1]
