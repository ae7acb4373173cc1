"""Plain text out of a shop's HTML, and the text that a product is embedded by."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable

from tendero.catalog.item import CatalogItem

# A bound on the characters rather than the tokens: it needs no tokenizer and keeps 2,048 texts per request.
_MOST_CHARACTERS = 8_000
_MOST_HTML = 500_000
# Names and labels hold none, and nothing is parted after the second.
_BLANK_LINE = "\n\n"

# What never ends runs to the end of the text, as in a browser; it also keeps the search linear.
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|noscript|iframe|svg)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_BREAK = re.compile(
    r"</?(?:address|article|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|ol|p|pre"
    r"|section|table|td|th|tr|ul)\b(?:[^<>\"']|\"[^\"]{0,300}\"|'[^']{0,300}')*/?>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z!?](?:[^<>\"']|\"[^\"]{0,300}\"|'[^']{0,300}')*>")
_BROKEN_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
_CLOSING_SHORTCODE = re.compile(r"\[/([a-zA-Z][\w-]*)\]")
_SHORTCODE = re.compile(r"\[/?[a-zA-Z][\w-]*\s[^\[\]]*=[^\[\]]*\]|\[[a-z]+_\w*[^\[\]]*\]")
# PostgreSQL refuses NUL, UTF-8 has no lone surrogates, and nobody reads control characters.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


def clean(text: str) -> str:
    """The text without characters that PostgreSQL or UTF-8 refuse, and without control characters."""
    return _UNWANTED.sub("", text)


def plain_text(markup: str) -> str:
    """What a reader sees of a piece of HTML: no tags, scripts, comments or shortcodes, entities resolved.

    Blocks and line breaks become single newlines; other white space becomes one blank.
    """
    text = markup[:_MOST_HTML]
    if "<" in text:
        text = _BREAK.sub("\n", _HIDDEN.sub(" ", text))
        text = _BROKEN_TAG.sub("", _TAG.sub("", text))
    if "[" in text:
        text = _without_shortcodes(text)
    if "&" in text:
        text = html.unescape(text)
    return _LINES.sub("\n", _SPACES.sub(" ", clean(text))).strip()


def one_line(markup: str) -> str:
    """`plain_text` for names and labels: on one line."""
    return " ".join(plain_text(markup).split())


def text_for_embedding(item: CatalogItem) -> str:
    """What the vector of a product stands for; it changes only when the product's words do.

    The name; brand, categories, tags and attributes with their options; short and long description: three
    parts with a blank line between them, at most 8,000 characters. No price, stock, date or id.
    """
    labels = [
        item.brand or "",
        " > ".join(item.categories),
        ", ".join(item.tags),
        *(f"{name}: {', '.join(options)}" for name, options in item.attributes.items() if options),
    ]
    parts = (item.name, _lines(labels), _lines((item.short_description, item.description)))
    return _BLANK_LINE.join(parts)[:_MOST_CHARACTERS].strip()


def parts_for_embedding(text: str) -> list[str]:
    """Name, labels and descriptions out of a `text_for_embedding`; those missing at the end are left out.

    Any other text without blank lines is one part.
    """
    return text.split(_BLANK_LINE, 2)


def text_hash(text: str) -> str:
    """32 hexadecimal digits that identify a text; empty for an empty one."""
    return hashlib.sha256(text.encode()).hexdigest()[:32] if text else ""


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if text)


def _without_shortcodes(text: str) -> str:
    # WordPress knows its shortcodes by name; from outside, one shows by its attributes or its closing tag.
    for name in set(_CLOSING_SHORTCODE.findall(text)):
        text = text.replace(f"[{name}]", " ").replace(f"[/{name}]", " ")
    return _CLOSING_SHORTCODE.sub(" ", _SHORTCODE.sub(" ", text))
