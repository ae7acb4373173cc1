"""Reads a list of the API to its true end, several pages at once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

from tendero.catalog.woocommerce.client import Client
from tendero.catalog.woocommerce.refusals import PageFailed
from tendero.platform.errors import SourceError

Raw = dict[str, Any]

_PER_PAGE = 100
# A page cap, for a shop that never ends: ten million products.
_MOST_PAGES = 100_000
_MOST_SKIPPED = 10
# A total may be a lie: after this many empty pages in a row there is nothing more.
_MOST_EMPTY = 5


@dataclass(slots=True)
class RawPage:
    """Rows as the shop sent them, those left out that an earlier page held."""

    rows: list[Raw]
    total: int | None = None
    problems: list[str] = field(default_factory=list)


class Listing:
    """The rows of one list, in pages, in order of id.

    A short page is not the end: shops leave out what they cannot load. The end is the announced number of
    pages, and on until `[]` while the total is not met. A page that fails is read in parts if `divide` says
    so; otherwise PageFailed is raised. After the last page `seen` holds the ids that came,
    and `consistent` tells whether they are all: the total never moved and was met. A reading that goes on
    `after` a page has `seen` some ids before.
    """

    def __init__(
        self,
        client: Client,
        path: str,
        params: Raw,
        *,
        pool: Executor | None = None,
        ahead: int = 1,
        after: int = 0,
        seen: Iterable[int] = (),
        divide: bool = True,
    ) -> None:
        self._client = client
        self._path = path
        self._params = {"orderby": "id", "order": "asc", "per_page": _PER_PAGE, **params}
        self._pool = pool
        self._ahead = ahead
        self._divide = divide
        self._totals: set[int | None] = set()
        self._first_ids: list[int] = []
        self._gap = False
        self._skipped = 0
        self._lock = threading.Lock()
        self._after = after
        self.seen = set(seen)

    @property
    def consistent(self) -> bool:
        return not self._gap and not self._skipped and self._totals == {len(self.seen)}

    def __iter__(self) -> Iterator[RawPage]:
        number = requested = self._after
        empty = 0
        waiting: deque[Future[RawPage]] = deque()
        while number < _MOST_PAGES:
            while len(waiting) < (self._ahead if number > self._after else 1) and self._more(
                requested, len(waiting), empty
            ):
                requested += 1
                waiting.append(self._start(requested))
            if not waiting:
                return
            number += 1
            page = self._fresh(number, waiting.popleft().result())
            self._gap |= bool(empty and page.rows)
            empty = 0 if page.rows else empty + 1
            yield page
        raise SourceError(f"The shop's list {self._path} does not end: more than {_MOST_PAGES} pages.")

    def _more(self, requested: int, waiting: int, empty: int) -> bool:
        """Whether to ask for the page after `requested`; `empty` pages came last, `waiting` are under way."""
        announced = self._announced()
        if requested == self._after:
            return True
        if announced is None:
            return not empty
        if requested < announced:
            return empty < _MOST_EMPTY
        return not waiting and not empty and self._totals != {len(self.seen)}

    def _announced(self) -> int | None:
        totals = [total for total in self._totals if total is not None]
        # One more where the last is full: a total in whole pages may be only what a cache remembers.
        return max(totals) // _PER_PAGE + 1 if totals else None

    def _start(self, number: int) -> Future[RawPage]:
        if self._pool is not None:
            return self._pool.submit(self._fetch, number)
        done: Future[RawPage] = Future()
        done.set_result(self._fetch(number))
        return done

    def _fetch(self, number: int) -> RawPage:
        try:
            answer = self._client.rows(self._path, page=number, **self._params)
        except PageFailed as error:
            if not self._divide:
                raise
            return self._in_parts((number - 1) * _PER_PAGE, error)
        return RawPage(usable(answer.body), answer.total)

    def _in_parts(self, start: int, error: PageFailed) -> RawPage:
        """The rows of a page that fails as a whole: halved until only what cannot be read is left out."""
        page, parts = RawPage([]), deque([(start, _PER_PAGE)])
        while parts:
            offset, count = parts.popleft()
            for begin, size in _halves(offset, count):
                try:
                    answer = self._client.rows(
                        self._path, attempts=2, **{**self._params, "offset": begin, "per_page": size}
                    )
                except PageFailed as failed:
                    if size > 1:
                        parts.append((begin, size))
                    else:
                        page.problems.append(self._skip(begin, failed))
                    continue
                page.rows += usable(answer.body)
                page.total = answer.total
        page.rows.sort(key=lambda row: int(row["id"]))
        return page

    def _skip(self, offset: int, error: PageFailed) -> str:
        with self._lock:
            self._skipped += 1
            if self._skipped > _MOST_SKIPPED:
                raise SourceError(
                    f"The shop fails on more than {_MOST_SKIPPED} rows of {self._path}. {error}"
                )
        return f"Row {offset + 1} of {self._path} was left out: {error}"

    def _fresh(self, number: int, page: RawPage) -> RawPage:
        page = self._not_the_first_again(number, page)
        self._totals.add(page.total)
        rows = [row for row in page.rows if row["id"] not in self.seen]
        self.seen.update(row["id"] for row in rows)
        return RawPage(rows, page.total, page.problems)

    def _not_the_first_again(self, number: int, page: RawPage) -> RawPage:
        ids = [row["id"] for row in page.rows]
        if number == 1:
            self._first_ids = ids
        elif ids and ids == self._first_ids:
            page = self._fetch(number)
            if [row["id"] for row in page.rows] == self._first_ids:
                raise SourceError(
                    f"The shop answers page {number} of {self._path} with page 1 again: a cache before it"
                    " ignores `page`. Exclude /wp-json from that cache."
                )
        return page


def usable(rows: list[Any]) -> list[Raw]:
    """Rows with an id; a plugin may put anything else into a list."""
    return [row for row in rows if isinstance(row, dict) and type(row.get("id")) is int]


def _halves(offset: int, count: int) -> list[tuple[int, int]]:
    half = (count + 1) // 2
    return [part for part in ((offset, half), (offset + half, count - half)) if part[1]]
