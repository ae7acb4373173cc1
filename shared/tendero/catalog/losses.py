"""What a run is about to take off sale, and how much of that it may without being told to."""

from __future__ import annotations

from dataclasses import replace

from tendero.catalog.item import CatalogItem, Kind
from tendero.catalog.source import Known, Page
from tendero.platform.errors import SourceError


class Losses:
    """Gathers the rows, of those held as active, that have gone or must not be seen any more.

    None of them is touched before the whole source was seen. `known` is brought up to what the pages say.
    `hidden` are the ids that a former part of the run gathered.
    """

    def __init__(self, known: Known, hidden: set[str]) -> None:
        self._known = known
        self._hidden = {each for each in hidden if each in known.products or each in known.variations}
        self._gone: set[str] = set()

    @property
    def external_ids(self) -> set[str]:
        return self._gone | self._hidden

    def take(self, page: Page) -> tuple[tuple[CatalogItem, ...], tuple[str, ...]]:
        """The page's items as they may be written now, and the ids of those to hide at the end."""
        items = tuple(map(self._writable, page.items))
        for external_id in page.gone:
            if self._forget(external_id):
                self._gone.add(external_id)
        return items, tuple(item.external_id for item in items if item.external_id in self._hidden)

    def check(self, source: str, held: int, share: float, *, empty: bool) -> None:
        """Raises SourceError where more than `share` of the `held` rows would go, or where the whole source
        (`empty`) gave nothing at all; one product always may."""
        going = self.external_ids
        lost = len(going) + sum(parent in going for parent in self._known.variations.values())
        if lost and empty:
            raise SourceError(
                f"{source} lists no product at all, but {held} are on sale here: that looks like a fault or a"
                " lost right, and they were not deactivated. If it really sells nothing any more, run"
                " `tendero sync --yes` once."
            )
        if len(going) > 1 and lost > held * share:
            raise SourceError(
                f"{lost} of {held} active products and variations are no longer in {source}; more than"
                f" {share:.0%} are not deactivated without being told to (SYNC_MOST_GONE_PERCENT). If the"
                " shop really removed them, run `tendero sync --yes` once."
            )

    def _writable(self, item: CatalogItem) -> CatalogItem:
        external_id = item.external_id
        self._gone.discard(external_id)
        held = self._forget(external_id) or external_id in self._hidden
        if not item.is_active:
            if not held:
                return item
            self._hidden.add(external_id)
            return replace(item, is_active=True)
        self._hidden.discard(external_id)
        if item.kind is not Kind.VARIATION:
            self._known.products.add(external_id)
        elif item.parent_external_id:
            self._known.variations[external_id] = item.parent_external_id
        return item

    def _forget(self, external_id: str) -> bool:
        """Takes a row out of `known`; false when it was not in it. A product's variations stay."""
        if external_id in self._known.products:
            self._known.products.remove(external_id)
            return True
        return self._known.variations.pop(external_id, None) is not None
