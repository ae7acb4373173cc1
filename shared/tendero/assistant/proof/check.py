"""The proof of one reply."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tendero.assistant import links
from tendero.assistant.proof import codes, courses, names, prices, stock
from tendero.assistant.proof.draft import Draft, Failure, FailureKind
from tendero.catalog.product import Product


@dataclass(frozen=True, slots=True)
class Verdict:
    """What of a text is not borne out by the rows, and the products that it names, in its order."""

    failures: tuple[Failure, ...]
    products: tuple[Product, ...]

    @property
    def passed(self) -> bool:
        return not self.failures


def check(
    text: str,
    products: Sequence[Product],
    *,
    message: str = "",
    hosts: Collection[str] = (),
    shop_name: str = "",
    urls: Collection[str] = (),
    limits: Collection[Decimal] = (),
    stated: str = "",
) -> Verdict:
    """Checks prices, stock, codes, names, links and promises of a text against the rows of this turn.

    `message` is what the customer wrote: it may be said back where it is denied or asked about. `hosts` are
    those of the shop, beside those of the products' own links; `urls` are further links that may be said;
    `limits` are prices between which was searched; `stated` is what the shop says of itself.
    """
    draft = Draft(text, products, message, shop_name, limits, stated)
    urls = [*urls, *(each.url for each in links.find(stated))]
    found = (
        *_links(draft, hosts, urls),
        *prices.failures(draft),
        *stock.failures(draft),
        *codes.failures(draft),
        *names.failures(draft),
        *courses.failures(draft),
    )
    return Verdict(tuple(dict.fromkeys(found)), _named(draft))


def _named(draft: Draft) -> tuple[Product, ...]:
    """Each mention's product; where several share a name, the next one that is not yet taken."""
    taken: dict[int, Product] = {}
    for mention in draft.mentions:
        fresh = [each for each in mention.products if each.id not in taken]
        if fresh:
            taken[fresh[0].id] = fresh[0]
    return tuple(taken.values())


def _links(draft: Draft, hosts: Collection[str], urls: Collection[str]) -> Iterator[Failure]:
    known = [url for each in draft.all_products for url in (each.url, each.image_url) if url]
    own_hosts = {*hosts, *map(links.host, known)}
    for link in draft.links:
        if not links.allowed(link.url, [*known, *urls], own_hosts):
            yield Failure(FailureKind.LINK, link.url, "no row has this link")
