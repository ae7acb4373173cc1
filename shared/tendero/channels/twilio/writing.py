"""Writes a reply as the messages that Twilio is asked to send: texts, pictures of products, buttons."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from tendero.assistant.reply import Reply
from tendero.channels.channel import Json

# Each message costs, and a list of pictures hides the answer above it.
_MOST_CARDS = 3
# WhatsApp's limit for the text of a picture.
_LONGEST_CAPTION = 1024


def write(reply: Reply, *, on_whatsapp: bool, most: int, with_buttons: bool = True) -> list[Json]:
    """The contents of the outbox: {"body"} of at most `most` characters, {"body", "media"}, and
    {"body", "choices", "language"} for quick replies as buttons or a list.

    Pictures and quick replies go to WhatsApp only, pictures only from https addresses; products without one
    get a link. Quick replies that are no buttons are lines of the text.
    """
    # Only the function `reply` needs them: phrases of three languages, and many patterns.
    from tendero.channels.cards import card, links
    from tendero.channels.choices import QUESTION, choices
    from tendero.channels.text import plain, split, whatsapp

    cards = [card(product, reply.language) for product in reply.products[:_MOST_CARDS]]
    pictured = [each for each in cards if on_whatsapp and each.image_url.startswith("https://")]
    texts = [text for text in reply.texts if text.strip()]
    lines = links([each for each in cards if each not in pictured], "\n".join(texts))
    suggested = [each.strip() for each in reply.quick_replies if on_whatsapp and each.strip()]
    offered = choices(suggested) if with_buttons else None
    chosen = list(offered.texts) if offered else []
    lines += [f"- {each}" for each in suggested if each not in chosen]
    if lines:
        texts = [*texts[:-1], "\n".join([*texts[-1:], "", *lines])]
    convert = whatsapp if on_whatsapp else plain
    pieces = [piece for text in texts for piece in split(convert(text), most)]
    written: list[Json] = [
        *({"body": piece} for piece in pieces),
        *({"body": each.caption(min(most, _LONGEST_CAPTION)), "media": each.image_url} for each in pictured),
    ]
    if chosen:
        # Last: what comes in between hides them.
        question = QUESTION[reply.language]
        written.append({"body": question, "choices": chosen, "language": reply.language})
    return written


def as_text(content: Json) -> Json:
    """Buttons as a text; any other content as it is."""
    if "choices" not in content:
        return content
    return {"body": "\n".join([content["body"], "", *(f"- {each}" for each in content["choices"])])}


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
        if "variables" in content:
            fields["ContentVariables"] = json.dumps(content["variables"], ensure_ascii=False)
    else:
        fields["Body"] = content["body"]
        if "media" in content:
            fields["MediaUrl"] = content["media"]
    return urlencode(fields, errors="replace").encode()
