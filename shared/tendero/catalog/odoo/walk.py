"""One pass over an Odoo database: what it sells, what changed, what has gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from tendero.catalog.ahead import in_order
from tendero.catalog.item import CatalogItem
from tendero.catalog.odoo.absent import MOST_HIDDEN, examine
from tendero.catalog.odoo.arrivals import Arrivals
from tendero.catalog.odoo.census import Census, batches
from tendero.catalog.odoo.client import Client, Raw
from tendero.catalog.odoo.fields import TEMPLATE, VARIANT, Fields
from tendero.catalog.odoo.labels import Labels
from tendero.catalog.odoo.mapping import Mapper, parent_id, template_of
from tendero.catalog.odoo.reader import Read, Reader
from tendero.catalog.odoo.values import id_of
from tendero.catalog.source import Known, Offer, Page
from tendero.platform.errors import SourceError

# Variants read by one call.
_PER_PAGE = 500
_IDS_PER_PAGE = 2000
# Pages held ready while a batch is being written.
_AHEAD = 4


class OdooWalk:
    """A walk as `tendero.catalog.source.Walk` describes it.

    Its unit is the template with all its variants, so that a product is always written as a whole. `memory`
    keeps `read_as`, which stands for database, language, companies and fields: where one of them is another
    than at the last run, no date tells what looks different now, and everything is read.
    """

    def __init__(
        self,
        client: Client,
        since: datetime | None,
        memory: Mapping[str, Any],
        marks: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self._client = client
        self._since = since
        self._read_as = memory.get("read_as")
        self._marks = marks
        self._labels = Labels(client)
        self._census = Census()
        self.watermark: datetime | None = None

    @property
    def full(self) -> bool:
        return self._since is None

    @property
    def memory(self) -> Mapping[str, Any]:
        return {"read_as": self._read_as}

    def pages(self) -> Iterator[Page]:
        self._begin()
        if self._since is not None:
            changed = self._changed(self._since)
            yield from self._read({each: changed[each] for each in changed.keys() - self._arrivals.templates})
            return
        for _ in self._census.fill(self._client, self._fields, self._fields.identity):
            pass
        yield from self._bare()
        yield from self._read(self._census.sizes(self._census.families.keys() - self._whole()))

    def verify(self, known: Known) -> Iterator[Page]:
        stale: set[int] = set()
        if self._since is not None:
            stale = self._priced_otherwise(known)
            yield from self._bare()
        odd = (self._held_otherwise(known) | stale) - self._whole()
        yield from self._read(self._census.sizes(odd))
        yield from self._absent(known)

    def _begin(self) -> None:
        """Asks what may be read, and takes the server's clock before anything is.

        Never a time ahead of this machine's: a server whose clock is fast is only read twice.
        """
        client, login = self._client, self._client.login
        self._fields = Fields.of(client)
        told, now = client.date, datetime.now(UTC)
        self.watermark = min(told, now) if told else now
        parts = (login.url, login.database, client.language(), client.companies, self._fields)
        read_as = sha256(repr(parts).encode()).hexdigest()[:16]
        self._arrivals = Arrivals(read_as)
        if not self._arrivals.take(self._marks) or read_as != self._read_as:
            self._since, self._read_as = None, read_as
        self._marks = ()
        self._reader = Reader(client, self._fields, self._labels)

    # What to read

    def _mapper(self, labels: Labels) -> Mapper:
        return Mapper(labels, self._fields.digits, self._client.login.url)

    def _changed(self, since: datetime) -> Counter[int]:
        """Templates of variants that changed, in themselves or in what they show of other records, with the
        number of these."""
        moment = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        domain = self._fields.changed_since(moment)
        pages = self._client.every(VARIANT, domain, ["product_tmpl_id"], limit=_IDS_PER_PAGE)
        links = (id_of(raw, "product_tmpl_id") for page in pages for raw in page)
        return Counter(each for each in links if each is not None)

    def _priced_otherwise(self, known: Known) -> set[int]:
        """Counts all variants; the templates whose price or stock is not the one that is held.

        Stock and the extra prices of attributes move no date.
        """
        held, stale, columns = known.offers(), set(), self._fields.offer
        # Its problems are told when the products are read.
        mapper = self._mapper(self._labels)
        for rows in self._census.fill(self._client, self._fields, columns):
            self._labels.learn_currencies(rows)
            for raw in rows:
                offer = held.get(str(raw["id"]))
                if offer is not None and not (raw.keys() >= set(columns) and offer == _offer(mapper, raw)):
                    stale.add(self._census.template_of[raw["id"]])
        return stale

    def _held_otherwise(self, known: Known) -> set[int]:
        """Templates of rows that should be held and are not, or not as what they are, and the reverse."""
        products, variations = self._census.expected()
        odd = products ^ known.products
        odd |= {each for each, _ in variations.items() ^ known.variations.items()}
        return {template for each in odd if (template := self._template(each)) is not None}

    def _template(self, external_id: str) -> int | None:
        own = template_of(external_id)
        return own if own is not None else self._census.template_of.get(int(external_id))

    def _whole(self) -> set[int]:
        """Templates that came with all the variants that were counted, or will not come."""
        return self._reader.skipped | self._arrivals.whole(self._census.families)

    # Reading

    def _read(self, sizes: Mapping[int, int]) -> Iterator[Page]:
        """Templates, with about how many variants each has."""
        self._reader.expected += len(sizes)
        expected = self._census.items if self.full else None
        with _reading_ahead() as pool:
            for _, read in in_order(pool, self._reader.templates, batches(sizes, _PER_PAGE), _AHEAD):
                yield self._page(read, expected)

    def _page(self, read: Read, expected: int | None) -> Page:
        mapper = self._mapper(read.labels)
        items: list[CatalogItem] = []
        parents: list[int] = []
        for template, variants in read.families.items():
            of_template = mapper.template(variants)
            items += of_template
            if len(of_template) > len(variants):
                parents.append(template)
        ids = {template: [raw["id"] for raw in variants] for template, variants in read.families.items()}
        problems = (*read.problems, *mapper.problems)
        return Page(tuple(items), problems=problems, expected=expected, mark=self._arrivals.add(ids, parents))

    def _bare(self) -> Iterator[Page]:
        for rows in self._census.fill_bare(self._client, self._fields):
            labels = self._labels.fresh()
            labels.learn(rows)
            mapper = self._mapper(labels)
            yield Page(tuple(mapper.bare(raw) for raw in rows), problems=tuple(mapper.problems))

    # What no list showed

    def _absent(self, known: Known) -> Iterator[Page]:
        """Absence proves nothing: each record is asked for by its id before it is called gone."""
        held = known.products | known.variations.keys()
        parents = {template for each in held if (template := template_of(each)) is not None}
        counted = self._census.families.keys() | self._census.bare.keys()
        absent = {int(each) for each in held if template_of(each) is None} - self._census.template_of.keys()
        variants = examine(self._client, VARIANT, absent)
        templates = examine(self._client, TEMPLATE, parents - counted)
        links = (id_of(raw, "product_tmpl_id") for raw in variants.alive.values())
        yield from self._read(Counter(each for each in links if each is not None))
        unlisted = variants.alive.keys() - self._arrivals.variants
        if len(unlisted) > MOST_HIDDEN:
            raise SourceError(
                f"Odoo has {len(unlisted)} products that its lists leave out; such answers cannot be trusted."
                " Nothing was deactivated; the next run tries again."
            )
        gone = [str(each) for each in variants.gone]
        gone += [parent_id(each) for each in templates.gone | (parents & self._arrivals.alone)]
        yield Page(gone=tuple(gone), problems=self._doubts(variants.hidden, unlisted))

    def _doubts(self, hidden: Collection[int], unlisted: Collection[int]) -> tuple[str, ...]:
        user = self._client.login.username
        doubts = [
            f"Product {each} is hidden from the user {user} by a record rule; it was left as it is. Allow the"
            " user its company, or archive it."
            for each in hidden
        ]
        doubts += [f"Product {each} exists but is in no list; it was left as it is." for each in unlisted]
        if not self._census.items and not self._arrivals.variants:
            doubts.append(
                f"Odoo shows the user {user} no product at all. Check the user's rights and companies, and"
                " ODOO_COMPANIES."
            )
        return tuple(doubts)


def _offer(mapper: Mapper, raw: Raw) -> Offer:
    told = mapper.offer(raw)
    return Offer(told["price"], told["stock_status"], told["stock_quantity"])


@contextmanager
def _reading_ahead() -> Iterator[ThreadPoolExecutor]:
    # One call at a time: small Odoo servers have few workers.
    pool = ThreadPoolExecutor(1, thread_name_prefix="odoo")
    try:
        yield pool
    finally:
        # After an error nobody waits for what is still under way.
        pool.shutdown(wait=False, cancel_futures=True)
