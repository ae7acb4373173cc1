"""Writes a reply as the messages that Twilio is asked to send: texts, then pictures of products."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from tendero.assistant.reply import Reply
from tendero.channels.channel import Json

# Each message costs, and a list of pictures hides the answer above it.
_MOST_CARDS = 3
# WhatsApp's limit for the text of a picture.
_LONGEST_CAPTION = 1024


def write(reply: Reply, *, on_whatsapp: bool, most: int) -> list[Json]:
    """The contents of the outbox: {"body"} of at most `most` characters, or {"body", "media"}.

    Pictures go to WhatsApp only, and only from https addresses; products without one get a link. Buttons
    would need a content template made before, so quick replies are lines of the text.
    """
    # Only the function `reply` needs them: phrases of three languages, and many patterns.
    from tendero.channels.cards import card, links
    from tendero.channels.text import plain, split, whatsapp

    cards = [card(product, reply.language) for product in reply.products[:_MOST_CARDS]]
    pictured = [each for each in cards if on_whatsapp and each.image_url.startswith("https://")]
    texts = [text for text in reply.texts if text.strip()]
    lines = links([each for each in cards if each not in pictured], "\n".join(texts))
    if on_whatsapp:
        lines += [f"- {suggestion}" for suggestion in reply.quick_replies]
    if lines:
        texts = [*texts[:-1], "\n".join([*texts[-1:], "", *lines])]
    convert = whatsapp if on_whatsapp else plain
    pieces = [piece for text in texts for piece in split(convert(text), most)]
    return [
        *({"body": piece} for piece in pieces),
        *({"body": each.caption(min(most, _LONGEST_CAPTION)), "media": each.image_url} for each in pictured),
    ]


def templated(content: Json, template_sid: str) -> Json | None:
    """A text as the variable 1 of an approved template; None for what is no text."""
    if "template" in content or "media" in content:
        return None
    # A template's variable holds no line breaks.
    return {"template": template_sid, "variables": {"1": " ".join(content["body"].split())}}


def form(content: Json, address: Json) -> bytes:
    """The body of the request that sends a content; `address` holds its other parameters."""
    fields = dict(address)
    if "template" in content:
        fields["ContentSid"] = content["template"]
        fields["ContentVariables"] = json.dumps(content["variables"], ensure_ascii=False)
    else:
        fields["Body"] = content["body"]
        if "media" in content:
            fields["MediaUrl"] = content["media"]
    return urlencode(fields, errors="replace").encode()
