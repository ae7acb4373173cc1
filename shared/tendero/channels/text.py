"""Text as phones show it: with WhatsApp's markup or none, in pieces no longer than a platform takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Spaces that hold together what they separate (`19,90 €`) are no borders.
_GAP = r"[^\S\u00a0\u2007\u202f]+"
# From the best border to the least.
_BORDERS = (
    re.compile(r"\n(?=[ \t\r]*\n)"),
    re.compile(r"\n"),
    re.compile(rf"(?:(?<=[.!?…])|(?<=[.!?…][)\]\"'»”*_~])){_GAP}"),
    re.compile(_GAP),
)
_ITEM_START = r"[ \t]*(?:[-*+•–]|\d{1,3}[.)])[ \t]+"
# What stays in one piece where it fits into one.
_WHOLE = (
    re.compile(rf"^{_ITEM_START}\S.*(?:\n(?!{_ITEM_START})[ \t]*\S.*)*", re.MULTILINE),
    re.compile(rf"^{_ITEM_START}\S+", re.MULTILINE),
    re.compile(r"!?\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)"),
    re.compile(r"(?<![\w*_~])([*_~]{1,3})(?=[^\s*_~])[^\n]{0,1000}?(?<=[^\s*_~])\1(?!\w)"),
    re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL),
)
_JOINING = "\u200c\u200d"
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_TAGS = ("\U000e0020", "\U000e007f")
_FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")
_HANGUL_VOWELS_AND_FINALS = ("\u1160", "\u11ff")


def length(text: str) -> int:
    """How long a platform may take a text to be, in UTF-16 units: an emoji counts two.

    Twilio and Meta limit "characters" without a word on those beyond 16 bits; counted so, a text is within
    the limit either way.
    """
    return len(text) + sum(letter > "\uffff" for letter in text)


def split(text: str, most: int) -> list[str]:
    """The text in pieces of at most `most` (as `length` counts); only whitespace between them is left out.

    They end where a paragraph, line, sentence or word does, the best of these in the second half of what
    fits. List items, links and marked words (`*so*`) are cut only where longer than `most`; then, and for a
    longer word, between graphemes. A piece of one character may be longer than a `most` of 1.
    """
    text = text.strip()
    held = _held(text, most)
    pieces, start = [], 0
    while start < len(text):
        reach = _reach(text, start, most)
        end = reach if reach == len(text) else _border(text, start, reach, held)
        pieces.append(text[start:end].strip())
        start = len(text) - len(text[end:].lstrip())
    return pieces


def _held(text: str, most: int) -> bytearray:
    """Marks the positions that lie inside of something that is to stay whole."""
    held = bytearray(len(text) + 1)
    for pattern in _WHOLE:
        for match in pattern.finditer(text):
            if length(match[0]) <= most:
                held[match.start() + 1 : match.end()] = b"\1" * (match.end() - match.start() - 1)
    return held


def _reach(text: str, start: int, most: int) -> int:
    size = 0
    for place in range(start, min(len(text), start + most)):
        size += length(text[place])
        if size > most:
            return max(place, start + 1)
    return min(len(text), max(start + most, start + 1))


def _border(text: str, start: int, reach: int, held: bytearray) -> int:
    for least in ((start + reach) // 2, start):
        for pattern in _BORDERS:
            if found := _last(text, pattern, least, reach, held):
                return found
    # Things to be kept whole overlap, and are longer together than one piece.
    if found := _last(text, _BORDERS[-1], start, reach, bytearray(len(text) + 1)):
        return found
    return next((place for place in range(reach, start, -1) if not _is_joined(text, place)), reach)


def _last(text: str, border: re.Pattern[str], least: int, reach: int, held: bytearray) -> int:
    """The last border behind `least`, at most at `reach`; 0 where there is none."""
    last = 0
    for match in border.finditer(text, least + 1):
        if match.start() > reach:
            break
        if not held[match.start()] and not _is_joined(text, match.end()):
            last = match.start()
    return last


def _is_joined(text: str, place: int) -> bool:
    """Whether the letters before and at a place belong to one grapheme, by the rules that matter in chats.

    Source: Unicode annex 29, from GB6 to GB13. A library would bring tables of all scripts for what is only
    asked in words longer than a message; where a pair is not covered, two letters part, nothing breaks.
    """
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if _within(after, _FLAG_LETTERS) and _within(before, _FLAG_LETTERS):
        first = place
        while first > 0 and _within(text[first - 1], _FLAG_LETTERS):
            first -= 1
        return (place - first) % 2 == 1
    return (
        unicodedata.category(after).startswith("M")
        or after in _JOINING
        or before == "\u200d"
        or any(_within(after, span) for span in (_SKIN_TONES, _TAGS, _HANGUL_VOWELS_AND_FINALS))
        # A virama joins the consonants around it.
        or unicodedata.combining(before) == 9
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
    )


def _within(letter: str, span: tuple[str, str]) -> bool:
    return span[0] <= letter <= span[1]


@dataclass(frozen=True, slots=True)
class _Marks:
    """What stands on both sides of marked words."""

    bold: str
    italic: str
    struck: str
    code: str
    fence: str
    quote: str


_WHATSAPP = _Marks(bold="*", italic="_", struck="~", code="`", fence="```\n", quote="> ")
_PLAIN = _Marks(bold="", italic="", struck="", code="", fence="", quote="")

_FENCE = re.compile(r"```[ \t]*[\w+-]*[ \t]*\n(?P<code>.*?)(?:```|\Z)", re.DOTALL)
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*)")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
_BULLET = re.compile(r"^([ \t]*)[*+][ \t]+(?=\S)")
_QUOTE = re.compile(r"(?: {0,3}>[ \t]?)+")
_TABLE_RULE = re.compile(r":?-+:?")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|!?\[(?P<label>(?:[^\[\]\n]|\[[^\[\]\n]*\]){0,500})\]"
    r"\([ \t]*<?(?P<target>[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:[ \t]+[\"'][^\n\"']*[\"'])?[ \t]*\)"
    r"|<(?P<address>(?:https?://|mailto:)[^\s<>]+)>"
    r"|(?P<url>https?://(?:[^\s<>*]|\*+(?=[\w/?&=%]))+)"
    r"|\*\*\*(?=[^\s*])(?P<both>[^*\n]+)(?<=\S)\*\*\*"
    r"|\*\*(?=[^\s*])(?P<bold>[^\n]{1,1000}?)(?<=\S)\*\*(?!\*)"
    r"|(?<!\w)__(?=[^\s_])(?P<bold2>[^\n]{1,1000}?)(?<=\S)__(?!\w)"
    r"|(?<![\w*])\*(?=[^\s*])(?P<italic>[^*\n]{1,1000}?)(?<=\S)\*(?![\w*])"
    r"|(?<!\w)_(?=[^\s_])(?P<italic2>[^_\n]{1,1000}?)(?<=\S)_(?!\w)"
    r"|~~(?=[^\s~])(?P<struck>[^~\n]{1,1000}?)(?<=\S)~~"
    r"|\\(?P<escaped>[\\`*_{}\[\]()#+.!~|>-])"
)


def whatsapp(text: str) -> str:
    """Markdown in WhatsApp's markup; plain text stays as it is. `*so*` is taken for Markdown's italic.

    Headings become bold lines, `[name](url)` becomes `name: url`, and a table's row a line of
    `first cell · column: cell`. Source: faq.whatsapp.com/539178204879377.
    """
    return _rendered(text, _WHATSAPP)


def plain(text: str) -> str:
    """Markdown without any marks, for SMS: the words, lists and links."""
    return _rendered(text, _PLAIN)


def _rendered(text: str, marks: _Marks) -> str:
    parts, start = [], 0
    text = text.replace("\r\n", "\n")
    for fence in _FENCE.finditer(text):
        parts += [
            *_lines(text[start : fence.start()], marks),
            marks.fence + fence["code"] + marks.fence.strip(),
        ]
        start = fence.end()
    parts += _lines(text[start:], marks)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip()


def _lines(text: str, marks: _Marks) -> Iterator[str]:
    lines = text.strip("\n").split("\n")
    columns: list[str] | None = None
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if columns is not None and "|" in line:
            if not _is_table_rule(line):
                yield _row(line, columns, marks)
        elif "|" in line and "|" in following and _is_table_rule(following):
            columns = [_inline(cell, _PLAIN) for cell in _cells(line)]
        else:
            columns = None
            yield _line(line, marks)


def _row(line: str, columns: list[str], marks: _Marks) -> str:
    first, *rest = [_inline(cell, marks) for cell in _cells(line)]
    named = [
        f"{name}: {cell}" if name else cell for name, cell in zip(columns[1:], rest, strict=False) if cell
    ]
    return "- " + " · ".join(filter(None, [first, *named]))


def _is_table_rule(line: str) -> bool:
    return all(_TABLE_RULE.fullmatch(cell) for cell in _cells(line))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELL_BORDER.split(line.strip().removeprefix("|").removesuffix("|"))]


def _line(line: str, marks: _Marks) -> str:
    if _RULE.fullmatch(line):
        return ""
    if heading := _HEADING.fullmatch(line):
        title = _inline(heading[1].rstrip(" \t#"), _PLAIN)
        return f"{marks.bold}{title}{marks.bold}" if title else ""
    quote = _QUOTE.match(line)
    line = line[quote.end() :] if quote else line
    return (marks.quote if quote else "") + _inline(_BULLET.sub(r"\1- ", line, count=1), marks).rstrip()


def _inline(text: str, marks: _Marks) -> str:
    return _INLINE.sub(_marker(marks), text)


def _marker(marks: _Marks) -> Callable[[re.Match[str]], str]:
    around = {
        "code": marks.code,
        "both": marks.bold + marks.italic,
        "bold": marks.bold,
        "bold2": marks.bold,
        "italic": marks.italic,
        "italic2": marks.italic,
        "struck": marks.struck,
    }

    def marked(match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        if kind == "target":
            return _named(_inline(match["label"], _PLAIN).strip(), match["target"])
        if kind not in around:
            return match[kind]
        inner = match[kind] if kind == "code" else _inline(match[kind], marks)
        mark = around[kind]
        if _touches_a_word(match):
            # WhatsApp shows such marks as they are.
            return inner
        return f"{mark}{inner}{mark[::-1]}"

    return marked


def _named(label: str, target: str) -> str:
    target = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label == target:
        return target
    return f"{label}: {target}" if re.match(r"https?://|.*@|\+?\d", target) else label


def _touches_a_word(match: re.Match[str]) -> bool:
    around = (
        match.string[max(match.start() - 1, 0) : match.start()] + match.string[match.end() : match.end() + 1]
    )
    return any(letter.isalnum() for letter in around)
