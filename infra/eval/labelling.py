"""A person labels what the search finds, key by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Protocol

from infra.eval import judged
from infra.eval.chats import Query
from infra.eval.judged import Judged
from infra.eval.products import id_of
from tendero.catalog.product import Product

LABELS = {"e": "E", "s": "S", "c": "C", "i": "I", "3": "E", "2": "S", "1": "C", "0": "I"}
SKIP, NEXT, UNDO, QUIT = "k", "n", "u", "q"


class Sheet:
    """A file of judgements, saved at each change; what stands in it already stays."""

    def __init__(self, file: Path) -> None:
        """Raises BadFile."""
        self._file = file
        kept = judged.read(file) if file.exists() else []
        self._judged = {each.query: each for each in kept}

    def labels(self, query: str) -> Mapping[str, str]:
        return self._judged[query].labels if query in self._judged else {}

    def done(self, query: str) -> bool:
        return query in self._judged and self._judged[query].done

    def put(self, query: str, labels: Mapping[str, str], *, done: bool) -> None:
        """Raises BadFile when it cannot be saved."""
        self._judged[query] = Judged(query, dict(labels), done)
        judged.write(self._file, self._judged.values())

    @property
    def all(self) -> Sequence[Judged]:
        return list(self._judged.values())


@dataclass(frozen=True, slots=True)
class Place:
    """What is to be labelled now: a product, the `number`-th of the `of` that were found for the query."""

    query: Query
    query_number: int
    queries: int
    product: Product
    number: int
    of: int


class Screen(Protocol):
    """Where a person sees it."""

    def show(self, place: Place) -> None: ...

    def nothing_found(self, query: Query) -> None: ...

    def finished(self) -> None: ...

    def refuse(self, key: str) -> None: ...


class Labelling:
    """Goes through the queries and what was found for each. `pool` gives that; it is asked once for each."""

    def __init__(
        self, queries: Sequence[Query], pool: Callable[[str], list[Product]], sheet: Sheet, screen: Screen
    ) -> None:
        self._queries = queries
        self._pool = pool
        self._sheet = sheet
        self._screen = screen
        self._found: dict[str, list[Product]] = {}
        # Products that were left without a label, by query; and what can be taken back: query and products.
        self._left: dict[str, set[str]] = {}
        self._steps: list[tuple[str, list[str]]] = []

    def run(self, keys: Iterable[str]) -> None:
        """Until the keys end, or one of them is `q`. Raises BadFile, or what a search raises."""
        given = iter(keys)
        while True:
            place = self._place()
            if place is not None:
                self._screen.show(place)
            elif self._steps:
                self._screen.finished()
            else:
                return
            key = next(given, QUIT).lower()
            if key == QUIT:
                return
            if key == UNDO:
                self._undo()
            elif place is not None:
                self._press(key, place)

    def _press(self, key: str, place: Place) -> None:
        query, product = place.query.text, id_of(place.product)
        if key in LABELS:
            self._sheet.put(query, {**self._sheet.labels(query), product: LABELS[key]}, done=False)
            self._steps.append((query, [product]))
        elif key in (SKIP, NEXT):
            rest = [product] if key == SKIP else [id_of(each) for each in self._open(query)]
            self._left.setdefault(query, set()).update(rest)
            self._steps.append((query, rest))
        else:
            self._screen.refuse(key)

    def _undo(self) -> None:
        if not self._steps:
            return
        query, taken_back = self._steps.pop()
        self._left.get(query, set()).difference_update(taken_back)
        kept = {each: label for each, label in self._sheet.labels(query).items() if each not in taken_back}
        self._sheet.put(query, kept, done=False)

    def _place(self) -> Place | None:
        for number, query in enumerate(self._queries, start=1):
            if self._sheet.done(query.text):
                continue
            rest, found = self._open(query.text), self._found[query.text]
            if rest:
                return Place(
                    query, number, len(self._queries), rest[0], len(found) - len(rest) + 1, len(found)
                )
            if not found:
                self._screen.nothing_found(query)
            self._sheet.put(query.text, self._sheet.labels(query.text), done=True)
        return None

    def _open(self, query: str) -> list[Product]:
        """What was found for a query and is neither labelled nor left."""
        if query not in self._found:
            self._found[query] = self._pool(query)
        settled = self._sheet.labels(query).keys() | self._left.get(query, set())
        return [each for each in self._found[query] if id_of(each) not in settled]


def pooled(rankings: Iterable[Sequence[Product]]) -> list[Product]:
    """The products of several rankings, each once: the first of each, then the second of each, and so on.

    Who labels must not see which leg found what.
    """
    found = chain.from_iterable(zip_longest(*rankings))
    return list({each.id: each for each in found if each is not None}.values())
