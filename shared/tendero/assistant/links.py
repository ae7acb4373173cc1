"""Links in a text, and which of them may be sent to a customer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tendero.platform.settings import Settings

# With or without a scheme; a bare domain counts with a path, or with an ending that no abbreviation has.
LINK = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,15}:)?//[^\s<>\"'«»“”]+"
    r"|\b(?:www\.)[^\s<>\"'«»“”]+"
    r"|\b(?:mailto:|tel:|javascript:|data:)[^\s<>\"'«»“”]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w@.])(?:[a-z0-9](?:[a-z0-9-]{0,62})\.)+(?-i:com|net|org|io|app|shop|store|co|me|ly|gl|info|biz|xyz|site"
    r"|online|link|es|mx|ar|cl|pe|br|pt|uk|us|eu|test|example|dev)\b(?::\d+)?(?:/[^\s<>\"'«»“”]*)?",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?…*_~`"
_NAMED = re.compile(r"!?\[([^\]\n]*)\]\(\s*([^)\s]+)[^)\n]*\)")
_OTHER_SCHEME = re.compile(r"(?:mailto|tel|javascript|data):|(?!https?:)[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it stands at `start`…`end` of a text."""

    url: str
    start: int
    end: int


def find(text: str) -> Iterator[Link]:
    """Every link, mail address or bare domain of a text, without the punctuation after it."""
    for match in LINK.finditer(text):
        url = match[0].rstrip(_TRAILING)
        # Markdown's `[name](url)`: the bracket is not the link's.
        while url.endswith((")", "]")) and url.count("(") + url.count("[") < url.count(")") + url.count("]"):
            url = url[:-1].rstrip(_TRAILING)
        yield Link(url, match.start(), match.start() + len(url))


def normal(url: str) -> str:
    """A link by what it leads to: without scheme, `www.`, tracking parameters, fragment and last slash."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        host = (parts.netloc.rsplit("@", 1)[-1]).lower().removeprefix("www.")
    except ValueError:
        return url
    query = "&".join(each for each in parts.query.split("&") if each and not each.startswith("utm_"))
    return host + unquote(parts.path).rstrip("/") + (f"?{query}" if query else "")


def host(url: str) -> str:
    """The host of a link, without `www.`."""
    return normal(url).split("/")[0].split("?")[0]


def shop_hosts(settings: Settings) -> tuple[str, ...]:
    """The hosts of the shop itself: those of all its sources that have an address."""
    odoo = settings.odoo_test_url if settings.use_test_odoo else settings.odoo_prod_url
    return tuple(dict.fromkeys(host(url) for url in (settings.woocommerce_url, odoo) if url))


def allowed(url: str, known: Iterable[str], hosts: Iterable[str]) -> bool:
    """Whether a link is one of the `known` ones, or the front page of one of `hosts`."""
    if not _is_web(url):
        return False
    own = normal(url)
    return own in {normal(each) for each in known} or own in set(hosts)


def without_foreign(text: str, hosts: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The text without mail addresses and without links that lead elsewhere than to `hosts`; and those.

    Of a Markdown link to elsewhere its name stays.
    """
    foreign: list[str] = []

    def named(match: re.Match[str]) -> str:
        if leads_to(match[2], hosts):
            return match[0]
        foreign.append(match[2])
        return match[1]

    text = _NAMED.sub(named, text)
    kept, end = [], 0
    for link in find(text):
        if not leads_to(link.url, hosts):
            foreign.append(link.url)
            kept.append(text[end : link.start])
            end = link.end
    if not kept:
        return text, tuple(foreign)
    left = "".join([*kept, text[end:]])
    return re.sub(r"(?<=\S)[ \t]{2,}", " ", re.sub(r"[<(\[]\s*[>)\]]", "", left)), tuple(foreign)


def leads_to(url: str, hosts: Collection[str]) -> bool:
    """Whether a link leads to one of these hosts, in the web."""
    return _is_web(url) and host(url) in hosts


def _is_web(url: str) -> bool:
    return "@" not in url and not _OTHER_SCHEME.match(url)
