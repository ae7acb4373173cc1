"""Google's own message types: they take no field that they do not know."""

from __future__ import annotations

import json
from typing import Any

from google.cloud import dialogflow_v2, dialogflow_v2beta1, dialogflowcx_v3
from google.protobuf import json_format

from tendero.channels.dialogflow.query import Edition


def taken(body: bytes | str, edition: Edition = Edition.ES) -> dict[str, Any]:
    """A response's body, after Google's types have parsed it. Raises json_format.ParseError."""
    versions = (dialogflowcx_v3,) if edition is Edition.CX else (dialogflow_v2, dialogflow_v2beta1)
    for version in versions:
        json_format.Parse(body, version.types.WebhookResponse.pb()())
    parsed: dict[str, Any] = json.loads(body)
    return parsed
